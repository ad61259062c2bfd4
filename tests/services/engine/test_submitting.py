import asyncio
import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tui.core.job import ErrorKind, State
from tui.core.request import Reference
from tui.services.engine.lanes import Widths
from tui.services.engine.runner import Runner
from tui.services.gateway.outcome import Accepted, Ambiguous, Limited, NotSent, Progress, Refused
from tui.services.journal.protocol import DiskError


async def test_an_accepted_job_knows_where_to_look(stage: Any) -> None:
    [job] = await stage.add(stage.job(values={"size": "2K"}))
    pending = await stage.until(job, lambda one: one.state is State.PENDING)
    assert (pending.task_id, pending.origin) == ("t1", "https://gateway.example")
    assert pending.poll_path == "/v2/extend/image/tasks/{task_id}"
    assert pending.fingerprint == "f1"
    assert stage.states(job) == [State.QUEUED, State.SUBMITTING, State.PENDING]
    stored = stage.journal.history.get(job.id)
    assert (stored.state, stored.task_id) == (State.PENDING, "t1")
    expected = {"model": "gemini-3-pro-image", "prompt": "a cat", "size": "2K"}
    assert json.loads(stage.gateway.sent[0]) == expected


async def test_what_was_not_sent_is_tried_three_times_then_rests(stage: Any) -> None:
    stage.gateway.submissions = [NotSent("refused")] * 3 + [Accepted("t1")]
    [job] = await stage.add(stage.job())
    resting = await stage.rest(job)
    assert resting.state is State.QUEUED
    assert resting.error.kind is ErrorKind.UNREACHABLE
    assert stage.gateway.sent == []
    pending = await stage.until(job, lambda one: one.state is State.PENDING)
    assert pending.error is None
    assert stage.clock.now() - job.created >= 30.0
    assert len(stage.gateway.sent) == 1


async def test_a_pause_is_seen_and_can_be_ended(stage: Any) -> None:
    stage.gateway.submissions = [Refused(ErrorKind.AUTH, "401", pauses=True), Accepted("t2")]
    runner = Runner(stage.work, stage._publish, Widths(submit=1))
    task = asyncio.create_task(runner.run())
    first, second = await runner.add([stage.job(), stage.job()])
    failed = await stage.end(first)
    assert (failed.state, failed.error.kind) == (State.FAILED, ErrorKind.AUTH)
    assert runner.gate.hold.job.id == first.id
    assert stage.journal.history.get(second.id).state is State.QUEUED
    assert stage.gateway.sent == [stage.gateway.sent[0]]
    await runner.pauses.go_on()
    await stage.until(second, lambda one: one.state is State.PENDING)
    assert runner.gate.hold is None
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_could_not_be_sent_goes_at_once_when_somebody_says_so(stage: Any) -> None:
    stage.gateway.submissions = [NotSent("refused")] * 3 + [Accepted("t1")]
    stage.stops_at_rest = True
    [job] = await stage.add(stage.job())
    resting = await stage.rest(job)
    await stage.runner.pauses.go_on()
    await stage.until(job, lambda one: one.state is State.PENDING)
    assert resting.not_before - stage.clock.now() == 30.0


async def test_a_refusal_of_one_request_stops_no_other(stage: Any) -> None:
    stage.gateway.submissions = [Refused(ErrorKind.REFUSED, "400: bad"), Accepted("t2")]
    first, second = await stage.add(stage.job(), stage.job())
    assert {(await stage.end(first)).error.message} == {"400: bad"}
    await stage.until(second, lambda one: one.state is State.PENDING)


async def test_the_gateway_s_wish_to_wait_is_obeyed(stage: Any) -> None:
    stage.gateway.submissions = [Limited("429", 17.0), Accepted("t1")]
    [job] = await stage.add(stage.job())
    await stage.until(job, lambda one: one.state is State.PENDING)
    assert stage.clock.now() - job.created >= 17.0
    assert stage.states(job).count(State.SUBMITTING) == 2
    assert stage.told == ["429; the next submission goes in 17 s"]


async def test_ten_refusals_for_being_too_fast_make_it_rest(stage: Any) -> None:
    stage.gateway.submissions = [Limited("429", 1.0)]
    [job] = await stage.add(stage.job())
    resting = await stage.rest(job)
    assert (resting.state, resting.error.kind) == (State.QUEUED, ErrorKind.LIMITED)
    assert resting.tries == 10


async def test_an_ambiguous_answer_is_unknown_and_never_sent_again(stage: Any) -> None:
    stage.gateway.submissions = [Ambiguous("the answer was lost")]
    [job] = await stage.add(stage.job())
    ended = await stage.end(job)
    assert (ended.state, ended.error.kind) == (State.UNKNOWN, ErrorKind.UNKNOWN)
    assert "may have been accepted, and billed" in ended.error.message
    assert await stage.runner.resume(None) == []
    assert len(stage.gateway.sent) == 1


async def test_what_was_answered_is_kept_beside_what_is_unknown(stage: Any) -> None:
    stage.gateway.submissions = [Ambiguous("the gateway answered 200 without a task id", b"<html>")]
    [job] = await stage.add(stage.job())
    ended = await stage.end(job)
    assert "6 B came back" in ended.error.message
    assert ended.warnings == ("kept",)
    assert stage.answers == {job.id: b"<html>"}


async def test_a_task_that_two_jobs_got_is_told_of(stage: Any) -> None:
    first, second = await stage.add(stage.job(), stage.job())
    one = await stage.until(first, lambda job: job.state is State.PENDING)
    other = await stage.until(second, lambda job: job.state is State.PENDING)
    assert one.task_id == other.task_id == "t1"
    assert one.warnings == ()
    assert f"same task as job {one.short_id}" in other.warnings[0]


async def test_a_disk_that_is_full_before_sending_sends_nothing(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_attempt: object) -> bool:
        raise DiskError("no room")

    monkeypatch.setattr(stage.journal, "sent", full)
    [job] = await stage.add(stage.job())
    resting = await stage.rest(job)
    assert resting.error.message == "no room"
    assert stage.gateway.sent == []


async def test_a_task_id_is_written_down_as_soon_as_there_is_room(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle = stage.journal.settle
    errors = [DiskError("no room"), DiskError("no room")]

    async def full_for_a_while(*args: Any, **facts: Any) -> Any:
        if errors:
            raise errors.pop()
        return await settle(*args, **facts)

    monkeypatch.setattr(stage.journal, "settle", full_for_a_while)
    [job] = await stage.add(stage.job())
    pending = await stage.until(job, lambda one: one.state is State.PENDING)
    assert pending.task_id == "t1"
    assert len(stage.gateway.sent) == 1
    assert any("t1" in sentence for sentence in stage.told)


async def test_a_reference_that_went_away_drops_the_job_unsent(stage: Any) -> None:
    gone = Reference(name="a.png", sha256="gone", media_type="image/png")
    [job] = await stage.add(stage.job("seedream-5.0-lite", references=(gone,)))
    ended = await stage.end(job)
    assert (ended.state, ended.error.kind) == (State.DROPPED, ErrorKind.INVALID)
    assert stage.gateway.sent == []


async def test_stopping_waits_for_a_submission_in_flight(stage: Any) -> None:
    stage.gateway.opened.clear()
    [job] = await stage.add(stage.job())
    await stage.until(job, lambda one: one.state is State.SUBMITTING)
    stage._task.cancel()
    ending = asyncio.create_task(stage.runner.finish())
    stage.gateway.opened.set()
    await ending
    assert stage.journal.history.get(job.id).task_id == "t1"


async def test_who_will_not_wait_gets_unknown_at_once(stage: Any) -> None:
    stage.gateway.opened.clear()
    [job] = await stage.add(stage.job())
    await stage.until(job, lambda one: one.state is State.SUBMITTING)
    await stage.gateway.reached.wait()
    stage.clock.jumps = False
    ending = asyncio.create_task(stage.runner.finish())
    await asyncio.sleep(0)
    stage.runner.hurry()
    await asyncio.wait_for(ending, 10)
    ended = await stage.end(job)
    assert ended.state is State.UNKNOWN
    assert "before the answer came" in ended.error.message


async def test_who_will_not_wait_keeps_what_was_not_sent(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    connecting = asyncio.Event()

    async def hangs(*_: object) -> None:
        connecting.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(stage.gateway, "submit", hangs)
    [job] = await stage.add(stage.job())
    await connecting.wait()
    stage.runner.hurry()
    queued = await stage.until(job, lambda one: one.state is State.QUEUED and one.tries == 1)
    assert queued.error is None


async def test_dropping_is_for_what_was_not_sent(stage: Any) -> None:
    stage.gateway.submissions = [NotSent("refused")]
    [job] = await stage.add(stage.job())
    await stage.rest(job)
    dropped = await stage.runner.drop(job.id)
    assert dropped.state is State.DROPPED
    assert await stage.runner.drop(job.id) is None
    stage.gateway.submissions = [Accepted("t1")]
    await stage.runner.pauses.go_on()
    [other] = await stage.add(stage.job())
    await stage.until(other, lambda one: one.state is State.PENDING)
    assert await stage.runner.drop(other.id) is None


async def test_a_job_is_followed_no_longer_when_asked(stage: Any) -> None:
    stage.gateway.looks = [Progress("processing")]
    [job] = await stage.add(stage.job())
    await stage.until(job, lambda one: one.state is State.PROCESSING)
    left = await stage.runner.stop_watching(job.id)
    assert (left.state, left.watched) == (State.PROCESSING, False)
    assert await stage.runner.stop_watching(job.id) is None
    assert await stage.runner.resume(None) == []
    [again] = await stage.runner.resume([job.id])
    assert again.watched


async def test_who_was_suspended_leaves_a_job_to_whoever_took_it_over(stage: Any) -> None:
    async def submit(_path: str, _body: Any, on_sent: Any) -> NotSent:
        # As if this process had slept for longer than its owner counts as alive.
        with closing(sqlite3.connect(stage.folder / "imagedeck.db")) as db, db:
            db.execute("UPDATE jobs SET state = 'pending', task_id = 't7', fence = fence + 1")
            db.execute("UPDATE attempts SET phase = 'returned'")
        assert not await on_sent()
        return NotSent("withdrawn")

    stage.gateway.submit = submit
    left = asyncio.Event()
    stage.runner.followed.on_left = lambda _job_id, _last: left.set()
    [job] = await stage.add(stage.job())
    await left.wait()
    assert job.id in stage.runner.taken
    assert stage.gateway.asked == []
    assert (stage.journal.history.get(job.id).task_id, len(stage.runner.followed)) == ("t7", 0)
