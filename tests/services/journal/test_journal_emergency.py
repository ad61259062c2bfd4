"""Task ids that came when the disk was full."""

import asyncio
import os
import signal
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.job import Job, State
from tui.services.journal import DiskError, SqliteJournal
from tui.services.journal.emergency import SIZE, EmergencyFile, Kept, salt_in
from tui.services.journal.protocol import JournalError

NewJob = Callable[..., Job]
Open = Callable[..., Any]
Child = Callable[..., subprocess.Popen[str]]

FACTS = {"task_id": "task-1", "origin": "https://gateway.example", "poll_path": "/p/{}"}


def kept(number: int = 1, **facts: Any) -> Kept:
    values = {
        "attempt": f"{number:08x}" * 4,
        "job": "j" * 32,
        "fence": 1,
        "task_id": f"task-{number}",
        "origin": "https://gateway.example",
        "poll_path": "/p/{}",
        "fingerprint": "f1",
        "time": 1.0,
    }
    return Kept(**{**values, **facts})


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "imagedeck.db.emergency"


def test_it_takes_its_room_at_once_and_keeps_what_it_is_given(place: Path) -> None:
    file = EmergencyFile(place, locked=True)
    assert place.stat().st_size == SIZE
    assert place.stat().st_blocks * 512 >= SIZE
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    for number in (1, 2, 1):
        file.keep(kept(number))
    file.keep_salt(b"s" * 16)
    file.close()
    again = EmergencyFile(place, locked=False)
    assert sorted(one.task_id for one in again.all()) == ["task-1", "task-2"]
    again.forget(kept(1).attempt)
    assert again.all() == [kept(2)]
    again.close()
    assert place.stat().st_size == SIZE
    assert salt_in(place) == b"s" * 16


def test_a_full_file_says_so(place: Path) -> None:
    file = EmergencyFile(place, locked=True)
    for number in range(63):
        file.keep(kept(number))
    with pytest.raises(OSError, match="is full"):
        file.keep(kept(63))
    with pytest.raises(OSError, match="too long"):
        file.keep(kept(64, origin="x" * 2000))
    assert len(file.all()) == 63
    file.close()


def test_a_link_in_its_place_is_not_followed(place: Path, tmp_path: Path) -> None:
    place.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        EmergencyFile(place, locked=True)


@settings(max_examples=200, derandomize=True)
@given(st.integers(0, 1023), st.binary(min_size=1, max_size=64))
def test_a_torn_record_is_none(tmp_path_factory: Any, at: int, rest: bytes) -> None:
    place = tmp_path_factory.mktemp("torn") / "e"
    file = EmergencyFile(place, locked=False)
    file.keep(kept(0))
    with place.open("r+b") as raw:
        raw.seek(at)
        raw.write(rest)
    assert file.all() in ([], [kept(0)])
    file.close()


async def page_limit(journal: Any, pages: int) -> None:
    await journal._thread.read(lambda db: db.execute(f"PRAGMA max_page_count = {pages}").fetchone())


async def sent(journal: Any, job: Job) -> Any:
    (written,) = await journal.add([job])
    attempt = await journal.intent(written)
    assert await journal.sent(attempt)
    return attempt


async def test_what_comes_when_the_disk_is_full_is_kept_until_there_is_room(
    open_sqlite: Open, new_job: NewJob, database: Path
) -> None:
    journal = open_sqlite()
    attempt = await sent(journal, new_job())
    await page_limit(journal, 1)
    facts = {**FACTS, "error": None, "template": "x" * 5000}  # needs a page more
    for _ in range(3):
        with pytest.raises(DiskError):
            await journal.settle(attempt, State.PENDING, **facts)
    file = database.with_name("imagedeck.db.emergency")
    assert b"task-1" in file.read_bytes()
    await page_limit(journal, 100_000)
    job = await journal.settle(attempt, State.PENDING, **facts)
    assert job.task_id == "task-1"
    assert b"task-1" not in file.read_bytes()


KILLED = """
import asyncio, os, resource, signal, sys
from pathlib import Path
from tui.core.job import Job, State
from tui.core.request import Request
from tui.services.clock import SystemClock
from tui.services.journal import DiskError, SqliteJournal

async def main(path):
    journal = SqliteJournal.open(Path(path), SystemClock())
    request = Request(model="gpt-image-2", values={"prompt": "x"})
    job = Job(id="a" * 32, request=request, state=State.QUEUED, created=1.0, updated=1.0,
              folder="/p", template="t")
    job, = await journal.add([job])
    attempt = await journal.intent(job)
    assert await journal.sent(attempt)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    room = Path(path + ".emergency").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    try:
        await journal.settle(attempt, State.PENDING, task_id="task-1", origin="https://g.example",
                             poll_path="/p/{}", fingerprint="f1", submitted=5.0, word="y" * 400_000)
    except DiskError as problem:
        print(problem, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main(sys.argv[1]))
"""


async def test_killed_on_a_full_disk_the_next_start_reads_it_in(
    open_sqlite: Open, database: Path, child: Child
) -> None:
    process = child(KILLED, database)
    told, errors = process.communicate()
    assert process.returncode == -signal.SIGKILL, errors
    assert "could not be used" in told
    sentences: list[str] = []
    journal = open_sqlite(tell=sentences.append)
    assert sentences == ["Task task-1 of job aaaaaaaaaa is written down now."]
    (job_id,) = await journal.orphans()
    job = await journal.take(job_id)
    assert (job.state, job.task_id, job.submitted) == (State.PENDING, "task-1", 5.0)
    await journal.close()
    again: list[str] = []
    open_sqlite(tell=again.append)
    assert again == []


async def test_an_unknown_job_is_revived_and_belongs_to_nobody(
    open_sqlite: Open, new_job: NewJob, database: Path
) -> None:
    journal = open_sqlite()
    attempt = await sent(journal, new_job())
    await journal.settle(attempt, State.UNKNOWN)
    await journal.close()
    file = EmergencyFile(database.with_name("imagedeck.db.emergency"), locked=True)
    file.keep(kept(attempt=attempt.id, job=attempt.job, fence=attempt.fence))
    file.keep(kept(7, attempt="0" * 32))
    file.close()
    told: list[str] = []
    journal = open_sqlite(tell=told.append)
    assert await journal.orphans() == [attempt.job]
    assert journal.history.get(attempt.job).state is State.PENDING
    assert [one for one in told if "is in no database" in one] == [
        f"Task task-7 belongs to job {'j' * 32}, which is in no database."
    ]


async def test_on_a_disk_still_full_it_waits(
    open_sqlite: Open, new_job: NewJob, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = open_sqlite()
    attempt = await sent(journal, new_job())
    await journal.close()
    file = EmergencyFile(database.with_name("imagedeck.db.emergency"), locked=True)
    file.keep(kept(attempt=attempt.id, job=attempt.job, fence=attempt.fence))
    told: list[str] = []

    def fail(*_: object, **__: object) -> None:
        raise DiskError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("tui.services.journal.attempts.settle", fail)
        await open_sqlite(tell=told.append).close()
    assert told == [
        f"Task task-1 of job {attempt.job[-10:]} waits to be written down: the disk is full"
    ]
    assert len(file.all()) == 1
    file.close()
    assert open_sqlite().history.get(attempt.job).task_id == "task-1"


async def test_an_emergency_file_that_fails_too_is_in_the_log(
    open_sqlite: Open,
    new_job: NewJob,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    journal = open_sqlite()
    attempt = await sent(journal, new_job())
    await page_limit(journal, 1)

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "pwrite", fail)
    with pytest.raises(JournalError):
        await journal.settle(attempt, State.PENDING, **FACTS, template="x" * 5000)
    assert "task task-1 of job" in caplog.text


async def test_two_processes_share_the_file(
    open_sqlite: Open, new_job: NewJob, database: Path
) -> None:
    first, second = open_sqlite(), open_sqlite()
    attempts = [await sent(one, new_job()) for one in (first, second)]
    for journal in (first, second):
        await page_limit(journal, 1)
    answers = await asyncio.gather(
        *(
            journal.settle(attempt, State.PENDING, **FACTS, template="x" * 9000)
            for journal, attempt in zip((first, second), attempts, strict=True)
        ),
        return_exceptions=True,
    )
    assert [type(one) for one in answers] == [DiskError, DiskError]
    for journal in (first, second):
        await journal.close()
    third = SqliteJournal.open(database, second._clock)
    assert set(await third.orphans()) == {attempt.job for attempt in attempts}
    await third.close()
