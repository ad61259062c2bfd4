import asyncio
import gc
import sqlite3
import tracemalloc
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tui.core.home import Home
from tui.core.job import ErrorKind, Job, JobError, Result, State
from tui.services.engine.submitting import UNTIL_ASKED
from tui.services.gateway.outcome import Accepted, Limited, NotSent, Progress, Refused
from tui.services.journal import SqliteJournal
from tui.services.journal.protocol import DamagedError, DiskError, JournalError, Query, StaleError

DENIED = Refused(ErrorKind.AUTH, "401", pauses=True)


async def settled() -> None:
    """Let everything go on that needs no time to pass; where nothing must happen."""
    for _ in range(20):
        await asyncio.sleep(0.001)


async def test_a_refused_key_costs_a_batch_one_job(stage: Any) -> None:
    stage.gateway.submissions = [DENIED]
    jobs = await stage.add(*(stage.job() for _ in range(100)))
    await stage.until(jobs[0], lambda one: one.state is State.FAILED)
    await settled()
    stored = [stage.journal.history.get(job.id).state for job in jobs]
    assert stored == [State.FAILED] + [State.QUEUED] * 99
    assert len(stage.gateway.sent) == 1
    assert stage.runner.gate.hold.job.error.kind is ErrorKind.AUTH


async def test_once_one_is_accepted_the_others_go_side_by_side(stage: Any) -> None:
    stage.gateway.opened.clear()
    jobs = await stage.add(*(stage.job() for _ in range(20)))
    await stage.until(jobs[0], lambda one: one.state is State.SUBMITTING)
    await settled()
    assert {one.id for one in stage.seen if one.state is State.SUBMITTING} == {jobs[0].id}
    stage.gateway.opened.set()
    await stage.until(jobs[0], lambda one: one.state is State.PENDING)
    stage.gateway.opened.clear()
    for job in jobs[1:9]:
        await stage.until(job, lambda one: one.state is State.SUBMITTING)
    stage.gateway.opened.set()
    for job in jobs:
        await stage.until(job, lambda one: one.state is State.PENDING)


async def test_after_a_hold_one_goes_ahead_again(stage: Any) -> None:
    stage.gateway.submissions = [Accepted("t1"), DENIED]
    [first] = await stage.add(stage.job())
    await stage.until(first, lambda one: one.state is State.PENDING)
    [second] = await stage.add(stage.job())
    await stage.end(second)
    others = await stage.add(*(stage.job() for _ in range(9)))
    await stage.runner.pauses.go_on()
    await stage.end(others[0])
    await settled()
    assert len(stage.gateway.sent) == 3


async def test_a_short_pause_does_not_hide_a_long_one(stage: Any) -> None:
    stage.gateway.submissions = [Accepted("t1"), DENIED, Limited("429", 5.0), Accepted("t4")]
    [first] = await stage.add(stage.job())
    await stage.until(first, lambda one: one.state is State.PENDING)
    stage.gateway.opened.clear()
    denied, limited = await stage.add(stage.job(), stage.job())
    for job in (denied, limited):
        await stage.until(job, lambda one: one.state is State.SUBMITTING)
    stage.gateway.opened.set()
    await stage.end(denied)
    await stage.until(limited, lambda one: one.state is State.QUEUED and one.tries == 1)
    await stage.clock.sleep(60.0)
    assert stage.runner.gate.hold.job.id == denied.id
    assert stage.runner.gate.hold.until == UNTIL_ASKED
    assert stage.journal.history.get(limited.id).state is State.QUEUED


async def test_a_hold_is_over_when_its_time_is_and_not_before(stage: Any) -> None:
    stage.gateway.submissions = [Limited("429", 100.0), Accepted("t1")]
    stage.clock.jumps = False
    [job] = await stage.add(stage.job())
    await stage.until(job, lambda one: one.tries == 1)
    stage.clock.time += 99.0
    assert stage.runner.gate.hold.until == stage.clock.now() + 1.0
    stage.clock.skew = 86_400.0  # somebody sets the clock: no pause is longer or shorter for it
    assert stage.runner.gate.hold is not None
    stage.clock.skew = -86_400.0
    stage.clock.time += 1.0
    assert stage.runner.gate.hold is None
    stage.clock.jumps = True
    await stage.clock.sleep(1.0)
    await stage.until(job, lambda one: one.state is State.PENDING)


async def test_what_reaches_nobody_pauses_after_three_tries_whosever_they_are(stage: Any) -> None:
    stage.gateway.submissions = [NotSent("refused")] * 3 + [Accepted("t1")]
    jobs = await stage.add(*(stage.job() for _ in range(50)))
    resting = await stage.rest(jobs[2])
    assert (resting.tries, resting.error.kind) == (1, ErrorKind.UNREACHABLE)
    await stage.until(jobs[3], lambda one: one.state is State.PENDING)
    assert stage.clock.now() - jobs[3].created >= 30.0
    for job in jobs:
        await stage.until(job, lambda one: one.state is State.PENDING)
    assert {one.id for one in stage.seen if one.tries} == {job.id for job in jobs[:3]}


async def test_limits_are_probed_by_one_and_rest_after_ten(stage: Any) -> None:
    stage.gateway.submissions = [Limited("429", 2.0)] * 10 + [Accepted("t1")]
    jobs = await stage.add(*(stage.job() for _ in range(50)))
    resting = await stage.rest(jobs[9])
    assert (resting.tries, resting.error.kind) == (1, ErrorKind.LIMITED)
    await stage.until(jobs[10], lambda one: one.state is State.PENDING)
    assert stage.clock.now() - jobs[10].created >= 9 * 2.0 + 30.0


async def test_a_resting_job_loses_its_old_error_when_it_is_taken_up(stage: Any) -> None:
    error = JobError(ErrorKind.UNREACHABLE, "no gateway")
    await stage.journal.add([resting := stage.job(error=error)])
    stage.gateway.opened.clear()
    [taken] = await stage.runner.resume([resting.id])
    assert (taken.state, taken.error) == (State.QUEUED, None)
    assert stage.journal.history.get(resting.id).error is None
    stage.gateway.opened.set()


async def test_taking_up_twice_at_once_follows_a_job_once(stage: Any) -> None:
    facts = {
        "origin": stage.work.home.origin,
        "fingerprint": "f1",
        "task_id": "t9",
        "poll_path": "/x",
    }
    job = stage.job(state=State.PENDING, **facts)
    await stage.journal.add([job])
    both = await asyncio.gather(stage.runner.resume([job.id]), stage.runner.resume([job.id]))
    assert [[one.id for one in taken] for taken in both] == [[job.id], [job.id]]
    assert stage.journal.history.get(job.id).fence == 2
    assert job.id in stage.runner.followed


async def test_many_jobs_are_taken_up_with_few_commits(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.gateway.opened.clear()
    jobs = [stage.job() for _ in range(300)]
    await stage.journal.add(jobs)
    taking = most = 0
    take = stage.journal.take

    async def counted(job_id: str, home: Home, me: str | None) -> Job | None:
        nonlocal taking, most
        taking += 1
        most = max(most, taking)
        try:
            return await take(job_id, home, me)
        finally:
            taking -= 1

    monkeypatch.setattr(stage.journal, "take", counted)
    taken = await stage.runner.resume([job.id for job in jobs])
    assert [one.id for one in taken] == [job.id for job in jobs]
    assert most > 100
    stage.gateway.opened.set()


async def test_dropping_while_it_is_being_sent_is_too_late_not_a_fault(stage: Any) -> None:
    for _ in range(20):
        [job] = await stage.add(stage.job())
        await asyncio.sleep(0)
        left = await stage.runner.drop(job.id)
        if left is None:
            await stage.until(job, lambda one: one.state is State.PENDING)
        else:
            await settled()
            assert stage.journal.history.get(job.id).state is State.DROPPED


async def test_a_job_whose_watching_stops_is_not_looked_at_again(stage: Any) -> None:
    stage.gateway.looks = [Progress("processing")]
    [job] = await stage.add(stage.job())
    await stage.until(job, lambda one: one.state is State.PROCESSING)
    asked: list[int] = []
    to = stage.journal.to

    async def slow(*args: Any, **facts: Any) -> Job:
        await stage.clock.sleep(120.0)  # its turn comes while this is written
        asked.append(len(stage.gateway.asked))
        return await to(*args, **facts)

    stage.journal.to = slow
    left = await stage.runner.stop_watching(job.id)
    stage.journal.to = to
    await stage.clock.sleep(120.0)
    assert left.watched is False
    assert stage.runner.followed == {}
    assert len(stage.gateway.asked) == asked[0]


async def test_a_fault_in_the_middle_of_a_submission_leaves_no_job_behind(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = stage.gateway.submit

    async def broken(_path: str, _body: object, on_sent: Any) -> None:
        assert await on_sent()
        raise ArithmeticError("a fault of ours")

    monkeypatch.setattr(stage.gateway, "submit", broken)
    [job] = await stage.add(stage.job())
    await stage.until(job, lambda one: one.state is State.SUBMITTING)
    ended = await stage.end(job)
    assert (ended.state, ended.error.kind) == (State.UNKNOWN, ErrorKind.UNKNOWN)
    monkeypatch.setattr(stage.gateway, "submit", submit)
    assert stage.gateway.sent == []


async def test_a_fault_before_anything_was_sent_sends_it_later(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = stage.gateway.submit

    async def broken(*_: object) -> None:
        monkeypatch.setattr(stage.gateway, "submit", submit)
        raise ArithmeticError("a fault of ours")

    monkeypatch.setattr(stage.gateway, "submit", broken)
    [job] = await stage.add(stage.job())
    pending = await stage.until(job, lambda one: one.state is State.PENDING)
    assert pending.task_id == "t1"
    assert len(stage.gateway.sent) == 1


async def test_a_task_id_is_kept_while_the_journal_is_in_any_trouble(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle = stage.journal.settle
    errors: list[Exception] = [JournalError("it is damaged") for _ in range(5)]

    async def troubled(*args: Any, **facts: Any) -> Job:
        if errors:
            raise errors.pop()
        return await settle(*args, **facts)

    monkeypatch.setattr(stage.journal, "settle", troubled)
    [job] = await stage.add(stage.job())
    pending = await stage.until(job, lambda one: one.state is State.PENDING)
    assert pending.task_id == "t1"
    assert len(stage.gateway.sent) == 1
    assert sum("t1" in sentence for sentence in stage.told) == 1


async def test_a_full_disk_is_told_once_a_pause_not_once_a_job(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    intent = stage.journal.intent
    errors: list[Exception] = [DiskError("no room")] * 3

    async def full_for_a_while(job: Job, *bounds: Any) -> object:
        if errors:
            raise errors.pop()
        return await intent(job, *bounds)

    monkeypatch.setattr(stage.journal, "intent", full_for_a_while)
    jobs = await stage.add(*(stage.job() for _ in range(50)))
    for job in jobs:
        await stage.until(job, lambda one: one.state is State.PENDING)
    assert stage.told == ["no room"] * 3
    assert stage.clock.now() - jobs[0].created >= 15.0


async def test_a_drop_that_can_t_be_written_down_leaves_the_job_on_its_way(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.gateway.submissions = [Accepted("t1"), DENIED, Accepted("t3")]
    for state in (State.PENDING, State.FAILED):
        [job] = await stage.add(stage.job())
        await stage.until(job, lambda one, state=state: one.state is state)
    [held] = await stage.add(stage.job())

    async def full(*_: object, **__: object) -> Job:
        raise DiskError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(stage.journal, "to", full)
        with pytest.raises(DiskError):
            await stage.runner.drop(held.id)
    await stage.runner.pauses.go_on()
    await stage.until(held, lambda one: one.state is State.PENDING)


async def test_a_job_that_another_process_took_is_let_go(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.gateway.looks = [Progress("pending"), Progress("processing")]
    left = asyncio.Event()

    async def taken(*_: object, **__: object) -> Job:
        left.set()
        raise StaleError("another has it")

    monkeypatch.setattr(stage.journal, "to", taken)
    [job] = await stage.add(stage.job())
    await left.wait()
    await settled()
    assert stage.runner.taken == {job.id}
    assert stage.runner.followed == {}
    assert stage.runner.polling._watches == {}


async def test_a_pause_sends_nothing_more_and_the_rest_goes_on(stage: Any) -> None:
    stage.gateway.submissions = [Accepted("t1"), Accepted("t2"), Accepted("t3")]
    stage.gateway.looks = [Progress("pending")]
    [sent] = await stage.add(stage.job())
    await stage.until(sent, lambda one: one.state is State.PENDING)
    await stage.runner.pauses.pause()
    one, two = await stage.add(stage.job(), stage.job())
    assert await stage.runner.first(two.id)
    assert not await stage.runner.first(sent.id)
    stage.gateway.looks = [Progress("processing")]
    await stage.until(sent, lambda one: one.state is State.PROCESSING)
    assert stage.runner.gate.hold.job is None
    assert len(stage.gateway.sent) == 1
    await stage.runner.pauses.go_on()
    await stage.until(one, lambda job: job.state is State.PENDING)
    published = [job.id for job in stage.seen if job.state is State.SUBMITTING]
    assert published == [sent.id, two.id, one.id]


async def test_the_end_of_a_pause_is_not_the_end_of_a_hold(stage: Any) -> None:
    stage.gateway.submissions = [DENIED, Accepted("t1")]
    [first] = await stage.add(stage.job())
    await stage.end(first)
    await stage.runner.pauses.pause()
    [second] = await stage.add(stage.job())
    await stage.runner.pauses.go_on()
    await settled()
    assert stage.journal.history.get(second.id).state is State.QUEUED
    await stage.runner.pauses.go_on()
    await stage.until(second, lambda one: one.state is State.PENDING)


ELSEWHERE = {"profile": "work", "gateway": "https://work.example"}
SENT = {"origin": "https://work.example", "task_id": "t9", "poll_path": "/x", "fingerprint": "f1"}


@pytest.mark.parametrize(
    ("state", "facts"),
    [
        (State.QUEUED, ELSEWHERE),
        (State.PENDING, {**ELSEWHERE, **SENT}),
        (State.DOWNLOADING, {**ELSEWHERE, **SENT, "results": (Result(url="https://x"),)}),
        (State.PENDING, SENT),  # of an older version
    ],
)
async def test_a_job_of_another_home_waits_and_says_so(
    stage: Any, state: State, facts: dict[str, Any]
) -> None:
    job = stage.job(state=state, **facts)
    [added] = await stage.journal.add([job])
    await stage.journal.release([added])
    for ids in (None, [job.id]):
        assert await stage.runner.resume(ids) == []
    waiting = stage.journal.history.get(job.id)
    assert (waiting.state, waiting.is_resting) == (state, True)
    assert waiting.error.message.endswith("at https://work.example")
    assert await stage.runner.resume([job.id]) == []
    assert stage.journal.history.get(job.id) == waiting  # said once, and nothing else was written
    await settled()
    assert (stage.gateway.sent, stage.gateway.asked, stage.gallery.saved) == ([], [], [])


async def test_even_a_job_that_is_given_to_the_wrong_runner_is_not_sent(stage: Any) -> None:
    await stage.add(stage.job(**ELSEWHERE))
    await settled()
    assert stage.gateway.sent == []


async def test_what_somebody_was_sending_at_another_home_is_unknown_at_once(
    stage: Any, tmp_path: Path
) -> None:
    dead = SqliteJournal.open(tmp_path / "data" / "imagedeck.db", stage.clock)
    [job] = await dead.add([stage.job(**ELSEWHERE)])
    attempt = await dead.intent(job)
    assert attempt
    assert await dead.sent(attempt)
    await dead.close()
    assert await stage.runner.resume(None) == []
    assert stage.journal.history.get(job.id).state is State.UNKNOWN


async def test_a_job_that_cannot_be_read_holds_up_no_other(stage: Any, tmp_path: Path) -> None:
    sent = {**SENT, "origin": "https://gateway.example"}
    jobs = [stage.job(state=State.PENDING, **sent) for _ in range(3)]
    await stage.journal.release(await stage.journal.add(jobs))
    with closing(sqlite3.connect(tmp_path / "data" / "imagedeck.db")) as db:
        db.execute("UPDATE jobs SET results = '{' WHERE id = ?", [jobs[0].id])
        db.commit()
    taken = await stage.runner.resume(None)
    assert [job.id for job in taken] == [jobs[1].id, jobs[2].id]
    assert [jobs[0].id in said for said in stage.told] == [True]
    with pytest.raises(DamagedError, match=jobs[0].id):  # where it is all there is, that is said
        await stage.runner.resume([jobs[0].id])


async def test_a_job_of_another_home_can_be_dropped_or_left(stage: Any) -> None:
    jobs = [stage.job(**ELSEWHERE), stage.job(state=State.PENDING, **ELSEWHERE, **SENT)]
    await stage.journal.release(await stage.journal.add(jobs))
    await stage.runner.resume(None)
    assert (await stage.runner.drop(jobs[0].id)).state is State.DROPPED
    assert (await stage.runner.stop_watching(jobs[1].id)).watched is False
    assert await stage.runner.resume([jobs[1].id]) == []
    assert (stage.gateway.sent, stage.gateway.asked) == ([], [])


async def test_a_pause_that_began_elsewhere_is_heeded_and_its_end_too(stage: Any) -> None:
    await stage.journal.pauses.begin()
    stage.gateway.looks = [Progress("pending")]
    [job] = await stage.add(stage.job())
    while not stage.runner.gate.hold:
        await settled()
    assert not stage.gateway.sent
    await stage.journal.pauses.end()
    await stage.until(job, lambda one: one.state is State.PENDING)
    assert stage.runner.gate.hold is None


async def test_a_job_that_waits_takes_little_memory_beside_its_record(stage: Any) -> None:
    facts = {"state": State.PENDING, "poll_path": "/x/{task_id}", "fingerprint": "f1"}
    jobs = [stage.job(**facts, task_id=f"t{number}") for number in range(400)]
    await stage.journal.release(await stage.journal.add(jobs))
    stage.clock.jumps = False
    all_looked_at = asyncio.Event()

    def pending(_path: str) -> Progress:
        if len(stage.gateway.asked) == len(jobs):
            all_looked_at.set()
        return Progress("pending")

    stage.gateway.looks = [pending]
    tracemalloc.start()
    records = stage.journal.history.list(Query(limit=None))
    record, _ = tracemalloc.get_traced_memory()
    await stage.runner.resume([job.id for job in records])
    await all_looked_at.wait()
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (after - 2 * record) / len(jobs) < 2000
