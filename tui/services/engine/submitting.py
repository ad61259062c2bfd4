"""The step of a queued job: sending its request, once."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from tui.core.job import ErrorKind, Job, JobError, State
from tui.core.schedule import backoff
from tui.models import find_model
from tui.services.engine.work import Next, Work
from tui.services.gateway.body import Body, encode
from tui.services.gateway.outcome import (
    Accepted,
    Ambiguous,
    Limited,
    NotSent,
    Refused,
    Submission,
)
from tui.services.journal.protocol import Attempt, DiskError

MOST_UNSENT, MOST_LIMITED = 3, 10
FIRST_PAUSE, LONGEST_PAUSE = 30.0, 300.0
UNTIL_ASKED = 10 * 365 * 86400.0  # a refused key: nothing more until a person does something
_RETRY_COMMIT = 1.0


class Submitting:
    """Takes a job from `queued` to `pending`, or to where the gateway's answer leads.

    One intent causes at most one request that may have been accepted.
    """

    def __init__(self, work: Work, publish: Callable[[Job], None]) -> None:
        self._work = work
        self._publish = publish

    async def step(self, job: Job) -> Next:
        """Submit the job; raises StaleError or DiskError with nothing sent."""
        work = self._work
        model = find_model(job.request.model)
        try:
            body = await asyncio.to_thread(encode, model, job.request, work.path_of)
        except OSError as problem:
            reason = f"A reference image is not there any more: {problem.strerror}. Add it again."
            return Next(await work.journal.to(job, State.DROPPED, error=_invalid(reason)), None)
        attempt = await work.journal.intent(job)
        if attempt is None:
            return Next(work.journal.history.get(job.id) or job, None)
        sending = replace(job, state=State.SUBMITTING, error=None)
        self._publish(sending)
        # Cancelling a request in flight would mean charged and its id lost.
        return await asyncio.shield(self._send(sending, attempt, model.submit_path, body))

    async def _send(self, job: Job, attempt: Attempt, path: str, body: Body) -> Next:
        async def sent() -> bool:
            return await self._work.journal.sent(attempt)

        try:
            outcome = await self._work.gateway.submit(path, body, sent)
        except DiskError as problem:  # from `sent`: so nothing has left
            outcome = NotSent(str(problem))
        return await self._until_durable(job, attempt, outcome)

    async def _until_durable(self, job: Job, attempt: Attempt, outcome: Submission) -> Next:
        while True:
            try:
                return await self._settle(job, attempt, outcome)
            except DiskError as problem:
                # The answer must not be forgotten because the disk is full for a moment.
                if isinstance(outcome, Accepted):
                    known = f"task {outcome.task_id} of job {job.short_id} can't be written down"
                    self._work.tell(f"{known}: {problem}")
                await self._work.clock.sleep(_RETRY_COMMIT)

    async def _settle(self, job: Job, attempt: Attempt, outcome: Submission) -> Next:
        settle = self._work.journal.settle
        match outcome:
            case Accepted(task_id):
                accepted = await settle(
                    attempt,
                    State.PENDING,
                    task_id=task_id,
                    origin=self._work.origin,
                    poll_path=find_model(job.request.model).poll_path,
                    fingerprint=self._work.fingerprint,
                    submitted=self._work.clock.now(),
                    tries=0,
                    error=None,
                )
                return Next(accepted)
            case NotSent(message):
                return await self._not_accepted(job, attempt, message, None)
            case Limited(message, wait):
                return await self._not_accepted(job, attempt, message, wait or 0.0)
            case Refused(kind, message, pauses):
                ended = self._work.clock.now()
                refused = await settle(
                    attempt, State.FAILED, error=JobError(kind, message), finished=ended
                )
                return Next(refused, None, UNTIL_ASKED if pauses else None)
            case Ambiguous(message):
                reason = f"{message}; it may have been accepted, and billed"
                problem = JobError(ErrorKind.UNKNOWN, reason)
                return Next(await settle(attempt, State.UNKNOWN, error=problem), None)

    async def _not_accepted(
        self, job: Job, attempt: Attempt, message: str, asked: float | None
    ) -> Next:
        """Queue the job again; `asked`: the gateway's wish in seconds, None if it heard nothing."""
        tries = job.tries + 1
        most = MOST_UNSENT if asked is None else MOST_LIMITED
        kind = ErrorKind.UNREACHABLE if asked is None else ErrorKind.LIMITED
        gives_up = tries % most == 0
        if gives_up:
            wait = max(asked or 0.0, min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (tries // most - 1)))
        else:
            wait = asked or backoff(tries, self._work.random())
        queued = await self._work.journal.settle(
            attempt,
            State.QUEUED,
            tries=tries,
            not_before=self._work.clock.now() + wait,
            error=JobError(kind, message) if gives_up else None,
        )
        return Next(queued, wait, wait if gives_up or asked is not None else None)


def _invalid(reason: str) -> JobError:
    return JobError(ErrorKind.INVALID, reason)
