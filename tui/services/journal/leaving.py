"""A database file that all jobs leave for a shared one."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tui.core.language import _
from tui.services.clock import SystemClock
from tui.services.journal import moved
from tui.services.journal.database import Database
from tui.services.journal.emergency import EmergencyFile
from tui.services.journal.locks import FileLock
from tui.services.journal.mending import emergency_file
from tui.services.journal.owner import Owner
from tui.services.journal.protocol import JournalError
from tui.services.journal.schema import SCHEMA
from tui.services.journal.storage import alone, connect, network_kind
from tui.services.journal.trouble import explain

Table = list[dict[str, Any]]

PAGE = 1000  # jobs that go together
_JOBS = "SELECT * FROM jobs JOIN requests USING (seq) WHERE seq < ? ORDER BY seq DESC LIMIT ?"
_ATTEMPTS = "SELECT * FROM attempts WHERE job IN ({marks}) ORDER BY rowid"
_COUNTS = (
    "SELECT count(*), coalesce(sum(live), 0), coalesce(sum(live AND state = 'queued'), 0), "
    "coalesce(sum(state = 'unknown' AND resolution IS NULL), 0) FROM jobs"
)
_ASKED = (
    "SELECT DISTINCT profile FROM jobs WHERE live = 1 "
    "OR (fingerprint IS NOT NULL AND state IN ('expired', 'lost'))"
)

_UNPAID = 'SELECT DISTINCT profile FROM jobs WHERE live = 1 AND task_id IS NULL AND "key" IS NULL'


@dataclass(frozen=True, slots=True)
class Counts:
    """How many jobs there are; of them unfinished, not yet sent, and `unknown` to be resolved."""

    jobs: int
    unfinished: int
    unsent: int
    unresolved: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some jobs, the newest first, with their requests in the same rows, and their attempts."""

    jobs: Table
    attempts: Table

    def references(self) -> Iterator[str]:
        """Yield the sha256 of each reference image of the jobs, some more than once."""
        for job in self.jobs:
            if '"sha256"' in job["request"]:
                listed = json.loads(job["request"])["references"]
                yield from (one["sha256"] for one in listed if one.get("sha256"))


class Leaving:
    """A database that nobody else works with, for as long as this is open.

    Raises JournalError where somebody does, and where there is none.
    """

    def __init__(self, path: Path, tell: Callable[[str], None]) -> None:
        self.path = path
        if not path.exists():
            raise JournalError(_("There are no jobs to move: {path} is not there", path=path))
        try:
            with ExitStack() as undo:
                self._open(undo, tell)
                self._undo = undo.pop_all()
        except (sqlite3.Error, OSError) as error:
            raise explain(error, path) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def _open(self, undo: ExitStack, tell: Callable[[str], None]) -> None:
        with closing(connect(self.path, writable=False)) as db:
            is_marked = moved.read(db) is not None
        if not is_marked:
            # As every start does: mended, of the newest format, with what the emergency file had.
            Database(self.path, SystemClock(), full_text=False, tell=tell).close()
        network = network_kind(self.path)
        lock = None if network else self.path.with_name(f"{self.path.name}.lock")
        alone = FileLock(lock, create=True)
        undo.callback(alone.close)
        undo.enter_context(alone.held(exclusive=True))
        self._owner = owner = Owner(self.path.parent / "owners", heartbeat=bool(network))
        undo.callback(owner.close)
        if owner.has_company():
            raise JournalError(
                _(
                    "Another imagedeck works with {path}; end it first, so that nothing is sent "
                    "from two databases. A detached one ends when its jobs have",
                    path=self.path,
                )
            )
        self._db = undo.enter_context(closing(connect(self.path)))
        self._db.row_factory = sqlite3.Row
        self.mark = moved.read(self._db)
        if self.mark is None:
            self._check_emergency(locked=not network)
        elif self.mark.version < SCHEMA.version:
            self._renew(self.mark.version)
        self.salt = bytes(self._db.execute("SELECT salt FROM journal").fetchone()[0])
        self.counts = Counts(*self._db.execute(_COUNTS).fetchone())

    def begin(self, place: str, salt: bytes) -> None:
        """Let nobody work with it from now on, since its jobs are at `place`."""
        moved.set_mark(self._db, self.path, place, salt, SCHEMA.version)

    def end(self) -> None:
        """Note that all has arrived."""
        moved.set_whole(self._db)

    def undo(self) -> None:
        """Let it be worked with again, as if nothing had been moved."""
        if self.mark is None:
            raise JournalError(_("The jobs of {path} have not been moved", path=self.path))
        moved.take_off(self._db, self.path, SCHEMA.version)

    def pages(self) -> Iterator[Page]:
        """Go through all jobs, the newest first."""
        before = 2**62
        while jobs := self._rows(_JOBS, (before, PAGE)):
            self._owner.beat()
            before = jobs[-1]["seq"]
            ids = [job["id"] for job in jobs]
            marks = ", ".join("?" for _ in ids)
            yield Page(jobs, self._rows(_ATTEMPTS.format(marks=marks), ids))

    def profiles(self) -> list[str]:
        """Return whose keys may still be needed, to ask the gateway or to pay."""
        return [str(name) for (name,) in self._db.execute(_ASKED)]

    def unpaid(self) -> list[str]:
        """Return the profiles of jobs that are yet to be sent, and don't say whose key pays."""
        return [str(name) for (name,) in self._db.execute(_UNPAID)]

    def pauses(self) -> list[str]:
        """Return what is paused: groups by name, everything by the empty one."""
        return [str(name) for (name,) in self._db.execute("SELECT name FROM pauses")]

    def _rows(self, statement: str, values: Any) -> Table:
        return [dict(row) for row in self._db.execute(statement, values)]

    def _check_emergency(self, *, locked: bool) -> None:
        """Refuse while a task id is only in the emergency file."""
        file = EmergencyFile(emergency_file(self.path), locked=locked)
        with closing(file):
            for kept in file.all():
                if self._db.execute("SELECT 1 FROM jobs WHERE id = ?", (kept.job,)).fetchone():
                    raise JournalError(
                        _(
                            "Task {task_id} waits to be written down in {path}; see that the disk "
                            "has room, then try again",
                            task_id=kept.task_id,
                            path=self.path,
                        )
                    )

    def _renew(self, version: int) -> None:
        """Bring the tables to the newest format, the mark staying."""
        with alone(self._db):
            for statement in SCHEMA.steps(version):
                self._db.execute(statement)
            self._db.execute("UPDATE moved SET version = ?", (SCHEMA.version,))
