"""The jobs that a runner follows, as they stand."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping

from tui.core.job import Job, State


class Followed(Mapping[str, Job]):
    """Jobs by their ids; whoever waits for one hears when it is followed no more."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._waiting: dict[str, list[asyncio.Future[Job | None]]] = {}

    def __getitem__(self, job_id: str) -> Job:
        return self._jobs[job_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._jobs)

    def __len__(self) -> int:
        return len(self._jobs)

    def states(self) -> "Counter[State]":
        """Count the jobs by their states, from any thread."""
        return Counter(job.state for job in [*self._jobs.values()])

    def put(self, job: Job) -> None:
        """Follow a job, or take its new snapshot."""
        self._jobs[job.id] = job

    def leave(self, job_id: str, last: Job | None = None) -> None:
        """Follow a job no more; `last` is its last snapshot, None where another process has it."""
        self._jobs.pop(job_id, None)
        for waiting in self._waiting.pop(job_id, ()):
            if not waiting.done():
                waiting.set_result(last)

    async def until_left(self, job_id: str) -> Job | None:
        """Wait until a job is followed no more; return its last snapshot.

        None where another process has it, or it isn't followed.
        """
        if job_id not in self._jobs:
            return None
        waiting: asyncio.Future[Job | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(job_id, []).append(waiting)
        return await waiting
