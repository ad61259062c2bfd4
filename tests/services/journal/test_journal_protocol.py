"""What every journal promises about jobs, whichever database keeps it."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tui.core.job import ErrorKind, Job, JobError, Result, Saved, State
from tui.core.request import Reference, Request
from tui.services.journal import JournalError, Query, StaleError
from tui.services.journal.rows import _saved

Open = Callable[..., Any]
NewJob = Callable[..., Job]


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
    (job,) = await journal.add([new_job(state=State.PENDING, task_id="task-1")])
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


def test_what_only_a_newer_version_knows_of_an_image_is_left_out() -> None:
    file = {"path": "/1.png", "index": 1, "width": 2, "height": 3, "format": "PNG", "bytes": 9}
    older = {**file, "sha256": "cd" * 32, "notes": ["odd"]}
    known = _saved({**older, "has_c2pa": True})
    assert known.has_c2pa is True
    assert _saved({**older, "has_c2pa": True, "mood": "blue"}) == known
    assert _saved(older).has_c2pa is None
