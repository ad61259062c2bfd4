"""The jobs of this process on their way, all on one loop."""

import asyncio
import logging
import math
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from tui.core.job import Job, State
from tui.core.language import english
from tui.services.engine.admission import Admission
from tui.services.engine.followed import Followed
from tui.services.engine.gate import Gate
from tui.services.engine.heeding import Heeding
from tui.services.engine.holding import place_of
from tui.services.engine.lanes import Lane, Widths
from tui.services.engine.polling import Polling
from tui.services.engine.resolving import Way, resolve
from tui.services.engine.saving import Saving
from tui.services.engine.stranded import bring_in
from tui.services.engine.submitting import Submitting
from tui.services.engine.taking import Taking
from tui.services.engine.throttle import Throttle
from tui.services.engine.waking import take_over
from tui.services.engine.work import Next, Work
from tui.services.journal.protocol import (
    DiskError,
    JournalError,
    NoRoomError,
    PausedError,
    StaleError,
)

if TYPE_CHECKING:
    from tui.services.engine.outlook import Prospect

_UNEXPECTED = english("{short_id}: an unexpected fault, see the log; trying again")
_log = logging.getLogger(__name__)
_DISK_PAUSE, _FAULT_PAUSE, _LATER = 5.0, 60.0, 1.0
_SUBMISSION_GRACE, _GRACE, _COMMIT_GRACE = 30.0, 1.0, 3.0
_LOOKS = 16  # at once, until it is seen how the gateway takes it


class Runner:
    """Takes every job it was given to its end, each step chosen by the job's stored state.

    Three lanes, because slow submissions or long downloads must not stop the looks.
    `publish` gets every new snapshot.
    """

    def __init__(self, work: Work, publish: Callable[[Job], None], widths: Widths) -> None:
        self._work = work
        self._publish = publish
        self.followed = Followed()
        self.taken: set[str] = set()  # by another process, while they were followed here
        self.admission = Admission(work, widths.flight, self.followed, lambda: self._submit)
        self.prospect: Prospect = self.admission
        pacer, saving = self.admission.pacer, Saving(work)
        self._submitting = Submitting(work, publish, pacer)
        lane = partial(Lane, self._serve, clock=work.clock)
        self._submit = lane(
            width=1,
            admits=self.admission.admits,
            may_begin=pacer.may_begin,
            begin=self.admission.begin,
        )
        self.gate = Gate(self._submit, work.clock, most=widths.submit)
        self.pauses = Heeding(self.gate, work.journal, work.clock)
        self._poll = lane(width=1, late=work.observer.came_late)
        throttle = Throttle(self._poll, start=_LOOKS, most=widths.poll, random=work.random)
        self.polling = Polling(work, lambda well: throttle.good() if well else throttle.bad())
        self._save = lane(width=widths.save)
        self._steps = {
            State.QUEUED: (self._submit, self._submitting.step),
            State.PENDING: (self._poll, self.polling.step),
            State.PROCESSING: (self._poll, self.polling.step),
            State.DOWNLOADING: (self._save, saving.step),
        }
        self.lanes = {"submit": self._submit, "look": self._poll, "save": self._save}
        self.taking = Taking(work, self.followed, self._follow)

    @property
    def spent(self) -> Decimal:
        """What this process has spent up to now, in US dollars."""
        return self._submitting.spent

    @property
    def is_sending(self) -> bool:
        """Whether a submission is in flight."""
        return self._submit.is_busy

    async def add(self, jobs: Sequence[Job]) -> list[Job]:
        """Write new jobs down, then let them go."""
        written = await self._work.journal.add(jobs)
        for asked, job in zip(jobs, written, strict=True):
            if job.id == asked.id:  # else a job of the same row, which somebody may be working on
                self._follow(Next(job))
        return written

    async def resume(self, ids: Sequence[str] | None) -> list[Job]:
        """Take up unfinished jobs that nobody alive has; with ids, also try saved ones again."""
        return await self.taking.all_of(ids)

    async def drop(self, job_id: str) -> Job | None:
        """Drop a queued job, also one that nobody follows; None when it is on its way already."""
        job = self.followed.get(job_id) or await take_over(self._work, job_id, is_sent=False)
        if not job or job.state is not State.QUEUED or self._submit.serving(job_id):
            return None
        return await self._leave(job, State.DROPPED, finished=self._work.clock.now())

    async def stop_watching(self, job_id: str) -> Job | None:
        """Leave a task alone; None when another process follows it, or it is being sent."""
        while task := self._poll.serving(job_id) or self._save.serving(job_id):
            await asyncio.wait({task})
        job = self.followed.get(job_id) or await take_over(self._work, job_id, is_sent=True)
        if not job or job.state in {State.QUEUED, State.SUBMITTING}:
            return None
        return await self._leave(job, job.state, watched=False)

    async def resolve(self, job_id: str, way: Way) -> list[Job]:
        """Resolve an `unknown` job; raises ResolveError."""
        jobs = await resolve(self._work, job_id, way)
        for job in jobs:
            self._follow(Next(job))
        return jobs

    async def first(self, job_id: str) -> bool:
        """Let a job that waits to be sent be the next one; False when it does not wait here."""
        return self._submit.first(job_id)

    async def changes(self, since: int) -> tuple[list[Job], int]:
        """Return what any process changed, and heed what was paused there."""
        await self.pauses.look()
        return await self._work.journal.changes(since)

    def watch(self, jobs: Iterable[Job]) -> None:
        """Keep an eye on jobs that others work on; here nobody does what isn't followed."""

    async def run(self) -> None:
        """Serve the lanes until cancelled."""
        async with asyncio.TaskGroup() as group:
            for lane in (self._submit, self._poll, self._save):
                group.create_task(lane.run())
            group.create_task(self.pauses.run())
            group.create_task(self.admission.run())
            if waiting := self._work.waiting:
                group.create_task(bring_in(self._work, waiting, self.taking.one))

    def hurry(self) -> None:
        """Wait no longer for the answers to submissions; they become `unknown`."""
        self._submitting.give_up()

    async def finish(self) -> None:
        """Wait for submissions in flight; cut looks and downloads short, they can be repeated."""
        await asyncio.gather(
            self._submit.settle(_SUBMISSION_GRACE),
            self._poll.finish(_GRACE),
            self._save.finish(_GRACE),
        )
        self.hurry()
        await self._submit.finish(_COMMIT_GRACE)

    def lose(self, job_id: str, fence: float = math.inf) -> None:
        """Follow a job no more that has a higher fence by now: it is somebody else's."""
        job = self.followed.get(job_id)
        if job and job.fence < fence:
            self.taken.add(job_id)
            self.followed.leave(job_id)
            self.polling.forget(job)
            self.admission.note(job)

    async def _leave(self, job: Job, state: State, **facts: Any) -> Job:
        self.followed.leave(job.id)  # its turn may come while this is being written
        try:
            left = await self._work.journal.to(job, state, **facts)
        except DiskError:
            self._follow(Next(job))
            raise
        self._follow(Next(left, None))
        return left

    async def _serve(self, job_id: str) -> None:
        job = self.followed.get(job_id)
        if job is None:
            return  # it was left after its turn had been queued
        lane, step = self._steps[job.state]
        try:
            after = await step(job)
            self._follow(after)
            if job.state is State.QUEUED and after.job.state is State.PENDING:
                self.gate.note_accepted()
        except StaleError:
            self.lose(job_id)
        except PausedError:
            with suppress(JournalError):
                await self.pauses.look()
            # Should it be over already, or unreadable, it is tried again a little later.
            lane.push(job_id, 0.0 if self.gate.paused else _LATER, place_of(job))
        except NoRoomError:
            self.admission.refuse(job)
            lane.put_back(job_id, place_of(job))
        except DiskError as problem:
            self._work.tell(str(problem))
            # The disk is everybody's: thousands must not find that out one by one.
            lane.hold(_DISK_PAUSE)
            lane.push(job_id, place=place_of(job))
        except Exception:  # noqa: BLE001 - the top of a follower: one job's fault stops no other
            _log.exception("A step of job %s failed", job.short_id)
            self._work.tell(english(_UNEXPECTED, short_id=job.short_id))
            lane.push(job_id, _FAULT_PAUSE, place_of(job))
        self.admission.note(self.followed.get(job_id, job))

    def _follow(self, after: Next) -> None:
        job = after.job
        if after.hold is not None and job.state is State.DOWNLOADING:
            self._save.hold(after.hold)
        elif after.hold is not None:
            self.gate.stop(job, after.hold)
        is_news = self.followed.get(job.id) is not job
        # The one way to a lane: what is at home elsewhere never gets there.
        if job.is_live and after.wait is not None and self._work.home.has(job):
            self.followed.put(job)
            self.taken.discard(job.id)
            # While its lane is held, the hold is what it waits for: `go_on` then frees it too.
            wait = after.wait if after.hold is None else 0.0
            self._steps[job.state][0].push(job.id, wait, place_of(job))
        else:
            self.followed.leave(job.id, job)
            self.polling.forget(job)
        self.admission.note(job)
        if is_news:
            self._publish(job)
