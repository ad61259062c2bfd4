from typing import Any

import pytest

from tui.core.job import ErrorKind, Job, Result, State
from tui.services.gateway.outcome import Denied, Missing, Progress, Trouble

DONE = Progress("succeeded", (Result(url="u1"),))
OWN_PATH = "/v2/extend/image/tasks/{task_id}"


async def followed(stage: Any, *looks: object) -> Job:
    stage.gateway.looks = list(looks)
    [job] = await stage.add(stage.job())
    return await stage.end(job)


async def test_a_task_is_followed_to_its_images(stage: Any) -> None:
    looks = (Progress("pending"), Progress("processing"), Progress("processing"), DONE)
    ended = await followed(stage, *looks)
    assert ended.state is State.SAVED
    assert stage.states(ended) == [
        State.QUEUED,
        State.SUBMITTING,
        State.PENDING,
        State.PROCESSING,
        State.DOWNLOADING,
        State.SAVED,
    ]
    assert stage.gallery.saved == [(1, "u1")]
    assert ended.results == ()
    assert ended.started is not None
    assert stage.gateway.asked == [(OWN_PATH, "t1")] * 4


async def test_nothing_is_written_while_nothing_changes(stage: Any) -> None:
    await followed(stage, Progress("pending"), *[Progress("processing")] * 40, DONE)
    jobs, _ = await stage.journal.changes(0)
    # added, sent away, pending, processing, downloading, saved and little more
    assert jobs[0].change <= 8


async def test_the_gateway_s_own_verdict_is_kept(stage: Any) -> None:
    ended = await followed(stage, Progress("failed", (), "content policy"))
    assert (ended.state, ended.error.kind) == (State.FAILED, ErrorKind.FAILED)
    assert ended.error.message == "content policy"


async def test_no_bad_answer_ever_fails_a_job(stage: Any) -> None:
    ended = await followed(stage, *[Trouble("502", None)] * 60, DONE)
    assert ended.state is State.SAVED
    assert stage.clock.now() - ended.created > 1800
    assert len(stage.told) == 1
    assert "502" in stage.told[0]


async def test_what_the_gateway_asks_for_is_waited(stage: Any) -> None:
    ended = await followed(stage, Trouble("429", 120.0), DONE)
    assert stage.clock.now() - ended.created >= 120.0


async def test_an_unknown_word_is_in_progress_and_told_once(stage: Any) -> None:
    word = Progress("q\x1bueued upstream")
    ended = await followed(stage, word, word, word, DONE)
    assert ended.state is State.SAVED
    assert ended.word is None
    assert len(stage.told) == 1
    assert "\x1b" not in stage.told[0]


async def test_success_without_images_is_looked_at_again(stage: Any) -> None:
    empty = Progress("succeeded", answer=b'{"images": []}')
    assert (await followed(stage, empty, empty, empty, DONE)).state is State.SAVED
    ended = await followed(stage, empty)
    assert (ended.state, ended.error.kind) == (State.FAILED, ErrorKind.EMPTY)
    assert stage.answers == {ended.id: b'{"images": []}'}
    assert ended.warnings[-1] == "kept"


async def test_an_unknown_task_is_one_that_is_not_known_yet(stage: Any) -> None:
    ended = await followed(stage, *[Missing("404")] * 3, DONE)
    assert ended.state is State.SAVED


async def test_a_task_is_lost_only_after_long_and_repeated_absence(stage: Any) -> None:
    ended = await followed(stage, Missing("404"))
    assert (ended.state, ended.error.kind) == (State.LOST, ErrorKind.LOST)
    assert ended.task_id == "t1"
    assert stage.clock.now() - ended.created >= 660
    assert len({path for path, _ in stage.gateway.asked}) == 3
    assert [job.id for job in await stage.runner.resume([ended.id])] == [ended.id]


async def test_another_family_s_path_may_know_the_task(stage: Any) -> None:
    def only_there(path: str) -> object:
        return DONE if "gpt_image" in path else Missing("404")

    ended = await followed(stage, only_there)
    assert ended.state is State.SAVED
    assert "gpt_image" in ended.poll_path


async def test_a_key_that_may_not_look_rests_and_tries_again(stage: Any) -> None:
    stage.gateway.looks = [Denied(ErrorKind.AUTH, "401"), DONE]
    [job] = await stage.add(stage.job())
    resting = await stage.rest(job)
    assert (resting.state, resting.error.kind) == (State.PENDING, ErrorKind.AUTH)
    ended = await stage.end(job)
    assert (ended.state, ended.error) == (State.SAVED, None)


async def test_a_job_of_another_key_is_left_alone(stage: Any) -> None:
    facts = {"origin": stage.work.home.origin, "fingerprint": "f2", "task_id": "t9"}
    job = stage.job(state=State.PENDING, **facts, poll_path=OWN_PATH)
    await stage.add(job)
    resting = await stage.rest(job)
    assert resting.error.kind is ErrorKind.AUTH
    assert "key" in resting.error.message
    assert stage.gateway.asked == []


async def test_a_stalled_task_is_looked_at_ever_less_often_but_never_given_up(stage: Any) -> None:
    stage.gateway.looks = [Progress("processing")]
    [job] = await stage.add(stage.job())
    await stage.until(job, lambda one: one.state is State.PROCESSING)
    while stage.clock.now() - job.created < 2 * 86_400:
        await stage.clock.sleep(3600)
    assert 48 <= len(stage.gateway.asked) < 1440 + 144 + 200
    stage.gateway.looks = [DONE]
    assert (await stage.end(job)).state is State.SAVED


@pytest.mark.parametrize("jump", [2 * 86_400.0, -2 * 86_400.0])
async def test_setting_the_clock_makes_no_task_old_or_young(stage: Any, jump: float) -> None:
    stage.gateway.looks = [Progress("processing")]
    [job] = await stage.add(stage.job())
    await stage.until(job, lambda one: one.state is State.PROCESSING)
    stage.clock.skew = jump
    asked = len(stage.gateway.asked)
    started = stage.clock.monotonic()
    while len(stage.gateway.asked) < asked + 20:
        await stage.clock.sleep(1.0)
    assert stage.clock.monotonic() - started < 300
    stage.gateway.looks = [Missing("404")]
    ended = await stage.end(job)
    assert ended.state is State.LOST
    assert 600 <= stage.clock.monotonic() - started < 3600


@pytest.mark.parametrize("status", ["408", "500", "502", "503"])
async def test_a_gateway_in_trouble_leaves_jobs_as_they_are_and_the_lane_free(
    stage: Any, status: str
) -> None:
    def troubled_for_one(_path: str) -> object:
        return DONE if len(stage.gateway.asked) > 40 else Trouble(status, None)

    stage.gateway.looks = [troubled_for_one]
    jobs = await stage.add(*(stage.job() for _ in range(40)))
    for job in jobs:
        assert (await stage.end(job)).state is State.SAVED
    unwanted = {State.FAILED, State.UNKNOWN, State.LOST}
    assert not [one for one in stage.seen if one.state in unwanted or one.error]


@pytest.mark.parametrize("kind", [ErrorKind.AUTH, ErrorKind.QUOTA])
async def test_who_may_not_look_rests_without_stopping_the_others(
    stage: Any, kind: ErrorKind
) -> None:
    stage.gateway.looks = [*[Denied(kind, "no")] * 40, DONE]
    jobs = await stage.add(*(stage.job() for _ in range(40)))
    for job in jobs:
        ended = await stage.end(job)
        assert (ended.state, ended.error) == (State.SAVED, None)
    rested = {one.id: one.state for one in stage.seen if one.is_resting}
    assert set(rested.values()) == {State.PENDING}


async def test_times_are_learned_from_the_history(stage: Any) -> None:
    for _ in range(12):
        await followed(stage, Progress("processing"), DONE)
    typical = await stage.runner.polling._typical(stage.job())
    assert typical.learned
    assert typical.median < 10
