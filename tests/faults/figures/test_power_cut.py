"""The power goes, at any moment: what was acknowledged is on the disk."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import tui
from tui.core.job import Job, State
from tui.services.journal.history import SqliteHistory
from tui.services.journal.protocol import Query

DISK = Path(__file__).with_name("volatile_disk.py")
MEMORY = Path("/dev/shm")
SIZE = 64 * 1024**2
CUTS_EACH = 50
PNG_END = b"IEND\xaeB`\x82"

# Works on the disk that will be cut; says on another one what it was promised to be durable.
WORKER = """
import json, os, queue, sys
from pathlib import Path
from tui.deck import Deck
from tui.models import find_model
from tui.services.keys import Key
from tui.services.places import Places
from tui.services.settings import Settings

home, url, log = Path(sys.argv[1]), sys.argv[2], os.open(sys.argv[3], os.O_WRONLY | os.O_APPEND)
news = queue.SimpleQueue()

def publish(job):
    files = [[one.path, one.sha256] for one in job.files]
    line = json.dumps([job.id, job.change, job.state, job.task_id, files]) + "\\n"
    os.write(log, line.encode())
    if job.state.is_end:
        news.put(job)

places = Places(config=home / "c", data=home / "data", state=home / "s", images=home / "images")
settings = Settings(output_dir=places.images, base_url=url)
deck = Deck(settings, places, Key(os.environ["KEY"]), publish=publish, tell=str)
with deck:
    number = 0
    while True:
        values = {"prompt": f"{sys.argv[4]}:{number}", "size": "64x64", "n": 1 + number % 2}
        deck.engine.add(deck.new_jobs(find_model("gpt").validate(values).request)).result()
        number += 1
        if number > 4:
            news.get(timeout=60)
"""


def run(*command: object) -> str:
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise OSError(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


class CuttableDisk:
    """An ext4 on a disk whose power can be cut again and again, while it goes on."""

    def __init__(self, folder: Path) -> None:
        self.live, self.copy = folder / "live", folder / "copy"
        self._image, self._below = folder / "image", folder / "below"
        for one in (self.live, self.copy, self._below):
            one.mkdir()
        with self._image.open("wb") as file:
            file.truncate(SIZE)
        run("mkfs.ext4", "-q", "-F", self._image)
        self._process = subprocess.Popen(
            [sys.executable, str(DISK), str(self._image), str(self._below)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._device = ""
        if self._line() != "ready":
            raise OSError("no file system of our own can be mounted (FUSE)")
        self._device = run("losetup", "-f", "--show", self._below / "disk")
        run("mount", self._device, self.live)

    def cut(self, seed: str) -> int:
        """Mount what a power cut would leave at `copy`; return the blocks that were in doubt."""
        left = self._image.with_name("left")
        assert self._process.stdin
        self._process.stdin.write(f"cut {left} {seed}\n")
        self._process.stdin.flush()
        doubtful = int(self._line())
        run("mount", "-o", "loop", left, self.copy)
        return doubtful

    def leave_copy(self) -> None:
        run("umount", self.copy)

    def close(self) -> None:
        for command in (
            ("umount", "-l", self.copy),
            ("umount", "-l", self.live),
            ("losetup", "-d", self._device),
            ("umount", "-l", self._below),
        ):
            subprocess.run([str(word) for word in command], capture_output=True, check=False)
        self._process.kill()
        self._process.communicate()

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


@pytest.fixture
def disk() -> Iterator[CuttableDisk]:
    tools = [shutil.which(name) for name in ("mkfs.ext4", "losetup", "mount")]
    if os.geteuid() or not all(tools) or not Path("/dev/fuse").exists():
        pytest.skip("needs root, loop devices and FUSE: no power is cut")
    folder = Path(tempfile.mkdtemp(prefix="imagedeck-", dir=MEMORY if MEMORY.is_dir() else None))
    disk = CuttableDisk.__new__(CuttableDisk)
    try:
        disk.__init__(folder)  # type: ignore[misc]
        yield disk
    except OSError as error:
        pytest.skip(f"no disk can be made here whose power could be cut: {error}")
    finally:
        disk.close()
        shutil.rmtree(folder)


class Worker:
    """A process on the disk, and what it was promised to be durable there."""

    def __init__(self, disk: CuttableDisk, gateway: Any, log: Path, name: str, key: str) -> None:
        self._gateway = gateway
        self._name = name
        self._live, self._copy = disk.live / name, disk.copy / name
        self._log = log
        log.touch()
        self._live.mkdir()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", WORKER, str(self._live), gateway.url, str(log), name],
            env={
                **os.environ,
                "PYTHONPATH": str(Path(tui.__file__).parents[1]),
                "KEY": key,
            },
        )
        while not log.stat().st_size:
            assert self._process.poll() is None
            time.sleep(0.02)

    def note(self) -> None:
        """Take down what has been promised so far."""
        lines = self._log.read_text().splitlines(keepends=True)
        entries = [json.loads(line) for line in lines if line.endswith("\n")]
        self._acknowledged = {job_id: facts for job_id, *facts in entries}
        accepted = (one.prompt or "" for one in self._gateway.ledger().accepted)
        self._charged = [prompt for prompt in accepted if prompt.startswith(f"{self._name}:")]

    def broken(self) -> list[str]:
        """Return what the copy does not keep of it."""
        database = self._copy / "data/imagedeck.db"
        if not database.exists():
            return ["the database is gone"]
        try:
            with closing(sqlite3.connect(database)) as db:
                (found,) = db.execute("PRAGMA integrity_check").fetchone()
                phases = dict(db.execute("SELECT job, phase FROM attempts ORDER BY rowid"))
        except sqlite3.Error as error:
            return [f"the database is damaged: {error}"]
        history = SqliteHistory(database)
        jobs = {job.id: job for job in history.list(Query(limit=None))}
        history.close()
        return [
            *([] if found == "ok" else [f"corrupt: {found}"]),
            *self._forgotten(jobs),
            *self._sent_again(jobs, phases),
            *_unreadable(self._copy / "images"),
        ]

    def kill(self) -> None:
        """End it, and clear its part of the disk."""
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._live)

    def _forgotten(self, jobs: dict[str, Job]) -> Iterator[str]:
        for job_id, (change, state, task_id, files) in self._acknowledged.items():
            job = jobs.get(job_id)
            if job is None or job.change < change:
                yield f"{job_id}: acknowledged as {state}, change {change}, is {job}"
            elif task_id and job.task_id != task_id:
                yield f"{job_id}: task {task_id} is lost"
            for path, sha256 in files:
                copy = self._copy / Path(path).relative_to(self._live)
                if not copy.exists():
                    yield f"{copy} is gone"
                elif hashlib.sha256(copy.read_bytes()).hexdigest() != sha256:
                    yield f"{copy} is damaged"

    def _sent_again(self, jobs: dict[str, Job], phases: dict[str, str]) -> Iterator[str]:
        """Find what was charged, and would be sent again by the next start."""
        by_prompt = {job.prompt: job for job in jobs.values()}
        for prompt in self._charged:
            job = by_prompt.get(prompt)
            if job is None or job.state is State.QUEUED:
                yield f"{prompt} was charged, and is {job.state if job else 'forgotten'}"
            elif job.state is State.SUBMITTING and phases.get(job.id) != "sent":
                yield f"{prompt} was charged, its attempt is {phases.get(job.id)}"


def _unreadable(folder: Path) -> Iterator[str]:
    for path in folder.glob("[!.]*") if folder.exists() else ():
        content = path.read_bytes()
        if path.suffix == ".json":
            try:
                json.loads(content)
            except ValueError:
                yield f"{path} has its name, and {len(content)} bytes"
        elif PNG_END not in content[-16:]:
            yield f"{path} has its name, and {len(content)} bytes"


@pytest.mark.parametrize("cuts", [6, pytest.param(300, marks=pytest.mark.soak)])
def test_the_power_goes(
    disk: CuttableDisk,
    tmp_path: Path,
    http_gateway: Any,
    figure: Callable[[str, str], None],
    canary: Any,
    canary_key: str,
    cuts: int,
) -> None:
    doubtful: list[int] = []
    broken: list[str] = []
    for start in range(0, cuts, CUTS_EACH):  # a life each: the disk and the ledger stay small
        gateway = http_gateway()
        promised = tmp_path / f"promised-{start}"
        worker = Worker(disk, gateway, promised, f"home-{start}", canary_key)
        try:
            for number in range(start, min(cuts, start + CUTS_EACH)):
                time.sleep(0.005 + number % 7 * 0.011)
                worker.note()
                doubtful.append(disk.cut(f"{cuts}-{number}"))
                broken += [f"cut {number}: {one}" for one in worker.broken()]
                canary.search(disk.copy)
                disk.leave_copy()
        finally:
            worker.kill()
        gateway.stop()
    if cuts >= 200:
        figure(
            "power cuts (ext4; what is not flushed is lost in any mixture)",
            f"{cuts}, {sum(map(bool, doubtful))} with blocks in doubt ({max(doubtful)} at most): "
            f"{len(broken)} acknowledged changes or files lost",
        )
    assert not broken
