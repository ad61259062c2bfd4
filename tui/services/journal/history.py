"""Reading the journal from any thread, or in a process that only reads."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from tui.core.job import Job
from tui.services.clock import SystemClock
from tui.services.journal.database import Database
from tui.services.journal.listing import newest_rows
from tui.services.journal.locks import FileLock
from tui.services.journal.protocol import DamagedError, JournalError, Query
from tui.services.journal.reading import StoredHistory
from tui.services.journal.rows import Row
from tui.services.journal.schema import check, version_of
from tui.services.journal.storage import connect
from tui.services.journal.trouble import explain, has_mark, is_damage, set_mark

_LOG = logging.getLogger(__name__)


class SqliteHistory(StoredHistory):
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

    def close(self) -> None:
        """Close the database."""
        with self._gate:
            if self._db:
                self._db.close()
            self._lock.close()
            self._db = None

    def _jobs(self, rows: Sequence[Row]) -> tuple[Job, ...]:
        try:
            return super()._jobs(rows)
        except DamagedError:
            set_mark(self._path)
            raise

    def _newest(self, query: Query) -> Sequence[Row]:
        with self._reading() as db:
            return newest_rows(db, query, full_text=self._full_text) if db else []

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
        self._db = connect(self._path, writable=False, searches=self._full_text)
