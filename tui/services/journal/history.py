"""Reading the journal from any thread, or in a process that only reads."""

import logging
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from tui.core.budget import Spent
from tui.core.job import Job
from tui.core.matching import holds
from tui.core.price import dollars
from tui.core.stats import Entry
from tui.services.clock import SystemClock
from tui.services.journal.database import Database
from tui.services.journal.listing import is_said, newest_rows
from tui.services.journal.locks import FileLock
from tui.services.journal.protocol import DamagedError, JournalError, Query
from tui.services.journal.rows import SELECT_JOBS, Row, job_of
from tui.services.journal.schema import check, version_of
from tui.services.journal.spending import LEDGER, SPENT, days_of, entry_of, today
from tui.services.journal.storage import connect
from tui.services.journal.trouble import explain, has_mark, is_damage, set_mark

_LOG = logging.getLogger(__name__)
_MOST_FOUND = 10
_PAGE = 1000


class SqliteHistory:
    """The stored jobs. A database that isn't there yet holds none, and is not made.

    One connection for all threads, behind a gate: a page of a hundred thousand jobs takes a
    millisecond or two. `full_text=False` searches without the index. A damaged database is
    mended when it is opened, and `tell` gets a sentence about it. Every method raises
    JournalError when the database can't be read.
    """

    def __init__(
        self,
        path: Path,
        *,
        full_text: bool = True,
        tell: Callable[[str], None] = _LOG.warning,
    ) -> None:
        self._tell = tell
        self._path = path
        self._full_text = full_text
        self._gate = threading.Lock()
        self._lock = FileLock(None, create=False)
        self._db: sqlite3.Connection | None = None

    def get(self, job_id: str) -> Job | None:
        """Return the job with exactly this id."""
        rows = self._rows(f"{SELECT_JOBS} WHERE id = ?", [job_id])
        return self._jobs(rows)[0] if rows else None

    def find(self, suffix: str) -> list[Job]:
        """Return the jobs whose id ends so, newest first, at most ten."""
        if not (suffix.isascii() and suffix.isalnum()):  # bytes that are no text come here too
            return []
        # Ids grow with time, so their index alone is read, from its end.
        newest = "SELECT id FROM jobs WHERE substr(id, ?) = ? ORDER BY id DESC LIMIT ?"
        rows = self._rows(
            f"{SELECT_JOBS} WHERE id IN ({newest}) ORDER BY id DESC",
            [-len(suffix), suffix.lower(), _MOST_FOUND],
        )
        return [*self._jobs(rows)]

    def durations(self, model: str, kind: str, limit: int = 50) -> list[float]:
        """Return how long (seconds) the newest saved jobs of a model and kind were processing."""
        rows = self._rows(
            "SELECT finished - coalesce(started, submitted) FROM jobs "
            "WHERE state = 'saved' AND model = ? AND kind = ? "
            "AND finished >= coalesce(started, submitted) ORDER BY finished DESC LIMIT ?",
            [model, kind, limit],
        )
        return [float(seconds) for (seconds,) in rows]

    def list(self, query: Query) -> "list[Job]":
        """Return the jobs asked for, newest first."""
        known = query.known
        if known is None or is_said(query):
            return [*self._page(query)]
        found: list[Job] = []
        most = sys.maxsize if query.limit is None else query.limit
        rest = replace(query, limit=_PAGE)
        # Pages, so that no other reader waits long.
        while len(found) < most and (page := self._page(rest)):
            found += [job for job in page if holds(query.search, job, known)]
            rest = replace(rest, before=page[-1].id)
        return found[:most]

    def _page(self, query: Query) -> Sequence[Job]:
        with self._reading() as db:
            rows = newest_rows(db, query, full_text=self._full_text) if db else []
        return self._jobs(rows)

    def spent(self, now: float) -> Spent:
        """Return what this day and month have cost up to now (Unix seconds)."""
        sums = [self._rows(SPENT, days) for days in days_of(today(now))]
        day, month = (dollars(rows[0][0] if rows else 0) for rows in sums)
        return Spent(day=day, month=month)

    def ledger(self, since: float, keys: Sequence[str]) -> Iterator[Entry]:
        """Return what jobs made since then cost, keyed by some of `day`, `model` and `batch`."""
        rows = self._rows(LEDGER, [since])
        return (entry_of(row, keys) for row in rows)

    def holders(self, group: str, rows: Sequence[str]) -> dict[str, Job]:
        """Return the jobs that hold these rows of a batch, by row; at most 500 are asked for."""
        marks = ", ".join("?" for _ in rows)
        statement = f'{SELECT_JOBS} WHERE "group" = ? AND "row" IN ({marks})'
        return {str(job.row): job for job in self._jobs(self._rows(statement, [group, *rows]))}

    def close(self) -> None:
        """Close the database."""
        with self._gate:
            if self._db:
                self._db.close()
            self._lock.close()
            self._db = None

    def _jobs(self, rows: Sequence[Row]) -> tuple[Job, ...]:
        try:
            return tuple(map(job_of, rows))
        except DamagedError:
            set_mark(self._path)
            raise

    def _rows(self, statement: str, values: Sequence[Any]) -> Sequence[Any]:
        with self._reading() as db:
            return db.execute(statement, values).fetchall() if db else []

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        with self._gate:
            try:
                if self._db is None:
                    self._open()
                if self._db is None:
                    yield None
                    return
                with self._lock.held(exclusive=False):
                    yield self._db
            except (sqlite3.Error, OSError) as error:
                raise explain(error, self._path) from error

    def _open(self) -> None:
        if not self._path.exists():
            return
        if has_mark(self._path):
            with suppress(JournalError):  # somebody works with it: what can be read is read
                self._mend()
        try:
            self._connect()
        except (sqlite3.DatabaseError, DamagedError, UnicodeDecodeError) as error:
            if isinstance(error, sqlite3.DatabaseError) and not is_damage(error):
                raise
            self._mend()
            self._connect()

    def _mend(self) -> None:
        """Let the database be migrated or mended, as every start of an engine does."""
        Database(self._path, SystemClock(), full_text=False, tell=self._tell).close()

    def _connect(self) -> None:
        self._lock = FileLock(self._path.with_name(f"{self._path.name}.lock"), create=False)
        with self._lock.held(exclusive=False), closing(connect(self._path, writable=False)) as db:
            is_current, is_empty = check(db, self._path), version_of(db) == 0
        if is_empty:
            return
        if not is_current:
            self._mend()
        self._db = connect(self._path, writable=False)
