"""Processes by the hundred, and the proof that none of their deaths cost anything."""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import tui
from tui.core.job import Job, State
from tui.demo.ledger import Ledger
from tui.services.journal.history import SqliteHistory
from tui.services.journal.protocol import Query

NURSERY = Path(__file__).with_name("nursery.py")


class Nursery:
    """A process that forks `imagedeck …`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(NURSERY)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(tui.__file__).parents[1])},
        )
        assert self._line() == "ready"

    def start(self, home: "Home", *args: str, go: bool = True) -> int:
        pid: int = self._ask(do="start", args=args, env=home.environ, out=str(home.output))
        if go:
            self.go(pid)
        return pid

    def go(self, pid: int) -> None:
        self._ask(do="go", pid=pid)

    def wait(self, pid: int) -> int:
        """Return the exit code; of a killed process the signal, negative."""
        code: int = self._ask(do="wait", pid=pid)
        return code

    def poll(self, pid: int) -> int | None:
        """Return the same, None while it lives."""
        code: int | None = self._ask(do="poll", pid=pid)
        return code

    def run(self, home: "Home", *args: str) -> int:
        return self.wait(self.start(home, *args))

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _ask(self, **order: Any) -> Any:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return json.loads(self._line())

    def _line(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the nursery has died"
        return line.strip()


class Home:
    """A user's home on a machine whose processes die."""

    def __init__(self, place: Path, url: str, key: str) -> None:
        place.mkdir(parents=True)
        self.place = place
        self.output = place / "output.txt"
        self.images = place / "Pictures/imagedeck"
        self.database = place / ".local/share/imagedeck/imagedeck.db"
        self.environ = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(place),
            "IMAGEDECK_BASE_URL": url,
            "IMAGEDECK_API_KEY": key,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }

    @property
    def jobs(self) -> list[Job]:
        history = SqliteHistory(self.database)
        try:
            return history.list(Query(limit=None))
        finally:
            history.close()

    @property
    def said(self) -> str:
        return self.output.read_text(errors="replace") if self.output.exists() else ""


@dataclass
class Verdict:
    """What was found after the deaths: each of the first five must stay empty."""

    double: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    corrupt: list[str] = field(default_factory=list)
    partial: list[str] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)

    @property
    def faults(self) -> list[str]:
        return [*self.double, *self.lost, *self.unfinished, *self.corrupt, *self.partial]

    def add(self, other: "Verdict") -> None:
        self.double += other.double
        self.lost += other.lost
        self.unfinished += other.unfinished
        self.corrupt += other.corrupt
        self.partial += other.partial
        self.states += other.states


def judge(home: Home, ledger: Ledger, prompts: set[str] | None = None) -> Verdict:
    """Hold a home against the gateway's ledger; `prompts` are those sent from there."""
    verdict = Verdict()
    jobs = home.jobs
    verdict.states.update(job.state.value for job in jobs)
    if home.database.exists():
        with closing(sqlite3.connect(home.database)) as db:
            (found,) = db.execute("PRAGMA integrity_check").fetchone()
        verdict.corrupt += [] if found == "ok" else [f"{home.database}: {found}"]
    _judge_charges(verdict, jobs, ledger, prompts)
    for job in jobs:
        if job.is_live:
            verdict.unfinished.append(f"{job.short_id} is {job.state}: {job.error}")
    _judge_files(verdict, home, jobs)
    return verdict


def _judge_charges(
    verdict: Verdict, jobs: list[Job], ledger: Ledger, prompts: set[str] | None
) -> None:
    known = Counter(job.task_id for job in jobs if job.task_id)
    asked = Counter(job.prompt for job in jobs)
    unknown = Counter(job.prompt for job in jobs if job.state is State.UNKNOWN)
    mine = [one for one in ledger.accepted if prompts is None or one.prompt in prompts]
    charged = Counter(one.prompt or "" for one in mine)
    nameless = Counter(one.prompt or "" for one in mine if one.task_id not in known)
    for prompt, times in charged.items():
        if times > asked[prompt]:
            verdict.double.append(f"{prompt}: {times} charges for {asked[prompt]} jobs")
    for prompt, times in nameless.items():
        if times > unknown[prompt]:
            verdict.lost.append(f"{prompt}: {times} tasks not known, {unknown[prompt]} unknown")
    verdict.double += [f"task {one} in {times} jobs" for one, times in known.items() if times > 1]


def _judge_files(verdict: Verdict, home: Home, jobs: list[Job]) -> None:
    files = {one.path: one for job in jobs for one in job.files}
    for path, file in files.items():
        if not Path(path).exists():
            verdict.lost.append(f"{path} is gone")
        elif hashlib.sha256(Path(path).read_bytes()).hexdigest() != file.sha256:
            verdict.partial.append(f"{path} is not what the journal says")
    saved = [job for job in jobs if job.state is State.SAVED]
    verdict.lost += [
        f"{job.short_id} has {len(job.files)} of {job.request.count} images"
        for job in saved
        if len(job.files) != job.request.count
    ]
    for found in home.images.glob("*") if home.images.exists() else ():
        if found.name.startswith(".check."):
            continue  # empty of pictures; the next submission sweeps it
        if found.suffix == ".part":
            verdict.partial.append(f"{found} was left behind")
        elif found.suffix == ".json":
            json.loads(found.read_bytes())
        elif str(found) not in files:
            verdict.partial.append(f"{found} is in no job")


@pytest.fixture
def new_nursery() -> Iterator[Callable[[], Nursery]]:
    opened: list[Nursery] = []

    def make() -> Nursery:
        opened.append(Nursery())
        return opened[-1]

    yield make
    for one in opened:
        one.close()


@pytest.fixture
def nursery(new_nursery: Callable[[], Nursery]) -> Nursery:
    return new_nursery()


@pytest.fixture
def new_home(canary_key: str) -> Callable[[Path, str], Home]:
    return lambda place, url: Home(place, url, canary_key)


@pytest.fixture
def examine(canary: Any) -> Callable[..., Verdict]:
    """Hold a home against the gateway's ledger, search it: `examine(home, ledger)`."""

    def look(home: Home, *rest: Any) -> Verdict:
        canary.search(home.place)
        return judge(home, *rest)

    return look


@pytest.fixture
def new_verdict() -> type[Verdict]:
    return Verdict
