"""The step of a downloading job: keeping its images."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from tui.core.job import ErrorKind, Job, JobError, Saved, State
from tui.core.language import english
from tui.core.schedule import backoff
from tui.services.decode import BadImageError
from tui.services.engine.work import Next, Work
from tui.services.files import StorageError
from tui.services.gallery import QuarantinedError
from tui.services.gateway.outcome import Denied, Look, Progress, Trouble
from tui.services.images import ForbiddenUrlError, GoneError, TransferError
from tui.services.store.trouble import BucketError, StoreError

MOST_TRIES = 3
_NOT_OURS = english("the gateway can be asked for fresh URLs only with the key it was sent with")
_REST = 30.0  # seconds until the next round of tries
_Problem = GoneError | TransferError | ForbiddenUrlError | QuarantinedError | StorageError


@dataclass(slots=True)
class _Round:
    """What one round of fetching brought."""

    files: list[Saved] = field(default_factory=list)
    problems: list[_Problem] = field(default_factory=list)

    def first(self, *kinds: type[_Problem]) -> _Problem | None:
        return next((one for one in self.problems if isinstance(one, kinds)), None)


class Saving:
    """Takes a job from `downloading` to `saved`, its images fetched side by side.

    An image that is paid for is given up only when the gateway no longer has it.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._away = 0  # how often in a row the store could not be used
        self._away_until = 0.0

    async def step(self, job: Job) -> Next:
        """Fetch what is missing; raises StaleError or DiskError."""
        result = await self._fetch(job)
        job_now = job
        if result.first(GoneError):
            if self._work.home.keys is not None and not self._work.has_key_of(job):
                return await self._hand_over(job, result)
            look = await self._look(job)
            if isinstance(look, Trouble | Denied):
                # Only the gateway can say that there are no fresh URLs.
                result.problems.insert(0, TransferError(look.message))
            elif isinstance(look, Progress) and look.results not in {(), job.results}:
                to = self._work.journal.to
                job_now = await to(job, State.DOWNLOADING, results=look.results)
                result = await self._again(job_now, result)
        files = _in_order(job, result)
        waiting = result.first(StorageError) or result.first(TransferError)
        if result.files:
            self._away = 0
        if waiting:
            return await self._rest(job_now, files, waiting)
        return await self._end(job_now, files, result)

    async def _look(self, job: Job) -> Look:
        if not self._work.has_key_of(job):
            # Whoever asks with another key may hear that there is no such task.
            return Denied(ErrorKind.AUTH, _NOT_OURS)
        return await self._work.gateway.look(job.poll_path or "", job.task_id or "")

    async def _hand_over(self, job: Job, result: _Round) -> Next:
        """Give up a job that somebody with its key can ask fresh URLs for."""
        error = JobError(ErrorKind.AUTH, _NOT_OURS)
        files = _in_order(job, result)
        left = await self._work.journal.to(job, State.DOWNLOADING, error=error, files=files)
        await self._work.journal.release([left])
        return Next(left, None)

    async def _again(self, job: Job, before: _Round) -> _Round:
        have = {one.index for one in before.files}
        result = await self._fetch(job, have)
        return _Round([*before.files, *result.files], result.problems)

    async def _fetch(self, job: Job, have: Sequence[int] | set[int] = ()) -> _Round:
        done = {one.index for one in job.files} | set(have)
        wanted = [index for index in range(1, len(job.results) + 1) if index not in done]
        result = _Round()
        for one in await asyncio.gather(*(self._fetch_one(job, index) for index in wanted)):
            if isinstance(one, Saved):
                result.files.append(one)
            else:
                result.problems.append(one)
        return result

    async def _fetch_one(self, job: Job, index: int) -> Saved | _Problem:
        offer = job.results[index - 1]
        for count in range(1, MOST_TRIES + 1):
            last = count == MOST_TRIES
            try:
                return await self._work.gallery.save(job, index, offer, last_try=last)
            except (GoneError, ForbiddenUrlError, StorageError, QuarantinedError) as problem:
                return problem
            except (TransferError, BadImageError) as problem:
                if isinstance(problem, TransferError) and last:
                    return problem
            await self._work.clock.sleep(backoff(count, self._work.random()))
        raise AssertionError("the last try answers or raises")

    async def _rest(self, job: Job, files: tuple[Saved, ...], problem: _Problem) -> Next:
        kind = ErrorKind.DISK if isinstance(problem, StorageError) else ErrorKind.UNREACHABLE
        error = self._work.fault(kind, str(problem))
        if error != job.error or files != job.files:
            job = await self._work.journal.to(job, State.DOWNLOADING, error=error, files=files)
        is_away = isinstance(problem, StoreError) and not isinstance(problem, BucketError)
        return Next(job, _REST, self._hold() if is_away else None)

    def _hold(self) -> float:
        """Let all images wait for the store: what one has found out, thousands need not."""
        now = self._work.clock.monotonic()
        if now >= self._away_until:  # several may find it out at the same time
            self._away += 1
            self._away_until = now + min(_REST, backoff(self._away, self._work.random()))
        return self._away_until - now

    def _reason(self, problem: _Problem) -> str:
        is_here = isinstance(problem, QuarantinedError)
        return self._work.told(str(problem)) if is_here else str(problem)

    async def _end(self, job: Job, files: tuple[Saved, ...], result: _Round) -> Next:
        asked = max(len(job.results), job.request.count)
        problem = result.problems[0] if result.problems else None
        reason = (
            self._reason(problem)
            if problem
            else english(
                "the gateway made {count} of {asked} images", count=len(files), asked=asked
            )
        )
        finished = self._work.clock.now()
        if len(files) == asked:
            state, error = State.SAVED, None
        elif files:
            missing = english(
                "{count} of {asked} images are here: {reason}",
                count=len(files),
                asked=asked,
                reason=reason,
            )
            state, error = State.SAVED, JobError(ErrorKind.PARTIAL, missing)
        elif result.first(GoneError):
            state, error = State.EXPIRED, JobError(ErrorKind.EXPIRED, reason)
        else:
            state, error = State.FAILED, JobError(ErrorKind.QUARANTINED, reason)
        # Result URLs are bearer secrets: kept only as long as something is left to fetch.
        results = job.results if result.problems else ()
        facts = {"files": files, "results": results, "error": error, "finished": finished}
        return Next(await self._work.journal.to(job, state, **facts), None)


def _in_order(job: Job, result: _Round) -> tuple[Saved, ...]:
    """Return the files that were there, and those that a round brought, by their place."""
    return tuple(sorted([*job.files, *result.files], key=lambda one: one.index))
