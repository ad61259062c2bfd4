from dataclasses import replace
from typing import Any

import pytest

from tui.core.job import Result, State
from tui.services.engine.resolving import Abandon, Attach, ResolveError, Resubmit, resolve
from tui.services.gateway.outcome import Accepted, Ambiguous, Progress

DONE = Progress("succeeded", (Result(url="u1"),))


async def unknown(stage: Any) -> Any:
    stage.gateway.submissions = [Ambiguous("the answer was lost"), Accepted("t2")]
    stage.gateway.looks = [DONE]
    [job] = await stage.add(stage.job())
    ended = await stage.end(job)
    assert ended.state is State.UNKNOWN
    return ended


async def test_an_abandoned_job_stays_visible_and_is_never_sent_again(stage: Any) -> None:
    job = await unknown(stage)
    [closed] = await stage.runner.resolve(job.id, Abandon())
    assert (closed.state, closed.resolution) == (State.UNKNOWN, "abandoned")
    assert stage.journal.history.get(job.id).resolution == "abandoned"
    assert len(stage.gateway.sent) == 1
    with pytest.raises(ResolveError, match="unknown, abandoned"):
        await stage.runner.resolve(job.id, Abandon())


async def test_an_attached_task_is_followed_to_its_images(stage: Any) -> None:
    job = await unknown(stage)
    [attached] = await stage.runner.resolve(job.id, Attach("found-elsewhere"))
    assert (attached.state, attached.resolution) == (State.PENDING, "attached")
    saved = await stage.until(job, lambda one: one.state is State.SAVED)
    assert saved.task_id == "found-elsewhere"
    assert stage.gateway.asked[0] == ("/v2/extend/image/tasks/{task_id}", "found-elsewhere")
    assert len(stage.gateway.sent) == 1


async def test_a_task_that_another_job_has_is_not_attached(stage: Any) -> None:
    stage.gateway.looks = [DONE]
    [other] = await stage.add(stage.job())
    other = await stage.end(other)
    job = stage.job(state=State.UNKNOWN)
    await stage.journal.add([job])
    with pytest.raises(ResolveError, match=f"job {other.short_id} already.*delete that job"):
        await stage.runner.resolve(job.id, Attach(other.task_id))
    assert stage.journal.history.get(job.id).resolution is None
    await stage.journal.annotate([other.id], deleted=1.0)
    [attached] = await stage.runner.resolve(job.id, Attach(other.task_id))
    assert attached.task_id == other.task_id


async def test_a_resubmission_is_a_new_linked_job(stage: Any) -> None:
    job = await unknown(stage)
    new = stage.job(follows=job.id)
    old, added = await stage.runner.resolve(job.id, Resubmit(new))
    assert (old.state, old.resolution) == (State.UNKNOWN, "resubmitted")
    saved = await stage.end(added)
    assert (saved.state, saved.follows) == (State.SAVED, job.id)
    assert len(stage.gateway.sent) == 2


@pytest.mark.parametrize("text", ["", "a b", "../x", "x/y", "x?y", "名"])
async def test_what_can_be_no_task_id_is_refused(stage: Any, text: str) -> None:
    job = await unknown(stage)
    with pytest.raises(ResolveError, match="no task id"):
        await stage.runner.resolve(job.id, Attach(text))
    assert stage.journal.history.get(job.id).resolution is None


async def test_only_an_unknown_job_is_resolved(stage: Any) -> None:
    stage.gateway.looks = [DONE]
    [job] = await stage.add(stage.job())
    await stage.end(job)
    with pytest.raises(ResolveError, match="is saved"):
        await stage.runner.resolve(job.id, Abandon())
    with pytest.raises(ResolveError, match="no such job"):
        await stage.runner.resolve("0" * 32, Abandon())


async def test_a_task_is_attached_only_at_the_jobs_own_gateway(stage: Any) -> None:
    elsewhere = {"profile": "work", "gateway": "https://work.example"}
    job = stage.job(state=State.UNKNOWN, **elsewhere)
    await stage.journal.add([job])
    with pytest.raises(ResolveError, match="--profile work"):
        await stage.runner.resolve(job.id, Attach("t9"))
    assert stage.journal.history.get(job.id).state is State.UNKNOWN
    assert stage.gateway.asked == []
    [closed] = await stage.runner.resolve(job.id, Abandon())
    assert closed.resolution == "abandoned"


async def test_without_a_key_no_task_is_attached_that_nobody_could_ask_for(stage: Any) -> None:
    home = replace(stage.work.home, keys=frozenset[str]())
    work = replace(stage.work, home=home, fingerprint=None)
    [job] = await stage.journal.add([stage.job(state=State.UNKNOWN, key="any")])
    with pytest.raises(ResolveError, match="imagedeck key set"):
        await resolve(work, job.id, Attach("t9"))
