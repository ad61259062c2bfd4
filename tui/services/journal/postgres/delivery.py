"""The handing over of jobs to workers, in the journal's own transactions."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial

from tui.core.job import Job
from tui.core.staff import Need, Staff
from tui.services.journal import traffic, writes
from tui.services.journal.owning import Owner
from tui.services.journal.postgres import queues, staff
from tui.services.journal.postgres.news import PostgresNews
from tui.services.journal.rows import NewRow
from tui.services.journal.thread import JournalThread
from tui.services.journal.transaction import About, Transaction

Prepare = Callable[[Sequence[Job]], Awaitable[list[NewRow]]]


class PostgresDelivery:
    """Hands jobs over; what is written and that it is to be delivered become durable together.

    `prepare` makes rows of jobs, and brings to the database what belongs to them.
    """

    def __init__(
        self, thread: JournalThread, owner: Owner, prepare: Prepare, news: PostgresNews, where: str
    ) -> None:
        self._news = news
        self._where = where
        self._thread = thread
        self._owner = owner
        self._prepare = prepare

    async def check(self) -> None:
        """Raise JournalError unless the database can deliver jobs."""
        await self._thread.read(partial(queues.check_tables, where=self._where))

    async def add(self, jobs: Sequence[Job]) -> list[Job]:
        """Write new jobs for the workers; see the protocol."""
        rows = await self._prepare(jobs)
        return await self._thread.write(partial(_add, rows=rows))

    async def hand_over(self, jobs: Iterable[Job]) -> None:
        """Give up what is this process's, and let workers have all of these jobs."""
        write = partial(_hand_over, jobs=[*jobs], owner=self._owner)
        await self._thread.write(write)

    async def drop(self, job_id: str) -> Job | None:
        """Drop a job that is still queued, whoever has it; None when it is too late for that."""
        return await self._thread.write(About(job_id, partial(writes.drop, job_id=job_id)))

    async def unwatch(self, job_id: str) -> Job | None:
        """Leave a job's task alone, whoever follows it; None when it is being sent, or is over."""
        unwatch = partial(writes.unwatch, job_id=job_id)
        return await self._thread.write(About(job_id, unwatch))

    async def first(self, job_id: str) -> bool:
        """Let a worker take that job next; False when one has it already."""
        return await self._thread.write(partial(queues.put_first, job_id=job_id))

    async def news(self, seconds: float) -> None:
        """Wait until somebody may have changed something, so many seconds at most."""
        await self._news.wait(seconds)

    async def staff(self, needs: Iterable[Need]) -> Staff:
        """Return how many workers are alive, and which of these needs none of them meets."""
        return await self._thread.read(partial(staff.look, needs=[*needs]))

    async def in_flight(self, origin: str, now: float) -> Mapping[str, int]:
        """Count the jobs that a gateway works on now (Unix seconds), by model."""
        return await self._thread.read(partial(traffic.count, origin=origin, now=now))


def _add(txn: Transaction, rows: Sequence[NewRow]) -> list[Job]:
    written = writes.add(txn, rows, None)
    asked = {row.job.id for row in rows}
    queues.deliver(txn, [job.id for job in written if job.id in asked])
    return written


def _hand_over(txn: Transaction, jobs: Sequence[Job], owner: Owner) -> None:
    writes.release(txn, jobs, owner)
    queues.deliver(txn, [job.id for job in jobs])
