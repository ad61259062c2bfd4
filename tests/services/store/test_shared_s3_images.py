"""Images on their way into a bucket, and back to wherever they are looked at."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tui.core.job import Job, Result
from tui.core.picture import Picture as Pixels
from tui.core.picture import Wish
from tui.core.size import Size
from tui.services.decode import BadImageError, Decoder
from tui.services.gallery import Gallery
from tui.services.images import Images
from tui.services.pictures import Pictures
from tui.services.places import Places
from tui.services.store.originals import Originals
from tui.services.store.store import Store
from tui.services.store.trouble import StoreError, UnknownKeyError
from tui.services.thumbnails import Thumbnails

MakeJob = Callable[..., Job]
Picture = Callable[..., bytes]
NOW = 1_790_000_060.0


@pytest.fixture
async def open_gallery(
    tmp_path: Path, raw_server: Any, decoder: Decoder
) -> AsyncIterator[Callable[..., Gallery]]:
    """Make a gallery for the store that the variables lead to, but for those given."""
    async with httpx.AsyncClient(trust_env=False) as client:
        images = Images(client, raw_server.origin, stall_seconds=5)

        def make(**variables: str) -> Gallery:
            store = Store({**os.environ, **variables})
            places = tmp_path / "quarantine", tmp_path / "spool"
            return Gallery(images, decoder, *places, lambda: NOW, store=store)

        yield make


@pytest.fixture
def job(make_job: MakeJob, bucket: str) -> Job:
    return make_job(folder=f"s3://{bucket}/team")


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir()) if folder.exists() else []


def key_of(path: str) -> str:
    return path.split("/", 3)[3]


async def test_an_image_and_its_sidecar_go_into_the_bucket_and_nothing_stays_here(
    open_gallery: Any, job: Job, bucket: str, s3_server: Any, raw_server: Any, picture: Picture,
    tmp_path: Path,
) -> None:  # fmt: skip
    data = picture("JPEG")
    url = raw_server.give("/a", data, content_type="image/png")
    saved = await open_gallery().save(job, 1, Result(url=url))
    date = time.strftime("%Y-%m-%d", time.localtime(job.created))
    key = f"team/{date}-a-lighthouse-{job.short_id}-1.jpg"
    assert saved.path == f"s3://{bucket}/{key}"
    assert saved.notes == ("announced as image/png, is image/jpeg",)
    objects = s3_server.objects(bucket)
    assert sorted(objects) == [key, f"{key}.json"]
    assert objects[key] == data
    record = json.loads(objects[f"{key}.json"])
    assert (record["sha256"], record["file"]) == (saved.sha256, key.rpartition("/")[2])
    import obstore

    for name, kind in ((key, "image/jpeg"), (f"{key}.json", "application/json")):
        attributes = obstore.get(s3_server.bucket(bucket), name).attributes
        assert attributes["Content-Type"] == kind
    assert names(tmp_path / "spool") == []


async def test_while_the_store_is_away_an_image_waits_here_and_is_fetched_once(
    open_gallery: Any, job: Job, bucket: str, s3_server: Any, raw_server: Any, picture: Picture,
    tmp_path: Path, free_port: int,
) -> None:  # fmt: skip
    result = Result(url=raw_server.give("/a", picture()))
    away = open_gallery(AWS_ENDPOINT_URL=f"http://127.0.0.1:{free_port}")
    for _try in range(2):
        with pytest.raises(StoreError, match="can't be reached"):
            await away.save(job, 1, result)
    assert names(tmp_path / "spool") == [f"{job.id}-1.waiting"]
    saved = await open_gallery().save(job, 1, result)
    assert len(raw_server.requests) == 1
    assert s3_server.objects(bucket)[key_of(saved.path)] == picture()
    assert names(tmp_path / "spool") == []


async def test_an_image_that_the_disk_has_spoilt_meanwhile_is_fetched_again(
    open_gallery: Any, job: Job, bucket: str, s3_server: Any, raw_server: Any, picture: Picture,
    tmp_path: Path,
) -> None:  # fmt: skip
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / f"{job.id}-1.waiting").write_bytes(picture()[:99])
    result = Result(url=raw_server.give("/a", picture()))
    saved = await open_gallery().save(job, 1, result)
    assert s3_server.objects(bucket)[key_of(saved.path)] == picture()


async def test_what_is_there_is_never_replaced(
    open_gallery: Any, job: Job, bucket: str, s3_server: Any, raw_server: Any, picture: Picture
) -> None:
    gallery, result = open_gallery(), Result(url=raw_server.give("/a", picture()))
    first = await gallery.save(job, 1, result)
    # A run that ended before it was written down: the same image is the same object.
    assert await gallery.save(job, 1, result) == first
    other = Result(url=raw_server.give("/b", picture(size=(8, 8))))
    second = await gallery.save(job, 1, other)
    assert second.path == first.path.replace("-1.png", "-1_2.png")
    objects = s3_server.objects(bucket)
    assert len(objects) == 4
    assert objects[key_of(first.path)] == picture()


async def test_a_folder_that_is_no_bucket_is_said(
    open_gallery: Any, job: Job, raw_server: Any, picture: Picture
) -> None:
    result = Result(url=raw_server.give("/a", picture()))
    with pytest.raises(StoreError, match="s3://ü is no bucket"):
        await open_gallery().save(replace(job, folder="s3://ü"), 1, result)
    assert not raw_server.requests


async def test_bytes_that_are_no_image_never_get_into_the_bucket(
    open_gallery: Any, job: Job, bucket: str, s3_server: Any, raw_server: Any, tmp_path: Path
) -> None:
    with pytest.raises(BadImageError):
        await open_gallery().save(job, 1, Result(url=raw_server.give("/a", b"<html>sorry")))
    assert s3_server.objects(bucket) == {}
    assert names(tmp_path / "spool") == []


async def test_a_big_image_takes_no_memory_on_its_way(
    bucket: str, tmp_path: Path, s3_server: Any
) -> None:
    size = 48 * 1024**2
    big = tmp_path / "big"
    big.touch()
    os.truncate(big, size)
    store, before = Store(os.environ), anonymous_bytes()
    grown = 0

    async def watch() -> None:
        nonlocal grown
        while True:
            grown = max(grown, anonymous_bytes() - before)
            await asyncio.sleep(0.01)

    watching = asyncio.create_task(watch())
    assert await store.put(bucket, "big.png", big, "image/png")
    watching.cancel()
    assert grown < size // 3
    assert s3_server.bucket(bucket).head("big.png")["size"] == size


def anonymous_bytes() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    pytest.skip("only Linux tells")


async def test_a_copy_is_fetched_once_for_whoever_looks_at_it(
    open_gallery: Any, job: Job, raw_server: Any, picture: Picture, decoder: Decoder,
    tmp_path: Path, free_port: int,
) -> None:  # fmt: skip
    saved = await open_gallery().save(job, 1, Result(url=raw_server.give("/a", picture())))
    folder = tmp_path / "originals"
    originals = Originals(folder, Store(os.environ))
    found = await asyncio.gather(*(originals.local(saved.path, saved.sha256) for _ in range(5)))
    (path,) = {*found}
    assert path.name == saved.path.rpartition("/")[2]
    assert path.read_bytes() == picture()
    assert path.stat().st_mode & 0o777 == 0o600
    beside = await originals.sidecar(saved.path, saved.sha256)
    assert beside == path.with_name(f"{path.name}.json")
    assert json.loads(beside.read_text())["sha256"] == saved.sha256
    away = Store({**os.environ, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port}"})
    assert await Originals(folder, away).local(saved.path, saved.sha256) == path
    # A small picture needs neither, once it was made.
    wish, thumbnails = Wish(box=Size(20, 20)), tmp_path / "thumbnails"
    local = originals.local
    small = await Thumbnails(decoder, thumbnails, local).get(saved.path, saved.sha256, wish)
    assert isinstance(small, Pixels)
    nowhere = Originals(tmp_path / "other", away).local
    again = Thumbnails(decoder, thumbnails, nowhere)
    assert await again.get(saved.path, saved.sha256, wish) == small
    with pytest.raises(BadImageError, match="can't be reached"):
        await again.get(saved.path, saved.sha256, Wish(box=Size(21, 21)))


async def test_what_somebody_looks_at_is_not_fetched_back(
    raw_server: Any, job: Job, picture: Picture, decoder: Decoder, tmp_path: Path
) -> None:
    places = Places(config=tmp_path, data=tmp_path, state=tmp_path, images=tmp_path)
    variables = dict(os.environ)
    async with httpx.AsyncClient(trust_env=False) as client:
        images = Images(client, raw_server.origin, stall_seconds=5)
        for is_looked_at in (False, True):
            pictures = Pictures(decoder, places, variables)
            pictures.is_looked_at = is_looked_at
            result = Result(url=raw_server.give("/a", picture(size=(8 + is_looked_at, 8))))
            saved = await pictures.gallery(images).save(job, 1, result)
            assert names(tmp_path / "spool") == []
            assert bool(names(tmp_path / "originals")) is is_looked_at
    variables["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1"
    path = await Pictures(decoder, places, variables).originals.local(saved.path, saved.sha256)
    assert path.read_bytes() == picture(size=(9, 8))


async def test_what_is_gone_or_was_changed_is_said_and_leaves_nothing(
    open_gallery: Any, job: Job, bucket: str, s3_server: Any, raw_server: Any, picture: Picture,
    tmp_path: Path,
) -> None:  # fmt: skip
    import obstore

    saved = await open_gallery().save(job, 1, Result(url=raw_server.give("/a", picture())))
    originals = Originals(tmp_path / "originals", Store(os.environ))
    obstore.put(s3_server.bucket(bucket), key_of(saved.path), b"something else")
    with pytest.raises(StoreError, match="it was changed since"):
        await originals.local(saved.path, saved.sha256)
    for key in (key_of(saved.path), f"{key_of(saved.path)}.json"):
        obstore.delete(s3_server.bucket(bucket), key)
    with pytest.raises(UnknownKeyError, match=r"-1.png is not there any more"):
        await originals.local(saved.path, saved.sha256)
    assert await originals.sidecar(saved.path, saved.sha256) is None
    assert [one for one in (tmp_path / "originals").rglob("*") if one.is_file()] == []
    odd = ("", "/..", "/a/../b.png", "/\x1b.png", " x/a.png")
    for sha256, place in (
        ("../..", saved.path),
        *((saved.sha256, f"s3://{bucket}{one}") for one in odd),
    ):
        with pytest.raises(StoreError, match="is no image's place"):
            await originals.local(place, sha256)


async def test_copies_take_no_more_room_than_they_may(
    open_gallery: Any, job: Job, raw_server: Any, picture: Picture, tmp_path: Path
) -> None:
    gallery, saved = open_gallery(), []
    for number in range(4):
        one = replace(job, id=f"{number:032x}")
        url = raw_server.give(f"/{number}", picture(size=(100 + number, 100)))
        saved.append(await gallery.save(one, 1, Result(url=url)))
    folder = tmp_path / "originals"
    originals = Originals(folder, Store(os.environ), most_bytes=3 * saved[3].bytes)
    for age, one in enumerate(saved[:3]):
        path = await originals.local(one.path, one.sha256)
        os.utime(path, (age, age))
    await originals.local(saved[0].path, saved[0].sha256)  # used again
    await originals.local(saved[3].path, saved[3].sha256)
    assert names(folder) == sorted(one.sha256 for one in (saved[0], saved[3]))


async def test_an_image_of_this_machine_is_where_it_is(tmp_path: Path) -> None:
    originals = Originals(tmp_path / "originals", Store({}))
    assert await originals.local(str(tmp_path / "a.png"), "") == tmp_path / "a.png"
    assert await originals.sidecar(str(tmp_path / "a.png"), "") is None
    (tmp_path / "a.png.json").touch()
    assert await originals.sidecar(str(tmp_path / "a.png"), "") == tmp_path / "a.png.json"
    assert names(tmp_path) == ["a.png.json"]
