"""Several processes on one journal: who has a job, and what a killed one leaves behind."""

import json
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tui.core.job import Job, State
from tui.services.journal import Query, SqliteHistory

Child = Callable[..., subprocess.Popen[str]]
Open = Callable[..., Any]
NewJob = Callable[..., Job]

SUBMIT = """
import asyncio, sys
from pathlib import Path
from tui.services.clock import SystemClock
from tui.services.journal import SqliteJournal

async def main(path, job_id, phase):
    journal = SqliteJournal.open(Path(path), SystemClock())
    job = await journal.take(job_id)
    attempt = await journal.intent(job)
    if phase == "sent":
        assert await journal.sent(attempt)
    print(journal.owner, flush=True)
    sys.stdin.read()

asyncio.run(main(*sys.argv[1:]))
"""

CLAIM = """
import asyncio, json, random, sys
from pathlib import Path
from tui.core.job import State
from tui.services.clock import SystemClock
from tui.services.journal import SqliteJournal

async def main(path, ids):
    journal = SqliteJournal.open(Path(path), SystemClock())
    print("ready", flush=True)
    sys.stdin.readline()
    ids = json.loads(ids)
    random.shuffle(ids)
    mine = []
    async def claim(job_id):
        job = await journal.take(job_id)
        if job:
            await journal.to(job, State.PROCESSING)
            mine.append(job_id)
    for start in range(0, len(ids), 4):
        await asyncio.gather(*map(claim, ids[start:start + 4]))
    print(json.dumps(mine), flush=True)
    sys.stdin.read()

asyncio.run(main(*sys.argv[1:]))
"""


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    line = process.stdout.readline()
    assert line, process.stderr.read() if process.stderr else ""
    return line.strip()


@pytest.mark.parametrize(
    ("phase", "state"), [("connecting", State.QUEUED), ("sent", State.UNKNOWN)]
)
async def test_a_process_killed_while_submitting(
    open_sqlite: Open, new_job: NewJob, child: Child, database: Path, phase: str, state: State
) -> None:
    journal = open_sqlite()
    (job,) = await journal.add([new_job()])
    await journal.release([job])
    process = child(SUBMIT, database, job.id, phase)
    owner = line_of(process)
    assert await journal.take(job.id) is None
    assert await journal.orphans() == []
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert await journal.orphans() == [job.id]
    taken = await journal.take(job.id)
    assert taken.state is state
    assert taken.owner == journal.owner != owner


async def test_six_processes_never_share_a_job(
    open_sqlite: Open, new_job: NewJob, child: Child, database: Path
) -> None:
    journal = open_sqlite()
    jobs = await journal.add([new_job(state=State.PENDING) for _ in range(120)])
    await journal.release(jobs)
    ids = json.dumps([job.id for job in jobs])
    processes = [child(CLAIM, database, ids) for _ in range(6)]
    for process in processes:
        assert line_of(process) == "ready"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    claimed = [json.loads(line_of(process)) for process in processes]
    taken = [job_id for mine in claimed for job_id in mine]
    assert sorted(taken) == sorted(job.id for job in jobs)
    stored, _ = await journal.changes(0)
    assert {job.state for job in stored} == {State.PROCESSING}
    assert {job.fence for job in stored} == {jobs[0].fence + 1}


async def test_a_reader_rolls_back_what_a_crash_left(
    open_sqlite: Open, new_job: NewJob, child: Child, database: Path
) -> None:
    journal = open_sqlite()
    (job,) = await journal.add([new_job()])
    await journal.close()
    # A commit cut off after the first pages were written: the rollback journal is still hot.
    process = child(
        "import os, sqlite3, sys\n"
        "db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "db.execute('PRAGMA cache_size = 1')\n"
        "db.execute('PRAGMA cache_spill = 1')\n"
        "db.execute('BEGIN IMMEDIATE')\n"
        "db.execute(\"UPDATE jobs SET folder = 'lost'\")\n"
        "db.execute('CREATE TABLE junk (x)')\n"
        "for _ in range(50): db.execute('INSERT INTO junk VALUES (zeroblob(4000))')\n"
        "os.kill(os.getpid(), 9)\n",
        database,
    )
    process.wait()
    assert database.with_name("imagedeck.db-journal").stat().st_size > 0
    history = SqliteHistory(database)
    assert history.list(Query()) == [job]
    history.close()


def make_empty(path: Path) -> None:
    path.parent.mkdir()
    path.touch()


async def test_reading_alone_creates_nothing(
    open_sqlite: Open, new_job: NewJob, database: Path
) -> None:
    history = SqliteHistory(database)
    assert history.list(Query(text="x")) == history.find("abc") == []
    assert history.get("abc") is None
    assert not database.parent.exists()
    make_empty(database)
    assert history.list(Query()) == []
    assert list(database.parent.iterdir()) == [database]
    journal = open_sqlite()
    (job,) = await journal.add([new_job()])
    await journal.close()
    before = sorted(database.parent.rglob("*"))
    database.with_name("imagedeck.db.lock").unlink()
    assert history.list(Query()) == [job]
    history.close()
    before.remove(database.with_name("imagedeck.db.lock"))
    assert sorted(database.parent.rglob("*")) == before


async def test_full_durability_is_switched_on(open_sqlite: Open, database: Path) -> None:
    journal = open_sqlite()
    pragmas = ["journal_mode", "synchronous", "busy_timeout"]

    def read(db: sqlite3.Connection) -> list[object]:
        return [db.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas]

    assert await journal._thread.read(read) == ["truncate", 3, 30000]
    await journal.close()
    with closing(sqlite3.connect(database)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
