"""One transaction on the journal, shared by the changes of many callers."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from tui.core.job import Job, State
from tui.services.clock import Clock
from tui.services.journal.protocol import JournalError
from tui.services.journal.rows import (
    INSERT_JOB,
    INSERT_REQUEST,
    SELECT_JOBS,
    Facts,
    NewRow,
    Row,
    altered,
    job_of,
    update_statement,
)
from tui.services.journal.sql import Connection

_ONE_JOB = f"{SELECT_JOBS} WHERE id = ?"
_AT_ONCE = 400  # values in one statement
_T = TypeVar("_T")

Place = tuple[str, str]  # a batch, and the row of it


def place_of(job: Job) -> Place | None:
    """Return the row that a job holds, or wants to hold."""
    return (job.group, job.row) if job.group and job.row else None


@dataclass(frozen=True, slots=True)
class About(Generic[_T]):
    """A change that reads a job first, so that those of many changes can be read in one go."""

    job_id: str
    do: "Callable[[Transaction], _T]"

    def __call__(self, txn: "Transaction") -> _T:
        """Do it."""
        return self.do(txn)


class Transaction:
    """An open transaction: its time (Unix seconds) and the running number of the last change."""

    __slots__ = ("_expected", "_first", "change", "db", "now")

    def __init__(self, db: Connection, now: float) -> None:
        self.db = db
        self.now = now
        self._expected: dict[str, Job] = {}
        self._first = self.change = self._begin()

    def _begin(self) -> int:
        """Begin alone among all writers; return the number of the last change."""
        raise NotImplementedError

    def insert(self, row: NewRow, columns: Row) -> None:
        """Write a job that isn't there yet, `columns` being those of its row in `jobs`."""
        raise NotImplementedError

    def clock(self) -> tuple[str, Sequence[float]]:
        """Return an expression for the time by the clock that all writers share, and its values.

        Read anew: `now` may be from before others were waited for.
        """
        raise NotImplementedError

    def _among(self, some: Sequence[Any]) -> tuple[str, Sequence[Any]]:
        """Return what says that a column is one of some values, with what stands for them."""
        return f"IN ({', '.join('?' for _ in some)})", some

    def commit(self) -> None:
        """Make everything durable."""
        if self.change != self._first:
            self.db.execute("UPDATE journal SET change = ?", (self.change,))
        self.db.execute("COMMIT")

    def expect(self, ids: Iterable[str]) -> None:
        """Read many jobs in one go that will be asked for one by one."""
        wanted = [*{*ids}]
        if len(wanted) > 1:
            with suppress(JournalError):  # whoever asks for the one that can't be read is told
                self._expected = self.known(wanted)

    def job(self, job_id: str) -> Job | None:
        """Read a job as this transaction sees it."""
        if found := self._expected.pop(job_id, None):
            return found
        row = self.db.execute(_ONE_JOB, (job_id,)).fetchone()
        # With the caller's own id: two of each are a megabyte among ten thousand jobs.
        return job_of((job_id, *row[1:])) if row else None

    def known(self, ids: Sequence[str]) -> dict[str, Job]:
        """Read those of many jobs that are there, by id."""
        found: dict[str, Job] = {}
        for some in _in_parts(ids):
            among, values = self._among(some)
            rows = self.db.execute(f"{SELECT_JOBS} WHERE id {among}", values)
            found |= {job.id: job for job in map(job_of, rows)}
        return found

    def holders(self, places: Iterable[Place]) -> dict[Place, Job]:
        """Read the jobs that hold rows of batches."""
        groups: dict[str, list[str]] = {}
        for group, place in places:
            groups.setdefault(group, []).append(place)
        found: dict[Place, Job] = {}
        for group, rows in groups.items():
            for some in _in_parts(rows):
                among, values = self._among(some)
                where = f'"group" = ? AND "row" {among}'
                held = self.db.execute(f"{SELECT_JOBS} WHERE {where}", [group, *values])
                found |= {(group, str(job.row)): job for job in map(job_of, held)}
        return found

    def update(self, job: Job, state: State, facts: Facts) -> Job:
        """Change a job that this transaction has read."""
        changed = self.update_exact(job, state, facts)
        if changed is None:
            raise JournalError(f"job {job.short_id} is not what the journal holds")
        return changed

    def update_exact(self, job: Job, state: State, facts: Facts) -> Job | None:
        """Change a job if the row is this very version of it; None when it is another."""
        self._expected.pop(job.id, None)
        after = altered(job, state, self.change + 1, self.now, facts.values)
        live = after.is_live
        liveness = live is not job.is_live
        written = self.db.execute(
            update_statement(tuple(facts.values), liveness),
            (
                *facts.columns,
                state.value,
                self.now,
                after.change,
                *((live,) if liveness else ()),
                job.id,
                job.fence,
                job.change,
            ),
        )
        if not written.rowcount:
            return None
        self.change += 1
        return after


class SqliteTransaction(Transaction):
    """A transaction on SQLite, which lets one write at a time."""

    __slots__ = ("_clock", "_file")

    def __init__(self, db: sqlite3.Connection, clock: Clock) -> None:
        self._file = db
        self._clock = clock
        super().__init__(db, clock.now())

    def clock(self) -> tuple[str, Sequence[float]]:
        """Return the time of this host, which is that of all who share a file."""
        return "?", (self._clock.now(),)

    def _begin(self) -> int:
        self.db.execute("BEGIN IMMEDIATE")
        return int(self.db.execute("SELECT change FROM journal").fetchone()[0])

    def insert(self, row: NewRow, columns: Row) -> None:
        """Write a job that isn't there yet."""
        written = self._file.execute(INSERT_JOB, columns)
        self._file.execute(INSERT_REQUEST, (written.lastrowid, row.request, row.words))


def _in_parts(values: Sequence[str]) -> Iterator[Sequence[Any]]:
    return (values[at : at + _AT_ONCE] for at in range(0, len(values), _AT_ONCE))
