"""What hands the jobs of a shared database to workers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from tui.core.job import Job
from tui.core.staff import Need, Staff


class Delivery(Protocol):
    """Brings jobs that belong to nobody to whichever worker is free.

    What it does is durable when it returns; JournalError where that can't be.
    """

    async def check(self) -> None:
        """Raise JournalError unless the database can deliver jobs."""

    async def add(self, jobs: Sequence[Job]) -> list[Job]:
        """Write new jobs for the workers; see Journal.add."""

    async def hand_over(self, jobs: Iterable[Job]) -> None:
        """Give up what is this process's, and let workers have all of these jobs."""

    async def drop(self, job_id: str) -> Job | None:
        """Drop a job that is still queued, whoever has it; None when it is too late for that."""

    async def unwatch(self, job_id: str) -> Job | None:
        """Leave a job's task alone, whoever follows it; None when it is being sent, or is over."""

    async def first(self, job_id: str) -> bool:
        """Let a worker take that job next; False when one has it already."""

    async def news(self, seconds: float) -> None:
        """Wait until somebody may have changed something, so many seconds at most."""

    async def staff(self, needs: Iterable[Need]) -> Staff:
        """Return how many workers are alive, and which of these needs none of them meets."""

    async def in_flight(self, origin: str, now: float) -> Mapping[str, int]:
        """Count the jobs that a gateway works on now (Unix seconds), by model."""
