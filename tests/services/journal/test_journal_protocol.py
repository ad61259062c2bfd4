"""What every journal promises, whichever database keeps it."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tui.core.job import ErrorKind, Job, JobError, Result, Saved, State
from tui.core.request import Reference, Request
from tui.services.journal import Attempt, Journal, JournalError, Query, StaleError

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


async def saved(journal: Journal, job: Job, started: float | None, finished: float) -> Job:
    (job,) = await journal.add([job])
    return await journal.to(job, State.SAVED, started=started, finished=finished)


async def test_a_new_job_is_owned_and_read_back_whole(open_journal: Open, new_job: NewJob) -> None:
    journal = open_journal()
    request = Request(
        model="seedream-5.0-lite",
        values={"prompt": "灯塔 \ud800 \x00 'quoted'", "n": 2},
        references=(Reference(name="cat.png", sha256="ab" * 32, bytes=12, width=3, height=4),),
    )
    asked = replace(
        new_job(),
        request=request,
        folder="/bad/\udcff name",
        group="batch 7",
        word="\ud83d weird",
        warnings=("one", "two"),
        results=(Result(url="https://x.test/1?sig=%2F"), Result(base64="aGk=")),
        files=(
            Saved(
                path="/p/1.png",
                index=1,
                width=2,
                height=3,
                format="PNG",
                bytes=9,
                sha256="cd" * 32,
                notes=("trailing bytes",),
            ),
        ),
        error=JobError(ErrorKind.LIMITED, "wait \udc80"),
        follows="f" * 32,
        watched=False,
        not_before=1.5,
    )
    (job,) = await journal.add([asked])
    assert replace(job, owner=None, fence=0, change=0) == asked
    assert job.owner
    assert job.change > 0
    assert journal.history.get(job.id) == job


async def test_adding_again_changes_nothing(open_journal: Open, new_job: NewJob) -> None:
    journal, other = open_journal(), open_journal()
    first = new_job()
    (job,) = await journal.add([first])
    moved = await journal.to(job, State.DROPPED)
    again = await other.add([first, new_job("another")])
    assert again[0] == moved
    assert again[1].prompt == "another"
    assert journal.history.get(job.id) == moved


async def test_many_jobs_at_once_keep_their_order(open_journal: Open, new_job: NewJob) -> None:
    journal = open_journal()
    jobs = await journal.add([new_job(str(number)) for number in range(250)])
    assert [job.prompt for job in jobs] == [str(number) for number in range(250)]
    newest = journal.history.list(Query(limit=3))
    assert [job.prompt for job in newest] == ["249", "248", "247"]


async def test_a_change_returns_the_new_snapshot(
    open_journal: Open, new_job: NewJob, clock: Any
) -> None:
    journal = open_journal()
    (job,) = await journal.add([new_job(state=State.PENDING, **ACCEPTED)])
    clock.time += 5
    moved = await journal.to(job, State.PROCESSING, started=clock.time, word="painting")
    assert (moved.state, moved.started, moved.word) == (State.PROCESSING, clock.time, "painting")
    assert moved.updated == clock.time
    assert moved.change > job.change
    assert moved.task_id == job.task_id
    assert journal.history.get(job.id) == moved


async def test_an_older_snapshot_of_ours_still_counts(open_journal: Open, new_job: NewJob) -> None:
    journal = open_journal()
    (job,) = await journal.add([new_job(state=State.PENDING)])
    await journal.to(job, State.PROCESSING, started=7.0)
    moved = await journal.to(job, State.DOWNLOADING, results=(Result(url="https://x.test"),))
    assert moved.started == 7.0
    assert journal.history.get(job.id) == moved
    with pytest.raises(ValueError, match="downloading and can't become"):
        await journal.to(job, State.PROCESSING)


async def test_forbidden_and_foreign_changes_are_refused(
    open_journal: Open, new_job: NewJob
) -> None:
    journal = open_journal()
    (job,) = await journal.add([new_job()])
    with pytest.raises(ValueError, match="queued and can't become saved"):
        await journal.to(job, State.SAVED)
    with pytest.raises(TypeError, match="owner, prompt"):
        await journal.to(job, State.DROPPED, owner="me", prompt="x")
    with pytest.raises(StaleError):
        await journal.to(new_job(), State.DROPPED)
    assert journal.history.get(job.id) == job


async def test_one_refusal_leaves_its_neighbours_alone(open_journal: Open, new_job: NewJob) -> None:
    journal = open_journal()
    jobs = await journal.add([new_job(state=State.PENDING) for _ in range(20)])
    stale = [replace(job, fence=99) if job in jobs[::3] else job for job in jobs]
    answers = await asyncio.gather(
        *(journal.to(job, State.PROCESSING) for job in stale), return_exceptions=True
    )
    for job, known, answer in zip(jobs, stale, answers, strict=True):
        if known.fence == 99:
            assert isinstance(answer, StaleError)
            assert journal.history.get(job.id) == job
        else:
            assert journal.history.get(job.id) == answer


async def test_a_taken_job_is_stale_for_the_older_runner(
    open_journal: Open, new_job: NewJob
) -> None:
    journal, other = open_journal(), open_journal()
    (job,) = await journal.add([new_job()])
    assert await other.take(job.id) is None
    await journal.release([job])
    taken = await other.take(job.id)
    assert taken
    assert taken.fence == job.fence + 1
    assert await journal.take(job.id) is None
    assert await journal.intent(job) is None
    with pytest.raises(StaleError, match="taken over"):
        await journal.to(job, State.DROPPED)
    await journal.release([job])
    dropped = await other.to(taken, State.DROPPED)
    assert dropped.owner == taken.owner


async def test_our_own_job_can_be_taken_again(open_journal: Open, new_job: NewJob) -> None:
    journal = open_journal()
    (job,) = await journal.add([new_job()])
    again = await journal.take(job.id)
    assert again
    with pytest.raises(StaleError):
        await journal.to(job, State.DROPPED)
    assert (await journal.to(again, State.DROPPED)).state is State.DROPPED
    assert await journal.take("0" * 32) is None


async def test_a_dead_owners_job_can_be_taken(open_journal: Open, new_job: NewJob) -> None:
    first, second = open_journal(), open_journal()
    (job,) = await first.add([new_job()])
    assert await second.orphans() == []
    await first.close()
    assert await second.orphans() == [job.id]
    assert await second.take(job.id)
    assert await second.orphans() == []


async def test_orphans_are_live_and_oldest_first(open_journal: Open, new_job: NewJob) -> None:
    first, second = open_journal(), open_journal()
    jobs = await first.add([new_job(str(number), state=State.PENDING) for number in range(5)])
    await first.to(jobs[1], State.FAILED)
    await first.to(jobs[2], State.PENDING, watched=False)
    await first.to(await first.to(jobs[3], State.LOST), State.PENDING)
    await first.release(jobs)
    assert await second.orphans() == [jobs[0].id, jobs[3].id, jobs[4].id]


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


async def test_changes_of_any_process_are_seen(open_journal: Open, new_job: NewJob) -> None:
    journal, other = open_journal(), open_journal()
    jobs, start = await journal.changes(0)
    assert jobs == []
    assert await journal.changes(start) == ([], start)
    (ours,) = await journal.add([new_job("ours", state=State.PENDING)])
    (theirs,) = await other.add([new_job("theirs")])
    ours = await journal.to(ours, State.PROCESSING)
    for one in (journal, other):
        seen, newest = await one.changes(start)
        assert seen == [theirs, ours]
        assert newest == ours.change
        assert await one.changes(newest) == ([], newest)
    assert await other.changes(ours.change + 1000) == ([], ours.change)


async def test_jobs_are_found_by_the_end_of_their_id(open_journal: Open, new_job: NewJob) -> None:
    history = (journal := open_journal()).history
    jobs = await journal.add([new_job(id=f"{number:022x}" + "c0ffee0123") for number in range(12)])
    one = (await journal.add([new_job(id="f" * 22 + "deadbeef42")]))[0]
    assert history.find("BEEF42") == [one]
    assert history.find(one.id) == [one]
    assert history.find("0123") == list(reversed(jobs))[:10]
    assert history.find("%") == history.find("") == history.find("nothing") == []


async def test_listing_by_state_group_and_time(open_journal: Open, new_job: NewJob) -> None:
    journal = open_journal()
    results = (Result(url="https://x.test/1"),)
    old, grouped, failed = await journal.add(
        [
            new_job("old", created=5.0, results=results),
            new_job("grouped", group="g"),
            new_job("failed", state=State.FAILED, group="g"),
        ]
    )
    wanted = journal.history.list
    assert wanted(Query()) == [failed, grouped, old]
    assert wanted(Query(states=(State.QUEUED,))) == [grouped, old]
    assert wanted(Query(states=(State.QUEUED, State.FAILED), group="g")) == [failed, grouped]
    assert wanted(Query(since=6.0)) == [failed, grouped]
    assert wanted(Query(unfetched=True)) == [old]
    assert wanted(Query(limit=None)) == [failed, grouped, old]
    assert wanted(Query(limit=1)) == [failed]
    assert wanted(Query(before=grouped.id)) == [old]
    assert wanted(Query(before="never heard of")) == []


async def test_pages_follow_each_other_without_gap_or_repeat(
    open_journal: Open, new_job: NewJob
) -> None:
    journal = open_journal()
    await journal.add([new_job(f"storm {number}") for number in range(23)])
    for text in ("", "storm"):
        seen: list[Job] = []
        while page := journal.history.list(
            Query(text=text, limit=5, before=seen[-1].id if seen else None)
        ):
            seen += page
        assert [job.prompt for job in seen] == [f"storm {number}" for number in range(22, -1, -1)]


async def test_durations_of_one_kind_newest_first(open_journal: Open, new_job: NewJob) -> None:
    journal = open_journal()
    high = {"size": "1024x1024", "quality": "high"}
    downloading = {"state": State.DOWNLOADING, "submitted": 100.0}
    await saved(journal, new_job(values=high, **downloading), 110.0, 150.0)
    await saved(journal, new_job(values=high, **downloading), None, 170.0)
    await saved(journal, new_job(values={"size": "1K"}, **downloading), 110.0, 111.0)
    await saved(journal, new_job(values=high, model="x", **downloading), 110.0, 112.0)
    await saved(journal, new_job(values=high, state=State.DOWNLOADING), None, 113.0)
    await journal.add([new_job(values=high, **downloading)])
    durations = journal.history.durations
    assert durations("gpt-image-2", "1024x1024 high") == [70.0, 40.0]
    assert durations("gpt-image-2", "1024x1024 high", limit=1) == [70.0]
    assert durations("gpt-image-2", "1K") == [1.0]
    assert durations("gpt-image-2", "") == []


async def test_it_serves_several_loops(open_journal: Open, new_job: NewJob) -> None:
    journal = open_journal()
    done: list[Job] = []

    def elsewhere() -> None:
        done.extend(asyncio.run(journal.add([new_job("from another loop")])))

    threads = [threading.Thread(target=elsewhere) for _ in range(4)]
    for thread in threads:
        thread.start()
    ours = await asyncio.gather(*(journal.add([new_job("here")]) for _ in range(20)))
    for thread in threads:
        await asyncio.to_thread(thread.join)
    assert len(ours) == 20
    assert len(done) == 4
    assert len(journal.history.list(Query())) == 24


async def test_what_was_asked_happens_though_the_caller_is_cancelled(
    open_journal: Open, new_job: NewJob
) -> None:
    journal = open_journal()
    (job,) = await journal.add([new_job(state=State.PENDING)])
    task = asyncio.create_task(journal.to(job, State.PROCESSING))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await journal.changes(0)
    assert journal.history.get(job.id).state is State.PROCESSING


async def test_closing_finishes_first_and_then_refuses(open_journal: Open, new_job: NewJob) -> None:
    journal = open_journal()
    asked = [asyncio.create_task(journal.add([new_job()])) for _ in range(50)]
    await asyncio.sleep(0)
    await journal.close()
    assert [len(await one) for one in asked] == [1] * 50
    with pytest.raises(JournalError, match="closed"):
        await journal.add([new_job()])
    await journal.close()


async def test_jobs_outlive_a_restart(open_journal: Open, new_job: NewJob) -> None:
    journal = open_journal()
    salt = journal.salt()
    jobs = await journal.add([new_job(str(number)) for number in range(3)])
    await journal.close()
    again = open_journal()
    assert again.history.list(Query()) == list(reversed(jobs))
    assert again.salt() == salt
    assert len(salt) == 16
