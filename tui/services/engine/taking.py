"""Taking up jobs that nobody alive has."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from tui.core.job import Job
from tui.services.engine.waking import wake
from tui.services.engine.work import Next, Work
from tui.services.journal.protocol import DamagedError


class Taking:
    """Takes jobs and lets them be followed, each once however many ask for it at a time."""

    def __init__(
        self, work: Work, followed: Mapping[str, Job], follow: Callable[[Next], None]
    ) -> None:
        self._work = work
        self._followed = followed
        self._follow = follow
        self._under_way: dict[str, asyncio.Task[Job | None]] = {}

    async def all_of(self, ids: Sequence[str] | None) -> list[Job]:
        """Take up the unfinished jobs that nobody alive has; with ids, try saved ones again."""
        me = self._work.me
        wanted = await self._work.journal.orphans(me) if ids is None else ids
        takings = [self._tried(job_id, named=ids is not None, me=me) for job_id in wanted]
        found = await asyncio.gather(*takings)
        # One that can't be read holds up no other; where all is spoilt, nothing goes on.
        problems = [one for one in found if isinstance(one, DamagedError)]
        jobs = [one for one in found if isinstance(one, Job)]
        if problems and not jobs:
            raise problems[0]
        for said in dict.fromkeys(map(str, problems)):
            self._work.tell(said)
        return jobs

    async def one(self, job_id: str, *, named: bool = False, me: str | None = None) -> Job | None:
        """Take up one job, named by a person (`me`) or not; None when it can't be had here."""
        # Two that take up the same job would make each other's fence stale.
        if job_id not in self._under_way:
            taking = asyncio.create_task(self._take(job_id, named=named, me=me))
            self._under_way[job_id] = taking
            taking.add_done_callback(lambda _: self._under_way.pop(job_id))
        return await asyncio.shield(self._under_way[job_id])

    async def _tried(
        self, job_id: str, *, named: bool, me: str | None
    ) -> Job | DamagedError | None:
        try:
            return await self.one(job_id, named=named, me=me)
        except DamagedError as error:
            return error

    async def _take(self, job_id: str, *, named: bool, me: str | None) -> Job | None:
        if followed := self._followed.get(job_id):
            return followed
        job = await self._work.journal.take(job_id, self._work.home, me)
        if job and named:
            job = await wake(self._work, job)
        if job:
            self._follow(Next(job))
        return job
