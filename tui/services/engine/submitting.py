"""The step of a queued job: sending its request, once."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from tui.core.job import ErrorKind, Job, JobError, State
from tui.core.language import english
from tui.core.units import amount
from tui.models import find_model
from tui.services.engine.pacer import Late, Pacer
from tui.services.engine.pauses import Answer, Pause, Pauses
from tui.services.engine.purse import Purse, refusal
from tui.services.engine.twins import Twins
from tui.services.engine.work import Next, Work, kept
from tui.services.gateway.body import Body, encode
from tui.services.gateway.outcome import (
    Accepted,
    Ambiguous,
    NotSent,
    Refused,
    Submission,
)
from tui.services.journal.protocol import (
    Attempt,
    DiskError,
    JournalError,
    OverBudgetError,
    StaleError,
    TooSoonError,
)

UNTIL_ASKED = math.inf  # a refused key: nothing more until a person does something
_RETRY_COMMIT = 1.0
_LONG_WAIT = 5.0  # seconds without a word look like a fault


class Submitting:
    """Takes a job from `queued` to `pending`, or to where the gateway's answer leads.

    One intent causes at most one request that may have been accepted.
    """

    def __init__(self, work: Work, publish: Callable[[Job], None], pacer: Pacer) -> None:
        self._work = work
        self._pacer = pacer
        self._publish = publish
        self._pauses = Pauses()
        self._waiting: dict[asyncio.Task[Submission], None] = {}  # in their order
        self._has_given_up = False
        self._twins = Twins()
        self._announced = 0.0
        self._purse = work.purse or Purse(work.caps)

    @property
    def spent(self) -> Decimal:
        """What this process has spent up to now, in US dollars."""
        return self._purse.spent

    def give_up(self) -> None:
        """Wait for no answer any longer; what has been sent becomes `unknown`."""
        self._has_given_up = True
        for task in [*self._waiting]:
            task.cancel()

    async def step(self, job: Job) -> Next:
        """Submit the job; raises StaleError, NoRoomError or DiskError with nothing sent."""
        try:
            return await self._step(job)
        finally:
            self._pacer.end(job)

    async def _step(self, job: Job) -> Next:
        work = self._work
        model = find_model(job.request.model)
        try:
            body = await asyncio.to_thread(encode, model, job.request, work.path_of)
        except OSError as problem:
            reason = english(
                "A reference image is not there any more: {strerror}. Add it again.",
                strerror=problem.strerror,
            )
            error = JobError(ErrorKind.INVALID, work.told(reason))
            return Next(await work.journal.to(job, State.DROPPED, error=error), None)
        try:
            attempt = await self._intent(job)
        except OverBudgetError as problem:
            return await self._hold(job, str(problem))
        if attempt is None:
            # Somebody else has changed it, or a fault left it half sent: as after a crash.
            found = await work.journal.take(job.id, work.home)
            if found is None:
                raise StaleError(f"job {job.short_id} is another's")
            return Next(found)
        sending = replace(job, state=State.SUBMITTING, error=None)
        self._publish(sending)
        # Cancelling a request in flight would mean charged and its id lost.
        return await asyncio.shield(self._send(sending, attempt, model.submit_path, body))

    async def _intent(self, job: Job) -> Attempt | None:
        """Write the intention down, the money for it being there; raises OverBudgetError."""
        self._purse.take(job.price)
        attempt = None
        try:
            attempt = await self._work.journal.intent(job, self._work.caps, self._work.limits)
        finally:
            if attempt is None:
                self._purse.give_back(job.price)
        return attempt

    async def _hold(self, job: Job, reason: str) -> Next:
        """Leave a job queued that there is no money for, and all others with it."""
        problem = JobError(ErrorKind.LIMITED, self._work.told(refusal(reason, job.price)))
        held = job
        if job.error != problem:
            held = await self._work.journal.to(job, State.QUEUED, error=problem)
        return Next(held, UNTIL_ASKED, UNTIL_ASKED)

    async def _send(self, job: Job, attempt: Attempt, path: str, body: Body) -> Next:
        outcome = await self._ask(attempt, path, body)
        if isinstance(outcome, Late):
            self._purse.give_back(job.price)
            return await self._until_durable(job, attempt, outcome)
        now, jitter = self._work.clock.monotonic(), self._work.random()
        judged = self._pauses.judge(outcome, now, jitter)
        if isinstance(judged, Pause | Refused):
            self._purse.give_back(job.price)
        if isinstance(judged, Pause) and judged.seconds >= _LONG_WAIT:
            self._announce(judged, now)
        return await self._until_durable(job, attempt, judged)

    async def _ask(self, attempt: Attempt, path: str, body: Body) -> Submission | Late:
        has_left = False

        async def sent() -> bool:
            nonlocal has_left
            has_left = await self._pacer.sent(attempt)
            return has_left

        task = asyncio.ensure_future(self._work.gateway.submit(path, body, sent))
        self._waiting[task] = None
        try:
            return await task
        except TooSoonError:
            return Late()
        except DiskError as problem:  # from `sent`: so nothing has left
            return NotSent(str(problem))
        except asyncio.CancelledError:
            if not self._has_given_up:
                raise
            gone = english("imagedeck was ended before the answer came")
            return Ambiguous(gone) if has_left else NotSent(gone)
        finally:
            del self._waiting[task]

    def _announce(self, pause: Pause, now: float) -> None:
        # Once a pause: what was in flight together is answered alike.
        if now >= self._announced and not pause.is_told:
            self._announced = now + pause.seconds
            self._work.tell(
                english(
                    "{message}; the next submission goes in {seconds:.0f} s",
                    message=pause.message,
                    seconds=pause.seconds,
                )
            )

    async def _until_durable(
        self, job: Job, attempt: Attempt, outcome: Answer | Pause | Late
    ) -> Next:
        is_told = False
        while True:
            try:
                after = await self._settle(job, attempt, outcome)
                break
            except JournalError as problem:
                # The answer must not be forgotten because the disk is full for a moment.
                if isinstance(outcome, Accepted) and not is_told:
                    told = english(
                        "task {task_id} of job {short_id} can't be written down: {problem}",
                        task_id=outcome.task_id,
                        short_id=job.short_id,
                        problem=problem,
                    )
                    self._work.tell(told)
                is_told = True
                await self._work.clock.sleep(_RETRY_COMMIT)
        if not isinstance(outcome, Accepted) and after.job.fence != attempt.fence:
            # This process was suspended meanwhile, and somebody else goes on with the job.
            raise StaleError(f"job {job.short_id} is another's")
        return after

    async def _settle(self, job: Job, attempt: Attempt, outcome: Answer | Pause | Late) -> Next:
        settle = self._work.journal.settle
        match outcome:
            case Accepted(task_id):
                accepted = await settle(
                    attempt,
                    State.PENDING,
                    task_id=task_id,
                    origin=self._work.home.origin,
                    poll_path=find_model(job.request.model).poll_path,
                    fingerprint=self._work.fingerprint,
                    submitted=self._work.clock.now(),
                    tries=0,
                    error=None,
                    **self._twins.flagged(job, task_id),
                )
                return Next(accepted)
            case Refused(kind, message, pauses):
                ended = self._work.clock.now()
                refused = await settle(
                    attempt, State.FAILED, error=self._work.fault(kind, message), finished=ended
                )
                return Next(refused, None, UNTIL_ASKED if pauses else None)
            case Ambiguous(message, answer):
                problem = JobError(ErrorKind.UNKNOWN, _unsure(message, answer))
                facts = await kept(self._work, job, answer)
                return Next(await settle(attempt, State.UNKNOWN, error=problem, **facts), None)
            case Late():
                return Next(await settle(attempt, State.QUEUED))
            case Pause(kind, message, seconds, is_told):
                queued = await settle(
                    attempt,
                    State.QUEUED,
                    tries=job.tries + 1,
                    not_before=self._work.clock.now() + seconds,
                    error=self._work.fault(kind, message) if is_told else None,
                )
                # All wait, not this job alone: the others would fare no better.
                return Next(queued, seconds, seconds)


def _unsure(message: str, answer: bytes) -> str:
    came = english("nothing came back")
    if answer:
        came = english("{count} came back", count=amount(len(answer)))
    return english(
        "{message}; {came}; it may have been accepted, and billed", message=message, came=came
    )
