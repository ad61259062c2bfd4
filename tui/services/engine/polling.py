"""The step of a pending or processing job: one look at its task."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tui.core import schedule
from tui.core.job import ErrorKind, Job, JobError, State
from tui.core.language import english
from tui.core.request import Request
from tui.core.text import one_line
from tui.models import MODELS, find_model
from tui.services.engine.work import Next, Work, kept
from tui.services.gateway.outcome import Denied, Missing, Progress, Trouble

SETTLING = 60.0  # seconds after acceptance in which "no such task" means "not yet"
_MISSING_ROUNDS, _MISSING_FOR, _MISSING_GAP = 3, 600.0, 240.0
_EMPTY_LOOKS, _EMPTY_GAP = 3, 10.0
_DENIED_GAP = 60.0
_TELLS_AT = 5  # bad answers in a row before a person hears of them


@dataclass(slots=True)
class _Watch:
    """What is known of a task beyond the journal; forgotten at a restart, at no loss.

    `accepted` and `missing_since` are monotonic seconds: setting the clock makes no task old.
    """

    accepted: float
    errors: int = 0
    empties: int = 0
    missing: int = 0
    missing_since: float = 0.0


class Polling:
    """Takes a job from `pending` to `downloading` or to the gateway's verdict.

    A look that fails never fails the job. `heard` gets for each look whether it was answered.
    """

    def __init__(self, work: Work, heard: Callable[[bool], None]) -> None:
        self._work = work
        self._heard = heard
        self._watches: dict[str, _Watch] = {}
        self._typicals: dict[tuple[str, str], schedule.Typical] = {}

    async def step(self, job: Job) -> Next:
        """Look once; raises StaleError or DiskError."""
        work = self._work
        if not work.has_key_of(job):
            reason = english("it was submitted with another key; use that key to follow it")
            return await self._rest(job, JobError(ErrorKind.AUTH, reason), None)
        watch = self._watches.get(job.id) or self._watch(job)
        look = await work.gateway.look(job.poll_path or "", job.task_id or "")
        self._heard(not isinstance(look, Trouble | Denied))
        if isinstance(look, Missing):
            return await self._missing(job, watch, look)
        watch.missing = 0
        match look:
            case Progress():
                watch.errors = 0
                return await self._progress(job, watch, look)
            case Denied(kind, message):
                return await self._rest(job, work.fault(kind, message), _DENIED_GAP)
            case Trouble(message, wait):
                return self._trouble(job, watch, message, wait)

    def known(self, request: Request) -> schedule.Typical | None:
        """Return the typical time that looks go by; None before the first look of its kind."""
        return self._typicals.get((request.model, schedule.kind_of(request)))

    def forget(self, job: Job) -> None:
        """Drop what is remembered of a task that ended, and learn its time anew."""
        self._watches.pop(job.id, None)
        if job.state is State.SAVED:
            self._typicals.pop((job.request.model, schedule.kind_of(job.request)), None)

    def _watch(self, job: Job) -> _Watch:
        clock = self._work.clock
        age = max(0.0, clock.now() - (job.submitted or job.created))
        self._watches[job.id] = watch = _Watch(accepted=clock.monotonic() - age)
        return watch

    async def _progress(self, job: Job, watch: _Watch, look: Progress) -> Next:
        match look.word:
            case "pending":
                return await self._go_on(job, watch, State.PENDING, word=None)
            case "processing":
                started = job.started or self._work.clock.now()
                return await self._go_on(job, watch, State.PROCESSING, word=None, started=started)
            case "succeeded" if look.results:
                facts = {"results": look.results, "word": None, "error": None}
                return Next(await self._work.journal.to(job, State.DOWNLOADING, **facts))
            case "succeeded":
                return await self._empty(job, watch, look.answer)
            case "failed":
                reason = look.message or english("the gateway gave no reason")
                return await self._end(job, State.FAILED, ErrorKind.FAILED, reason)
            case word:
                shown = one_line(word, 40)
                if job.word != shown:
                    sentence = english("an unknown status, taken as in progress")
                    self._work.tell(
                        english(
                            "{short_id}: the gateway says {shown!r}, {sentence}",
                            short_id=job.short_id,
                            shown=shown,
                            sentence=sentence,
                        )
                    )
                return await self._go_on(job, watch, job.state, word=shown)

    async def _go_on(self, job: Job, watch: _Watch, state: State, **facts: Any) -> Next:
        facts["error"] = None
        changed = {name: value for name, value in facts.items() if getattr(job, name) != value}
        if state is not job.state or changed:
            job = await self._work.journal.to(job, state, **changed)
        waited = self._work.clock.monotonic() - watch.accepted
        if waited > schedule.STALLED_AFTER:
            # Paid for: it is looked for as long as anybody runs, only ever less often.
            day = waited > schedule.FORGOTTEN_AFTER
            return Next(job, schedule.FORGOTTEN_GAP if day else schedule.STALLED_GAP)
        running = None
        if job.state is State.PROCESSING and job.started is not None:
            running = max(0.0, self._work.clock.now() - job.started)
        typical = await self._typical(job)
        return Next(job, schedule.next_poll(running, typical, self._work.random()))

    async def _typical(self, job: Job) -> schedule.Typical:
        request = job.request
        key = (request.model, schedule.kind_of(request))
        if key not in self._typicals:
            declared = find_model(request.model).typical(request.values)
            past = await asyncio.to_thread(self._work.journal.history.durations, *key)
            self._typicals[key] = schedule.learn(past, declared * self._work.pace)
        return self._typicals[key]

    async def _empty(self, job: Job, watch: _Watch, answer: bytes) -> Next:
        watch.empties += 1
        if watch.empties <= _EMPTY_LOOKS:
            return Next(job, _EMPTY_GAP)
        reason = english("the gateway says it succeeded, and gives no image; it is probably billed")
        facts = await kept(self._work, job, answer)
        return await self._end(job, State.FAILED, ErrorKind.EMPTY, reason, **facts)

    async def _missing(self, job: Job, watch: _Watch, look: Missing) -> Next:
        now = self._work.clock.monotonic()
        if now - watch.accepted < SETTLING:
            return self._trouble(job, watch, look.message, None)
        for path in dict.fromkeys(model.poll_path for model in MODELS):
            if path != job.poll_path:
                other = await self._work.gateway.look(path, job.task_id or "")
                if isinstance(other, Progress):
                    moved = await self._work.journal.to(job, job.state, poll_path=path)
                    return await self._progress(moved, watch, other)
        watch.missing_since = watch.missing_since if watch.missing else now
        watch.missing += 1
        if watch.missing >= _MISSING_ROUNDS and now - watch.missing_since >= _MISSING_FOR:
            reason = english(
                "the gateway no longer knows the task ({message})", message=look.message
            )
            return await self._end(job, State.LOST, ErrorKind.LOST, reason)
        return Next(job, _MISSING_GAP)

    async def _end(
        self, job: Job, state: State, kind: ErrorKind, reason: str, **facts: Any
    ) -> Next:
        facts |= {"error": JobError(kind, reason), "finished": self._work.clock.now(), "word": None}
        return Next(await self._work.journal.to(job, state, **facts), None)

    def _trouble(self, job: Job, watch: _Watch, message: str, wait: float | None) -> Next:
        watch.errors += 1
        if watch.errors == _TELLS_AT:
            self._work.tell(
                english(
                    "{short_id}: can't be followed for now, going on: {message}",
                    short_id=job.short_id,
                    message=message,
                )
            )
        return Next(job, max(wait or 0.0, schedule.backoff(watch.errors, self._work.random())))

    async def _rest(self, job: Job, error: JobError, wait: float | None) -> Next:
        if job.error != error:
            job = await self._work.journal.to(job, job.state, error=error)
        return Next(job, wait)
