from dataclasses import replace
from typing import Any

import pytest

from tui.core.job import ErrorKind, Job, Result, State
from tui.services.decode import BadImageError
from tui.services.engine.saving import Saving
from tui.services.files import StorageError
from tui.services.gateway.outcome import Denied, Missing, Progress, Trouble
from tui.services.images import ForbiddenUrlError, GoneError, TransferError
from tui.services.store.trouble import BucketError, StoreError

URLS = ("u1", "u2", "u3", "u4")


def done(*urls: str) -> Progress:
    return Progress("succeeded", tuple(Result(url=url) for url in urls))


async def saved(stage: Any, *looks: object, n: int = 4) -> Job:
    stage.gateway.looks = list(looks) or [done(*URLS[:n])]
    [job] = await stage.add(stage.job("gpt-image-2", values={"n": n}))
    return await stage.end(job)


async def test_all_images_of_a_task_are_kept(stage: Any) -> None:
    ended = await saved(stage)
    assert (ended.state, ended.error) == (State.SAVED, None)
    assert [one.index for one in ended.files] == [1, 2, 3, 4]
    assert ended.results == ()
    assert not ended.is_resumable


async def test_more_images_than_asked_are_kept_too(stage: Any) -> None:
    ended = await saved(stage, done("u1", "u2"), n=1)
    assert (len(ended.files), ended.error) == (2, None)


async def test_fewer_images_than_asked_are_told(stage: Any) -> None:
    ended = await saved(stage, done("u1"), n=2)
    assert (ended.state, ended.error.kind) == (State.SAVED, ErrorKind.PARTIAL)
    assert "1 of 2" in ended.error.message
    assert not ended.is_resumable


@pytest.mark.parametrize("error", [TransferError("cut"), BadImageError("torn")])
async def test_a_bad_transfer_is_repeated(stage: Any, error: Exception) -> None:
    stage.gallery.errors["u2"] = [error, error, None]
    ended = await saved(stage)
    assert (ended.state, ended.error) == (State.SAVED, None)


async def test_what_fails_verification_is_quarantined_and_the_rest_kept(stage: Any) -> None:
    stage.gallery.errors["u2"] = [BadImageError("torn")]
    ended = await saved(stage)
    assert (ended.state, ended.error.kind) == (State.SAVED, ErrorKind.PARTIAL)
    assert [one.index for one in ended.files] == [1, 3, 4]
    assert ended.is_resumable
    stage.gallery.errors.clear()
    await stage.runner.resume([ended.id])
    whole = await stage.until(ended, lambda one: len(one.files) == 4)
    assert (whole.state, whole.error) == (State.SAVED, None)
    assert stage.gallery.saved.count((1, "u1")) == 1


async def test_nothing_usable_is_quarantined(stage: Any) -> None:
    stage.gallery.errors["u1"] = [BadImageError("torn")]
    ended = await saved(stage, n=1)
    assert (ended.state, ended.error.kind) == (State.FAILED, ErrorKind.QUARANTINED)
    assert ended.is_resumable


async def test_a_forbidden_url_is_not_fetched_again_and_again(stage: Any) -> None:
    stage.gallery.errors["u1"] = [ForbiddenUrlError("http://10.0.0.1")]
    ended = await saved(stage, n=1)
    assert ended.state is State.FAILED
    assert "10.0.0.1" in ended.error.message


async def test_an_expired_url_gets_one_fresh_look(stage: Any) -> None:
    stage.gallery.errors["u1"] = [GoneError("403")]
    ended = await saved(stage, done("u1", "u2"), done("fresh", "fresh2"), n=2)
    assert (ended.state, ended.error) == (State.SAVED, None)
    assert sorted(stage.gallery.saved) == [(1, "fresh"), (2, "u2")]


@pytest.mark.parametrize("look", [Trouble("502"), Denied(ErrorKind.AUTH, "401")])
async def test_nothing_expires_while_the_gateway_can_t_be_asked(stage: Any, look: object) -> None:
    stage.gallery.errors["u1"] = [GoneError("403")]
    stage.gateway.looks = [done("u1"), look, look, done("fresh")]
    [job] = await stage.add(stage.job())
    resting = await stage.rest(job)
    assert resting.state is State.DOWNLOADING
    ended = await stage.end(job)
    assert (ended.state, ended.error) == (State.SAVED, None)
    assert stage.gallery.saved == [(1, "fresh")]


async def test_expired_for_good(stage: Any) -> None:
    stage.gallery.errors["u1"] = [GoneError("403")]
    ended = await saved(stage, n=1)
    assert (ended.state, ended.error.kind) == (State.EXPIRED, ErrorKind.EXPIRED)
    assert len(stage.gateway.asked) == 2
    ended = await saved(stage, done("u1"), Missing("404"), n=1)
    assert ended.state is State.EXPIRED


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (StorageError("/out: no space left"), ErrorKind.DISK),
        (TransferError("cut"), ErrorKind.UNREACHABLE),
    ],
)
async def test_images_wait_until_they_can_be_kept(
    stage: Any, error: Exception, kind: ErrorKind
) -> None:
    stage.gallery.errors["u2"] = [error]
    stage.gateway.looks = [done(*URLS)]
    [job] = await stage.add(stage.job("gpt-image-2", values={"n": 4}))
    resting = await stage.rest(job)
    assert (resting.state, resting.error.kind) == (State.DOWNLOADING, kind)
    assert [one.index for one in resting.files] == [1, 3, 4]
    stage.gallery.errors.clear()
    ended = await stage.end(job)
    assert (ended.state, ended.error) == (State.SAVED, None)
    assert len(stage.gallery.saved) == 4


async def test_with_another_key_nobody_is_told_that_images_are_gone(stage: Any) -> None:
    stage.gallery.errors["https://x"] = [GoneError("410")]
    facts = {"origin": stage.work.home.origin, "task_id": "t9", "poll_path": "/x"}
    job = stage.job(
        state=State.DOWNLOADING, fingerprint="f2", results=(Result(url="https://x"),), **facts
    )
    await stage.add(job)
    resting = await stage.rest(job)
    assert (resting.state, stage.gateway.asked) == (State.DOWNLOADING, [])


async def test_while_the_store_is_away_its_lane_waits_longer_each_time(stage: Any) -> None:
    stage.gallery.errors["u1"] = [*[StoreError("s3 is away")] * 5, None]
    stage.gateway.looks = [done("u1")]
    [job] = await stage.add(stage.job())
    resting = await stage.rest(job)
    assert (resting.state, resting.error.kind) == (State.DOWNLOADING, ErrorKind.DISK)
    ended = await stage.end(job)
    assert (ended.state, ended.error) == (State.SAVED, None)
    assert ended.finished - resting.updated == pytest.approx(0.5 + 1 + 2 + 4 + 8)
    # The next time it begins anew; what came meanwhile waits as well, and is not tried.
    stage.gallery.errors["u2"] = [StoreError("s3 is away"), None]
    stage.gateway.looks = [done("u2")]
    [other] = await stage.add(stage.job())
    resting = await stage.rest(other)
    stage.gateway.looks = [done("u3")]
    [third] = await stage.add(stage.job())
    ended = await stage.end(other)
    assert ended.finished - resting.updated == pytest.approx(0.5)
    assert (await stage.end(third)).finished >= ended.finished


@pytest.mark.parametrize(
    ("problem", "hold"), [(BucketError("no such bucket"), None), (StoreError("s3 is away"), 0.5)]
)
async def test_a_bucket_that_is_gone_holds_up_no_images_of_others(
    stage: Any, problem: StoreError, hold: float | None
) -> None:
    stage.gallery.errors["u1"] = [problem]
    job = stage.job(state=State.DOWNLOADING, results=(Result(url="u1"),), task_id="t9")
    after = await Saving(stage.work).step(*await stage.journal.add([job]))
    assert (after.wait, after.hold) == (30.0, hold)


async def test_a_shared_job_whose_urls_are_gone_is_left_to_whoever_has_its_key(stage: Any) -> None:
    home = replace(stage.work.home, keys=frozenset({"f1"}))
    saving = Saving(replace(stage.work, home=home))
    stage.gallery.errors["https://x"] = [GoneError("410")]
    results = (Result(url="https://y"), Result(url="https://x"))
    facts = {"gateway": home.origin, "origin": home.origin, "poll_path": "/x", "task_id": "t9"}
    [job] = await stage.journal.add(
        [stage.job(state=State.DOWNLOADING, fingerprint="f2", results=results, **facts)]
    )
    assert home.has(job)  # to be fetched, no key is needed
    after = await saving.step(job)
    assert after.wait is None
    left = stage.journal.history.get(job.id)
    assert left.owner is None
    assert [one.index for one in left.files] == [1]
    assert not home.has(left)
    assert replace(home, keys=frozenset({"f2"})).has(left)
    assert stage.gateway.asked == []
