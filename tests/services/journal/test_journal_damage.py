"""Databases that a crash, a disk or a person has damaged."""

import asyncio
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.core.job import ErrorKind, Job, State
from tui.services.journal import JournalError, Query, SqliteHistory, SqliteJournal
from tui.services.journal.protocol import DamagedError
from tui.services.journal.schema import SCHEMA

NewJob = Callable[..., Job]
Open = Callable[..., Any]
Child = Callable[..., subprocess.Popen[str]]

FACTS = {"origin": "https://gateway.example", "fingerprint": "f1", "poll_path": "/p/{}"}


async def fill(path: Path, clock: Any, new_job: NewJob, number: int = 60) -> list[Job]:
    """Make a history: two of three saved, the others under way with a task_id."""
    journal = SqliteJournal.open(path, clock)
    jobs = await journal.add([new_job(f"a lighthouse {'x' * 400} {one}") for one in range(number)])

    async def go(count: int, job: Job) -> Job:
        attempt = await journal.intent(job)
        assert attempt
        await journal.sent(attempt)
        known = await journal.settle(attempt, State.PENDING, task_id=f"task-{count}", **FACTS)
        if count % 3:
            known = await journal.to(known, State.DOWNLOADING)
            known = await journal.to(known, State.SAVED)
        return known

    kept = await asyncio.gather(*(go(count, job) for count, job in enumerate(jobs)))
    await journal.close()
    return kept


def opened(path: Path, clock: Any) -> tuple[list[Job], list[str], bytes]:
    """Open a journal; return all its jobs, what was told, and its salt."""

    async def look() -> tuple[list[Job], list[str], bytes]:
        told: list[str] = []
        journal = SqliteJournal.open(path, clock, tell=told.append)
        try:
            await journal.orphans()
            return journal.history.list(Query(limit=None)), told, journal.salt()
        finally:
            await journal.close()

    return asyncio.run(look())


def kept_files(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.damaged-*"))


@pytest.fixture
def history(database: Path, clock: Any, new_job: NewJob) -> list[Job]:
    return asyncio.run(fill(database, clock, new_job))


@pytest.mark.parametrize(
    "damage",
    ["garbage", "no database", "first page", "format", "half", "a page in the middle"],
)
def test_what_can_be_read_is_saved_and_the_old_file_kept(
    database: Path, clock: Any, history: list[Job], damage: str
) -> None:
    _, _, salt = opened(database, clock)
    whole = bytearray(database.read_bytes())
    middle = len(whole) // 2 // 4096 * 4096
    match damage:
        case "garbage":
            whole[:] = os.urandom(len(whole))
        case "no database":
            whole[:] = b"dear diary\n" * 2000
        case "first page":
            whole[:4096] = bytes(4096)
        case "format":
            whole[47] ^= 1
        case "half":
            del whole[middle:]
        case _:
            whole[middle : middle + 4096] = os.urandom(4096)
    database.write_bytes(whole)
    jobs, told, salt_after = opened(database, clock)
    (sentence,) = told
    (kept,) = kept_files(database)
    assert str(kept) in sentence
    assert "damaged" in sentence
    assert kept.read_bytes() == whole
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert salt_after == salt
    known = {job.id: job for job in history}
    assert all(known[job.id].task_id == job.task_id for job in jobs)
    match damage:
        case "first page" | "format":
            assert {job.id for job in jobs} == set(known)
            assert f"{len(known)} jobs could be read, 20 of them unfinished" in sentence
        case "a page in the middle":
            assert len(jobs) >= len(known) - 20
        case "garbage" | "no database":
            assert jobs == []
            assert "Nothing in it could be read" in sentence
    assert opened(database, clock)[1] == []  # only once


def test_an_emptied_file_is_told_of(database: Path, clock: Any, history: list[Job]) -> None:
    assert history
    database.write_bytes(b"")
    jobs, (sentence,), _ = opened(database, clock)
    assert jobs == []
    assert "Nothing in it could be read" in sentence


def test_a_job_whose_row_is_gone_lives_on_by_its_attempt(
    database: Path, clock: Any, history: list[Job]
) -> None:
    with closing(sqlite3.connect(database)) as db:
        db.execute("DELETE FROM jobs WHERE id IN (?, ?)", (history[0].id, history[3].id))
        db.execute("UPDATE attempts SET task_id = NULL WHERE job = ?", (history[3].id,))
        db.commit()
    database.with_name("imagedeck.db.is-damaged").touch()
    jobs, told, _ = opened(database, clock)
    found = {job.id: job for job in jobs}
    assert len(told) == 1
    again = found[history[0].id]
    assert (again.state, again.task_id, again.origin, again.poll_path) == (
        State.PENDING,
        "task-0",
        FACTS["origin"],
        FACTS["poll_path"],
    )
    assert again.folder == "/pictures"
    unknown = found[history[3].id]
    assert unknown.state is State.UNKNOWN
    assert unknown.error
    assert unknown.error.kind is ErrorKind.UNKNOWN


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE requests SET request = '{'",
        "UPDATE requests SET request = x'ff'",
        "DELETE FROM requests",
        "UPDATE jobs SET error = '[1', results = '{', updated = 'x'",
    ],
)
def test_damaged_rows_keep_their_task_ids(
    database: Path, clock: Any, history: list[Job], change: str
) -> None:
    with closing(sqlite3.connect(database)) as db:
        db.execute(change)
        db.commit()
    database.with_name("imagedeck.db.is-damaged").touch()
    jobs, _, _ = opened(database, clock)
    assert {job.id: job.task_id for job in jobs} == {job.id: job.task_id for job in history}
    assert {job.id: job.state for job in jobs} == {job.id: job.state for job in history}


async def test_damage_found_at_work_is_mended_by_the_next_start(
    database: Path, clock: Any, new_job: NewJob, open_sqlite: Open
) -> None:
    await fill(database, clock, new_job, 4)
    journal = open_sqlite()
    (job,) = await journal.add([new_job(state=State.DROPPED)])
    await journal._thread.write(
        lambda txn: txn.db.execute(
            "UPDATE requests SET request = '{' WHERE seq = (SELECT max(seq) FROM requests)"
        )
    )
    with pytest.raises(DamagedError, match="can't be read"):
        await journal.take(job.id)
    other = SqliteHistory(database)
    with pytest.raises(DamagedError):
        other.list(Query())
    assert len(other.list(Query(states=(State.PENDING,)))) == 2
    other.close()
    with pytest.raises(JournalError, match="another imagedeck still works with it"):
        open_sqlite()
    await journal.close()
    told: list[str] = []
    reader = SqliteHistory(database, tell=told.append)
    assert len(reader.list(Query())) == 5
    reader.close()
    assert "was damaged. 5 jobs could be read, 2 of them unfinished" in told[0]


def test_a_reader_mends_what_is_no_database(database: Path, clock: Any, history: list[Job]) -> None:
    assert clock
    whole = bytearray(database.read_bytes())
    whole[:100] = os.urandom(100)
    database.write_bytes(whole)
    told: list[str] = []
    reader = SqliteHistory(database, tell=told.append)
    assert len(reader.list(Query(limit=None))) == len(history)
    reader.close()
    assert len(told) == 1


CUT = """
import os, signal, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA cache_size = 1")
db.execute("PRAGMA cache_spill = 1")
db.execute("BEGIN IMMEDIATE")
for statement in sys.argv[2:]:
    db.execute(statement)
os.kill(os.getpid(), signal.SIGKILL)
"""
HALF = (
    "ALTER TABLE jobs ADD COLUMN stars INTEGER",
    "UPDATE jobs SET stars = 5, template = template || hex(randomblob(300))",
    "UPDATE requests SET words = words || hex(randomblob(300))",
    f"PRAGMA user_version = {SCHEMA.version + 1}",
)


def test_half_a_migration_is_undone(
    database: Path, clock: Any, history: list[Job], child: Child
) -> None:
    process = child(CUT, database, *HALF)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert database.with_name("imagedeck.db-journal").stat().st_size
    jobs, told, _ = opened(database, clock)
    assert told == []
    assert {job.id: job for job in jobs} == {job.id: job for job in history}


def test_half_a_migration_whose_journal_is_gone(
    database: Path, clock: Any, history: list[Job], child: Child
) -> None:
    child(CUT, database, *HALF).communicate()
    database.with_name("imagedeck.db-journal").unlink()
    database.with_name("imagedeck.db.is-damaged").touch()
    jobs, told, _ = opened(database, clock)
    assert len(told) == 1
    known = {job.id: job.task_id for job in history}
    assert {job.id: job.task_id for job in jobs}.items() <= known.items()
    assert len(jobs) >= len(known) * 3 // 4


@pytest.mark.parametrize("most", [40, pytest.param(1000, marks=pytest.mark.soak)])
def test_bytes_flipped_anywhere(tmp_path: Path, clock: Any, new_job: NewJob, most: int) -> None:
    """Every job that is listed keeps its own task_id, and nothing raises but JournalError."""
    model = tmp_path / "model" / "imagedeck.db"
    known = {job.id: job.task_id for job in asyncio.run(fill(model, clock, new_job, 40))}
    whole = model.read_bytes()
    flips = st.lists(
        st.tuples(st.integers(0, len(whole) - 1), st.integers(1, 255)), min_size=1, max_size=20
    )

    @settings(max_examples=most, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
    @given(flips)
    def check(changes: list[tuple[int, int]]) -> None:
        place = tmp_path / "flipped"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(model.parent, place)
        data = bytearray(whole)
        for offset, mask in changes:
            data[offset] ^= mask
        database = place / model.name
        database.write_bytes(data)
        for _ in range(3):
            try:
                jobs, told, _ = opened(database, clock)
            except JournalError as error:
                if "newer imagedeck" in str(error) or "another program" in str(error):
                    assert database.read_bytes() == data
                    return
                continue
            if told:
                assert kept_files(database)
            break
        else:
            raise AssertionError("it can't be opened the third time either")
        assert len(jobs) >= len(known) // 4
        wrong = [job for job in jobs if job.task_id != known.get(job.id)]
        assert len(wrong) <= len(changes)

    check()
