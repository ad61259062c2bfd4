"""What is swept away, and what never is."""

import asyncio
import logging
import os
import stat
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tui.core.job import ErrorKind, Job, JobError, Result, Saved, State, new_job_id
from tui.core.keeping import DAY, Keep, Thing, due
from tui.core.request import Reference, Request
from tui.services.housekeeping import Housekeeping, Removed, daily, summary
from tui.services.journal import DiskError, SqliteHistory, SqliteJournal
from tui.services.places import Places

NOW = 1_800_000_000.0
SHA = [f"{number:064x}" for number in range(6)]


class Clock:
    """Stands still."""

    time = NOW
    slept = 0.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept += seconds

    def call_later(self, seconds: float, act: Callable[[], None]) -> Any:
        return asyncio.get_running_loop().call_later(seconds, act)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(
        config=tmp_path / "config",
        data=tmp_path / "data",
        state=tmp_path / "state",
        images=tmp_path / "images",
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def journal(places: Places, clock: Clock) -> AsyncIterator[SqliteJournal]:
    journal = SqliteJournal.open(places.database, clock)
    yield journal
    await journal.close()


@pytest.fixture
def house(places: Places) -> Housekeeping:
    history = SqliteHistory(places.database)
    return Housekeeping(places, Keep(), history, folders=[places.images])


def put(path: Path, days: float, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (NOW - days * DAY, NOW - days * DAY))
    return path


def job(folder: Path, state: State = State.SAVED, sha: str | None = None, **facts: Any) -> Job:
    references = (Reference(name="r", sha256=sha),) if sha else ()
    return Job(
        id=new_job_id(int(NOW * 1000), os.urandom(10)),
        request=Request(model="seedream-5.0-lite", values={"prompt": "p"}, references=references),
        state=state,
        created=NOW,
        folder=str(folder),
        template="{id}",
        **{"updated": NOW, **facts},
    )


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(20_000):
        if holds():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("waited in vain")


def test_what_is_older_than_its_kind_is_kept_is_due() -> None:
    things = [
        Thing("quarantine", "a", 1, NOW - 89 * DAY),
        Thing("quarantine", "b", 1, NOW - 91 * DAY),
        Thing("thumbnails", "c", 1, NOW - 31 * DAY),
        Thing("leftovers", "from a clock set back", 1, NOW + 400 * DAY),
    ]
    assert [one.name for one in due(things, Keep(), NOW)] == ["b", "c"]
    assert due(things, Keep(quarantine=100, thumbnails=40), NOW) == []


async def test_it_removes_what_is_old_and_no_image(
    places: Places, journal: SqliteJournal, house: Housekeeping, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    old = [
        put(places.quarantine / "2026-x-1.bytes", 91, "12345"),
        put(places.answers / f"{'0' * 32}.answer", 91, "{}"),
        put(places.references / SHA[0], 91),
        put(places.thumbnails / f"{SHA[0]}.300x200.rgba", 31),
        put(places.thumbnails / f".{'0' * 16}.part", 2),
        put(places.images / f".0123456789-1.{'0' * 16}.part", 2),
        put(places.images / f".check.{'0' * 16}.part", 2),
        put(elsewhere / f".0123456789-2.{'a' * 16}.part", 2),
        put(places.data / "imagedeck.db.v1.bak.part", 2),
    ]
    kept = [
        put(places.quarantine / "2026-x-2.bytes", 89),
        put(places.quarantine / "notes.txt", 900),
        put(places.answers / f"{'1' * 32}.answer", 89),
        put(places.spool / "2026-a-lighthouse-0123456789-1.png", 9000),
        put(places.references / SHA[1], 91),  # of a live job
        put(places.references / SHA[2], 91),  # of an unknown one
        put(places.references / SHA[3], 91),  # of a recent one
        put(places.references / SHA[4], 89),
        put(places.thumbnails / f"{SHA[0]}.300x201.rgba", 29),
        put(places.images / "2026-a-lighthouse-0123456789-1.png", 9000),
        put(places.images / "2026-a-lighthouse-0123456789-1.png.json", 9000),
        put(places.images / "mine.part", 9000),
        put(places.images / f".0123456789-1.{'1' * 16}.part", 0.5),
        put(places.data / "imagedeck.db.damaged-2026-01-01-000000", 9000),
        put(places.data / "imagedeck.db.v1.bak", 9000),
    ]
    link = places.images / f".0123456789-3.{'1' * 16}.part"
    link.symlink_to(kept[0])
    long_ago = NOW - 100 * DAY
    await journal.add(
        [
            job(elsewhere, sha=SHA[0], updated=long_ago),
            job(elsewhere, State.PENDING, SHA[1], updated=long_ago),
            job(elsewhere, State.UNKNOWN, SHA[2], updated=long_ago),
            job(elsewhere, State.UNKNOWN, SHA[0], updated=long_ago, resolution="abandoned"),
            job(elsewhere, sha=SHA[3]),
        ]
    )
    files, jobs = house.find(NOW)
    assert {Path(one.name) for one in files} == set(old)
    removed = await house.remove(files, jobs, journal)
    assert not any(path.exists() for path in old)
    assert all(path.exists() for path in kept)
    assert link.is_symlink()
    assert removed == [
        Removed("quarantine", 1, 5),
        Removed("answers", 1, 2),
        Removed("references", 1, 1),
        Removed("thumbnails", 1, 1),
        Removed("leftovers", 5, 5),
    ]


async def test_copies_of_a_buckets_images_go_and_what_waits_for_it_stays(
    places: Places, journal: SqliteJournal, house: Housekeeping
) -> None:
    bucket, facts = Path("s3://pictures"), {"width": 1, "height": 1, "format": "PNG", "bytes": 1}
    file = Saved(path="s3://pictures/a.png", index=1, sha256=SHA[0], **facts)
    done = replace(job(bucket, files=(file,)), folder="s3://pictures")
    waiting = replace(job(bucket, State.DOWNLOADING), folder="s3://pictures")
    await journal.add([done, waiting])
    old = [
        put(places.data / "originals" / SHA[0] / "灯塔.png", 31),
        put(places.data / "originals" / SHA[0] / "灯塔.png.json", 31),
        put(places.data / "originals" / SHA[1] / f".{'0' * 16}.part", 2),
        put(places.spool / f"{done.id}-1.waiting", 2),  # another host has put it there
    ]
    kept = [
        put(places.data / "originals" / SHA[2] / "b.png", 29),
        put(places.spool / f"{done.id}-2.waiting", 900),
        put(places.spool / f"{waiting.id}-1.waiting", 900),
        put(places.spool / f"{'0' * 32}-1.waiting", 900),
    ]
    files, jobs = house.find(NOW)
    assert {Path(one.name) for one in files} == set(old)
    await house.remove(files, jobs, journal)
    assert not any(path.exists() for path in old)
    assert all(path.exists() for path in kept)
    assert not old[0].parent.exists()


async def test_old_result_urls_of_ended_jobs_are_forgotten(
    places: Places, journal: SqliteJournal, house: Housekeeping
) -> None:
    results = (Result(url="https://cdn.example/a?sig=1"), Result(base64="abc"))
    old, error = NOW - 8 * DAY, JobError(ErrorKind.PARTIAL, "1 of 2")
    ended = job(places.images, results=results, updated=old, error=error)
    live = job(places.images, State.DOWNLOADING, results=results, updated=old)
    recent = job(places.images, results=results, updated=NOW - 6 * DAY)
    await journal.add([ended, live, recent])
    files, jobs = house.find(NOW)
    assert [one.id for one in jobs] == [ended.id]
    assert summary(files, jobs) == [Removed("results", 1, 30)]
    assert await house.remove(files, jobs, journal) == [Removed("results", 1, 30)]
    history = journal.history
    assert history.get(ended.id).results == ()
    assert history.get(ended.id).error == error
    assert history.get(live.id).results == history.get(recent.id).results == results
    taken = await journal.take(recent.id)
    stale = replace(taken, fence=0)
    assert await house.remove([], [stale], journal) == []


async def test_once_a_day_and_out_of_the_way(
    places: Places,
    journal: SqliteJournal,
    house: Housekeeping,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    old = put(places.quarantine / "a.bytes", 91)
    async with daily(house, journal, clock):
        await until(lambda: not house.is_due(NOW))
    assert clock.slept == 5.0
    assert not old.exists()
    assert "swept: 1 quarantine, 1 bytes" in caplog.text
    assert stat.S_IMODE((places.data / "swept").stat().st_mode) == 0o600
    again = put(places.quarantine / "b.bytes", 91)
    assert await house.sweep(NOW + 0.9 * DAY, journal) == []
    assert again.exists()
    assert house.is_due(NOW + 1.1 * DAY)
    assert house.is_due(NOW - 10)  # a clock set back must not stop it for years
    assert await house.sweep(NOW + 1.1 * DAY, journal) == [Removed("quarantine", 1, 1)]


async def test_who_ends_early_sweeps_nothing(
    places: Places, journal: SqliteJournal, house: Housekeeping, clock: Clock
) -> None:
    old = put(places.quarantine / "a.bytes", 91)
    async with daily(house, journal, clock):
        pass
    assert old.exists()
    assert house.is_due(NOW)


async def test_what_can_t_be_removed_or_read_is_logged(
    places: Places,
    journal: SqliteJournal,
    house: Housekeeping,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    used, gone = put(places.references / SHA[0], 91), put(places.references / SHA[1], 91)
    files, _ = house.find(NOW)
    put(used, 0)
    gone.unlink()
    assert await house.remove(files, [], journal) == []
    assert used.exists()
    assert "can't be removed: No such file" in caplog.text

    async def fail(*_: object, **__: object) -> Job:
        raise DiskError("the disk is full")

    (one,) = await journal.add([job(places.images)])
    with monkeypatch.context() as patch:
        patch.setattr(journal, "to", fail)
        assert await house.remove([], [one], journal) == []
    assert "stay: the disk is full" in caplog.text
    (places.data / "swept").mkdir()
    monkeypatch.setattr(os, "utime", lambda *_: (_ for _ in ()).throw(OSError(30, "Read-only")))
    house.note_swept(NOW)
    assert "swept can't be written" in caplog.text
    await journal._thread.write(lambda txn: txn.db.execute("UPDATE requests SET request = '{'"))
    (places.data / "swept").rmdir()
    async with daily(house, journal, clock):
        await until(lambda: "nothing was swept" in caplog.text)
