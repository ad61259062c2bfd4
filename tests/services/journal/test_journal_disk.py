"""What the journal says and keeps when the disk, or the file, is not as it should be."""

import asyncio
import os
import sqlite3
import stat
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tui.core.job import Job, State
from tui.services.journal import (
    DiskError,
    JournalError,
    Query,
    SqliteHistory,
)
from tui.services.journal.owner import HEARTBEAT_SECONDS
from tui.services.journal.storage import network_kind

Child = Callable[..., subprocess.Popen[str]]
Open = Callable[..., Any]
NewJob = Callable[..., Job]

FULL = """
import asyncio, resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tui.core.job import Job, State
from tui.core.request import Request
from tui.services.clock import SystemClock
from tui.services.journal import DiskError, SqliteJournal

def job(number):
    request = Request(model="m", values={"prompt": "x" * 5000})
    return Job(id=f"{number:032x}", request=request, state=State.QUEUED, created=1.0,
               updated=1.0, folder="/p", template="t")

async def main(path):
    journal = SqliteJournal.open(Path(path), SystemClock())
    first, = await journal.add([job(0)])
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (Path(path).stat().st_size, limits[1]))
    answers = await asyncio.gather(journal.add([job(1)]), journal.intent(first),
                                   return_exceptions=True)
    assert [type(answer) for answer in answers] == [DiskError, DiskError], answers
    print(answers[0])
    assert journal.history.get(first.id) == first
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    attempt = await journal.intent(first)
    assert await journal.sent(attempt)
    await journal.add([job(1)])
    await journal.close()

asyncio.run(main(sys.argv[1]))
"""


async def page_limit(journal: Any, pages: int) -> None:
    await journal._thread.read(lambda db: db.execute(f"PRAGMA max_page_count = {pages}").fetchone())


async def test_a_full_disk_stops_nothing_for_good(open_sqlite: Open, new_job: NewJob) -> None:
    journal = open_sqlite()
    (job,) = await journal.add([new_job(state=State.PENDING)])
    await page_limit(journal, 1)
    big = new_job("storm " * 20_000)
    answers = await asyncio.gather(
        journal.add([big]), journal.to(job, State.PROCESSING), return_exceptions=True
    )
    for answer in answers:
        assert isinstance(answer, DiskError)
        assert "the disk is full" in str(answer)
    assert journal.history.list(Query()) == [job]
    await page_limit(journal, 100_000)
    assert (await journal.add([big]))[0].id == big.id
    assert (await journal.to(job, State.PROCESSING)).state is State.PROCESSING


def test_a_commit_that_fails_has_not_happened(child: Child, tmp_path: Path) -> None:
    process = child(FULL, tmp_path / "x" / "imagedeck.db", Path.cwd())
    told, errors = process.communicate()
    assert process.returncode == 0, errors
    assert "imagedeck.db could not be used: the disk" in told


async def test_a_lock_that_fails_is_told(
    open_sqlite: Open, new_job: NewJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = open_sqlite()
    (job,) = await journal.add([new_job()])

    def fail(*_: object) -> None:
        raise OSError(37, "No locks available")

    with monkeypatch.context() as patch:
        patch.setattr("fcntl.flock", fail)
        answers = await asyncio.gather(
            journal.to(job, State.DROPPED), journal.changes(0), return_exceptions=True
        )
        with pytest.raises(DiskError, match="No locks available"):
            journal.history.get(job.id)
    assert [str(answer).endswith("No locks available") for answer in answers] == [True, True]
    assert (await journal.to(job, State.DROPPED)).state is State.DROPPED


async def test_only_this_user_may_read_it(open_sqlite: Open, database: Path) -> None:
    umask = os.umask(0)
    try:
        open_sqlite()
    finally:
        os.umask(umask)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in database.parent.rglob("*")}
    owners = database.parent / "owners"
    assert modes.pop(owners) == 0o700
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(database.parent.stat().st_mode) == 0o700


async def test_access_of_others_is_withdrawn(
    open_sqlite: Open, database: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await open_sqlite().close()
    open_to_all(database)
    open_sqlite()
    assert mode_of(database) == 0o600
    assert mode_of(database.parent) == 0o755
    told = [record.getMessage() for record in caplog.records]
    assert [one.partition(" could be changed")[0] for one in told] == [
        str(database.parent),
        str(database),
    ]


async def test_another_users_file_is_refused(
    open_sqlite: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(JournalError, match="belongs to another user"):
        open_sqlite()


async def test_a_lock_that_is_a_folder_is_told(open_sqlite: Open, database: Path) -> None:
    database.with_name("imagedeck.db.lock").mkdir(parents=True)
    with pytest.raises(DiskError, match=r"imagedeck\.db\.lock: Is a directory"):
        open_sqlite()


async def test_a_folder_that_is_a_file_is_told(open_sqlite: Open, database: Path) -> None:
    database.parent.write_text("not a folder")
    with pytest.raises(DiskError, match="File exists"):
        open_sqlite()


def content(path: Path) -> bytes:
    return path.read_bytes()


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def open_to_all(path: Path) -> None:
    path.chmod(0o666)
    path.parent.chmod(0o777)


def test_another_programs_database_is_left_alone(open_sqlite: Open, database: Path) -> None:
    database.parent.mkdir()
    with closing(sqlite3.connect(database)) as db:
        db.execute("CREATE TABLE recipes (name TEXT)")
    before = content(database)
    sentence = "another program's database"
    with pytest.raises(JournalError, match=sentence) as caught:
        open_sqlite()
    assert str(database) in str(caught.value)
    assert not isinstance(caught.value, DiskError)
    history = SqliteHistory(database)
    with pytest.raises(JournalError, match=sentence):
        history.list(Query())
    history.close()
    assert content(database) == before


async def test_a_damaged_row_is_named(open_sqlite: Open, new_job: NewJob) -> None:
    journal = open_sqlite()
    jobs = await journal.add([new_job(), new_job()])
    await journal._thread.write(lambda txn: txn.db.execute("UPDATE requests SET request = '{'"))
    for reading in (journal.take(jobs[0].id), journal.changes(0)):
        with pytest.raises(JournalError, match=f"job {jobs[0].id} can't be read"):
            await reading
    with pytest.raises(JournalError, match="can't be read"):
        journal.history.get(jobs[1].id)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("server:/home {} nfs4 rw 0 0", "nfs4"),
        ("//nas/share {} cifs rw 0 0", "cifs"),
        ("user@host: {} fuse.sshfs rw 0 0", "fuse.sshfs"),
        ("/dev/sda1 {} ext4 rw 0 0", None),
        ("server:/home {}/elsewhere nfs rw 0 0", None),
        ("server:/home {} nfs rw 0 0\n/dev/sdb1 {} xfs rw 0 0", None),
    ],
)
def test_network_file_systems_are_known(tmp_path: Path, line: str, kind: str | None) -> None:
    home = tmp_path / "my home"
    home.mkdir()
    mounts = tmp_path / "mounts"
    point = str(home).replace(" ", r"\040")
    mounts.write_text("/dev/vda / ext4 rw 0 0\n" + line.format(point, point) + "\n")
    assert network_kind(home / "imagedeck.db", mounts) == kind
    assert network_kind(home, tmp_path / "no such list") is None


async def test_on_a_network_home_nothing_but_sqlite_locks(
    open_sqlite: Open, new_job: NewJob, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.services.journal.database.network_kind", lambda _: "nfs4")
    monkeypatch.setattr("fcntl.flock", lambda *_: pytest.fail("no flock on a network home"))
    told: list[str] = []
    journal = open_sqlite(full_text=False, tell=told.append)
    assert ["network file system (nfs4)" in one for one in told] == [True]
    open_sqlite(full_text=False, tell=told.append)
    assert len(told) == 1
    (job,) = await journal.add([new_job()])
    assert journal.history.get(job.id) == job
    assert journal._thread._database.patience == HEARTBEAT_SECONDS
    assert not database.with_name("imagedeck.db.lock").exists()
    journal._thread._database.tidy()
    await page_limit(journal, 1)
    with pytest.raises(DiskError, match=r"network file system \(nfs4\).*XDG_DATA_HOME"):
        await journal.add([new_job("x" * 100_000)])
