"""What every journal promises about attempts to submit, whichever database keeps it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tui.core.job import ErrorKind, Job, JobError, State
from tui.services.journal import Attempt, Journal, JournalError, StaleError

Open = Callable[..., Any]
NewJob = Callable[..., Job]
ACCEPTED = {
    "task_id": "task-1",
    "origin": "https://gateway.test",
    "poll_path": "/tasks/task-1",
    "fingerprint": "0123456789abcdef",
    "submitted": 1_800_000_001.0,
}


async def submitting(journal: Journal, job: Job, *, sent: bool) -> Attempt:
    (job,) = await journal.add([job])
    attempt = await journal.intent(job)
    assert attempt
    assert not sent or await journal.sent(attempt)
    return attempt


async def test_an_intent_comes_once(open_journal: Open, new_job: NewJob) -> None:
    journal = open_journal()
    (job,) = await journal.add([new_job()])
    answers = await asyncio.gather(*(journal.intent(job) for _ in range(5)))
    attempts = [one for one in answers if one]
    assert len(attempts) == 1
    assert journal.history.get(job.id).state is State.SUBMITTING
    assert await journal.sent(attempts[0])
    assert not await journal.sent(attempts[0])
    assert await journal.intent(new_job()) is None


async def test_a_released_job_gets_no_intent(open_journal: Open, new_job: NewJob) -> None:
    journal = open_journal()
    (job,) = await journal.add([new_job()])
    await journal.release([job])
    assert await journal.intent(job) is None


async def test_an_accepted_attempt(open_journal: Open, new_job: NewJob) -> None:
    journal = open_journal()
    attempt = await submitting(journal, new_job(), sent=True)
    job = await journal.settle(attempt, State.PENDING, **ACCEPTED)
    assert job.state is State.PENDING
    assert (job.task_id, job.poll_path) == ("task-1", "/tasks/task-1")
    assert job.fingerprint == "0123456789abcdef"
    assert journal.history.get(job.id) == job
    assert await journal.settle(attempt, State.PENDING, **ACCEPTED) == job


@pytest.mark.parametrize(
    ("state", "facts"),
    [
        (State.QUEUED, {"tries": 1, "not_before": 9.0}),
        (State.FAILED, {"error": JobError(ErrorKind.REFUSED, "no")}),
        (State.UNKNOWN, {"error": JobError(ErrorKind.UNKNOWN, "who knows")}),
    ],
)
async def test_other_ends_of_an_attempt(
    open_journal: Open, new_job: NewJob, state: State, facts: dict[str, Any]
) -> None:
    journal = open_journal()
    attempt = await submitting(journal, new_job(), sent=True)
    job = await journal.settle(attempt, state, **facts)
    assert job.state is state
    assert {name: getattr(job, name) for name in facts} == facts
    assert journal.history.get(job.id) == job


async def test_a_returned_job_gets_a_second_attempt(open_journal: Open, new_job: NewJob) -> None:
    journal = open_journal()
    first = await submitting(journal, new_job(), sent=True)
    job = await journal.settle(first, State.QUEUED, tries=1)
    second = await journal.intent(job)
    assert second
    assert second.id != first.id
    assert not await journal.sent(first)
    assert await journal.sent(second)


async def test_attempts_end_in_four_states_only(open_journal: Open, new_job: NewJob) -> None:
    journal = open_journal()
    attempt = await submitting(journal, new_job(), sent=True)
    with pytest.raises(ValueError, match="can't end with its job saved"):
        await journal.settle(attempt, State.SAVED)
    with pytest.raises(ValueError, match="task_id and a poll_path"):
        await journal.settle(attempt, State.PENDING, task_id="only-this")
    with pytest.raises(JournalError, match="no attempt"):
        await journal.settle(replace(attempt, id="never made"), State.UNKNOWN)
    assert journal.history.get(attempt.job).state is State.SUBMITTING


async def test_nothing_was_sent_when_its_owner_died(open_journal: Open, new_job: NewJob) -> None:
    first, second = open_journal(), open_journal()
    attempt = await submitting(first, new_job(), sent=False)
    await first.close()
    job = await second.take(attempt.job)
    assert job
    assert job.state is State.QUEUED
    assert job.error is None
    # Should the old runner live after all, it is told to send nothing.
    assert not await second.sent(attempt)
    assert await second.intent(job)


async def test_it_may_have_been_sent_when_its_owner_died(
    open_journal: Open, new_job: NewJob
) -> None:
    first, second = open_journal(), open_journal()
    attempt = await submitting(first, new_job(), sent=True)
    await first.close()
    job = await second.take(attempt.job)
    assert job
    assert job.state is State.UNKNOWN
    assert job.error
    assert job.error.kind is ErrorKind.UNKNOWN
    assert "2027-01-15 08:00:00 UTC" in job.error.message
    assert "billed" in job.error.message
    assert await second.intent(job) is None
    assert await second.orphans() == []


async def test_a_late_id_revives_an_unknown_job(open_journal: Open, new_job: NewJob) -> None:
    first, second = open_journal(), open_journal()
    attempt = await submitting(first, new_job(), sent=True)
    running = first.history.get(attempt.job)
    await first.release([running])
    taken = await second.take(attempt.job)
    assert taken
    assert taken.state is State.UNKNOWN
    job = await first.settle(attempt, State.PENDING, **ACCEPTED)
    assert (job.state, job.task_id, job.error) == (State.PENDING, "task-1", None)
    # Whoever brought the id follows it; the other has nothing to do with it any more.
    assert job.owner == first.owner
    assert job.fence > taken.fence
    with pytest.raises(StaleError):
        await second.to(taken, State.UNKNOWN, resolution="abandoned")
    assert (await first.to(job, State.PROCESSING)).state is State.PROCESSING


async def test_an_unknown_of_ours_is_revived_under_the_same_fence(
    open_journal: Open, new_job: NewJob
) -> None:
    journal = open_journal()
    attempt = await submitting(journal, new_job(), sent=True)
    unknown = await journal.settle(
        attempt, State.UNKNOWN, error=JobError(ErrorKind.UNKNOWN, "no answer")
    )
    job = await journal.settle(attempt, State.PENDING, **ACCEPTED)
    assert (job.state, job.fence, job.error) == (State.PENDING, unknown.fence, None)


async def test_a_late_id_leaves_a_job_that_is_elsewhere(
    open_journal: Open, new_job: NewJob
) -> None:
    journal = open_journal()
    attempt = await submitting(journal, new_job(), sent=True)
    unknown = await journal.settle(attempt, State.UNKNOWN)
    attached = await journal.to(
        unknown, State.PENDING, task_id="by hand", poll_path="/p", resolution="attached"
    )
    assert await journal.settle(attempt, State.PENDING, **ACCEPTED) == attached
    assert journal.history.get(attempt.job) == attached


async def test_a_late_refusal_revives_nothing(open_journal: Open, new_job: NewJob) -> None:
    journal = open_journal()
    attempt = await submitting(journal, new_job(), sent=True)
    unknown = await journal.settle(attempt, State.UNKNOWN)
    assert await journal.settle(attempt, State.FAILED) == unknown
    assert await journal.settle(attempt, State.QUEUED) == unknown
