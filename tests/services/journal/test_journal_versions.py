"""Databases of older and newer versions."""

import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tui.core.job import Job
from tui.services.journal import (
    JournalError,
    Query,
    SqliteHistory,
)
from tui.services.journal.owner import Owner
from tui.services.journal.rows import INSERT_REQUEST, INSERTED, new_row
from tui.services.journal.schema import SCHEMA, Schema, prepare
from tui.services.journal.storage import connect

Open = Callable[..., Any]
NewJob = Callable[..., Job]
BACKUP = f"imagedeck.db.v{SCHEMA.version}.bak"


def newer_schema(*steps: str) -> Schema:
    stars = ("ALTER TABLE jobs ADD COLUMN stars INTEGER",)
    return Schema(SCHEMA.create, (*SCHEMA.migrations, stars, steps))


def content(path: Path) -> bytes:
    return path.read_bytes()


async def test_a_newer_version_is_refused(open_sqlite: Open, database: Path) -> None:
    await open_sqlite().close()
    with closing(sqlite3.connect(database)) as db:
        db.execute("PRAGMA user_version = 99")
    before = content(database)
    with pytest.raises(JournalError, match=r"newer imagedeck \(format 99, this one knows \d+\)"):
        open_sqlite()
    history = SqliteHistory(database)
    with pytest.raises(JournalError, match="newer imagedeck"):
        history.get("x")
    assert content(database) == before


async def test_an_older_version_is_migrated_after_a_backup(
    open_sqlite: Open, new_job: NewJob, database: Path
) -> None:
    journal = open_sqlite()
    (job,) = await journal.add([new_job()])
    await journal.close()
    backup = database.with_name(BACKUP)
    with closing(connect(database)) as db:
        prepare(db, database, newer_schema("UPDATE jobs SET stars = 5"))
        prepare(db, database, newer_schema("UPDATE jobs SET stars = 6"))
        assert db.execute("SELECT stars FROM jobs").fetchall() == [(5,)]
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA.version + 2,)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert {path.name for path in database.parent.iterdir() if "bak" in path.name} == {backup.name}
    history = SqliteHistory(backup)
    assert history.list(Query()) == [job]
    history.close()


async def test_who_waited_for_the_migration_finds_it_done(
    open_sqlite: Open, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await open_sqlite().close()
    seen = iter([False, True])
    monkeypatch.setattr("tui.services.journal.schema.check", lambda *_: next(seen))
    with closing(connect(database)) as db:
        prepare(db, database, newer_schema("nonsense"))
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA.version,)


async def test_a_migration_that_fails_leaves_the_old_version(
    open_sqlite: Open, new_job: NewJob, database: Path
) -> None:
    journal = open_sqlite()
    (job,) = await journal.add([new_job()])
    await journal.close()
    with closing(connect(database)) as db:
        for _ in range(2):
            with pytest.raises(sqlite3.OperationalError, match="nonsense"):
                prepare(db, database, newer_schema("nonsense"))
            assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA.version,)
    assert open_sqlite().history.get(job.id) == job


async def test_a_reader_migrates_too(
    open_sqlite: Open, new_job: NewJob, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = open_sqlite()
    (job,) = await journal.add([new_job()])
    await journal.close()
    monkeypatch.setattr(prepare, "__defaults__", (newer_schema(),))
    monkeypatch.setattr("tui.services.journal.history.check.__defaults__", (newer_schema(),))
    monkeypatch.setattr("tui.services.journal.layout.SCHEMA", newer_schema())
    older = Owner(database.parent / "owners", heartbeat=False)
    history = SqliteHistory(database)
    with pytest.raises(JournalError, match="an older imagedeck still works with it"):
        history.get(job.id)
    assert not database.with_name(BACKUP).exists()
    older.close()
    assert history.get(job.id) == job
    history.close()
    assert database.with_name(BACKUP).exists()


async def test_jobs_of_the_first_version_are_all_there(
    open_sqlite: Open, new_job: NewJob, database: Path
) -> None:
    database.parent.mkdir(parents=True)
    job = new_job("一座灯塔", group="a group")
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        prepare(db, database, Schema(SCHEMA.create))
        row = new_row(job)
        new = dict(zip(INSERTED, row.columns, strict=True))
        names = [name for _, name, *_ in db.execute("PRAGMA table_info(jobs)") if name in new]
        assert "row" not in names
        columns = ", ".join(f'"{name}"' for name in names)
        marks = ", ".join("?" for _ in names)
        insert = f"INSERT INTO jobs ({columns}) VALUES ({marks})"  # noqa: S608 - names of columns
        db.execute(insert, [new[name] for name in names])
        db.execute(INSERT_REQUEST, (1, row.request, row.words))
    journal = open_sqlite()
    assert journal.history.list(Query()) == [job]
    assert database.with_name("imagedeck.db.v1.bak").exists()
    (second,) = await journal.add([new_job(group="a group", row="r1")])
    assert journal.history.holders("a group", ["r1", "r2"]) == {"r1": second}
