"""The jobs of this process where workers do the work: handed over, and looked at."""

import asyncio
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from tui.core.job import Job
from tui.core.person import is_own
from tui.services.engine.lanes import Widths
from tui.services.engine.outlook import Outlook
from tui.services.engine.resolving import Way
from tui.services.engine.runner import Runner
from tui.services.engine.waking import wake
from tui.services.engine.work import Next, Work
from tui.services.journal.delivering import Delivery
from tui.services.journal.protocol import JournalError

_LOOK_AROUND = 1.0  # seconds, if nothing is heard


def runner_of(work: Work, publish: Callable[[Job], None], widths: Widths) -> Runner:
    """Return what works on the jobs of this process, or has workers do it."""
    if work.delivery:
        return Onlooker(work, work.delivery, publish, widths)
    return Runner(work, publish, widths)


class Onlooker(Runner):
    """Leaves every job to workers, and publishes what becomes of those it was asked for.

    Its lanes stay empty, so nothing is sent from here.
    """

    def __init__(
        self, work: Work, delivery: Delivery, publish: Callable[[Job], None], widths: Widths
    ) -> None:
        super().__init__(work, publish, widths)
        self._delivery = delivery
        self._publish_seen = publish
        self._seen = sys.maxsize  # nothing of what was before
        self.prospect = self._outlook = Outlook(work, delivery)

    async def add(self, jobs: Sequence[Job]) -> list[Job]:
        """Write new jobs down for the workers."""
        written = await self._delivery.add(jobs)
        # What is told here needs no second look, unless something else has changed as well.
        if [job.change for job in written] == [*range(self._seen + 1, self._seen + 1 + len(jobs))]:
            self._seen += len(jobs)
        return self._watch(written)

    async def resume(self, ids: Sequence[str] | None) -> list[Job]:
        """Let workers take up unfinished jobs that nobody alive has; with ids, wake these."""
        left = await self._work.journal.orphans(self._work.me) if ids is None else None
        known = await asyncio.to_thread(self._at_home, left or ids or ())
        live = [job for job in known if job.is_live]
        tried = [await self._woken(job) for job in known if not job.is_live]
        woken = [job for job in tried if job]
        # What of the named ones a dead process has, workers find out by themselves.
        free = [job for job in live if left or job.owner is None]
        await self._delivery.hand_over([*free, *woken])
        # What they waited for may be over by now; whoever takes them says so if it is not.
        freed = {job.id for job in free}
        begun = [replace(job, error=None) if job.id in freed else job for job in live]
        return self._watch([*begun, *woken])

    async def drop(self, job_id: str) -> Job | None:
        """Drop a queued job, whoever has it; None when it is on its way already."""
        return self._told(await self._delivery.drop(job_id))

    async def stop_watching(self, job_id: str) -> Job | None:
        """Leave a task alone, whoever follows it; None when it is being sent."""
        return self._told(await self._delivery.unwatch(job_id))

    async def resolve(self, job_id: str, way: Way) -> list[Job]:
        """Resolve an `unknown` job; raises ResolveError."""
        jobs = await super().resolve(job_id, way)
        await self._delivery.hand_over([job for job in jobs if job.is_live])
        return jobs

    async def first(self, job_id: str) -> bool:
        """Let a worker take that job next; False when one has it already."""
        return await self._delivery.first(job_id)

    def watch(self, jobs: Iterable[Job]) -> None:
        """Watch what this person left to workers in an earlier run."""
        for job in jobs:
            if job.is_live and is_own(job, self._work.me) and self._work.home.has(job):
                self._outlook.note(job)

    async def run(self) -> None:
        """Look at what changes, until cancelled."""
        while True:
            with suppress(JournalError):
                await self._look()
                await self._outlook.look()
            await self._delivery.news(self._outlook.patience(_LOOK_AROUND))

    def _follow(self, after: Next) -> None:
        """Watch a job that was made or changed here."""
        self._watch([after.job])

    async def _look(self) -> None:
        jobs, self._seen = await self._work.journal.changes(self._seen)
        for job in jobs:
            if job.id in self._outlook:
                self._told(job)
        await self.pauses.look()

    def _at_home(self, ids: Sequence[str]) -> list[Job]:
        get, home = self._work.journal.history.get, self._work.home
        return [job for one in ids if (job := get(one)) and home.has(job)]

    async def _woken(self, job: Job) -> Job | None:
        taken = await self._work.journal.take(job.id, self._work.home)
        return await wake(self._work, taken) if taken else None

    def _watch(self, jobs: Iterable[Job]) -> list[Job]:
        return [job for job in jobs if self._told(job, is_asked=True)]

    def _told(self, job: Job | None, *, is_asked: bool = False) -> Job | None:
        if job is None:
            return None
        if is_asked or job.id in self._outlook:
            self._outlook.note(job)
        self._publish_seen(job)
        return job
