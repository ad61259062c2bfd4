"""The one connection that writes."""

import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tui.core.language import _
from tui.services.clock import Clock
from tui.services.journal.emergency import EmergencyFile
from tui.services.journal.late import take_in
from tui.services.journal.locks import FileLock
from tui.services.journal.mending import emergency_file, open_mended
from tui.services.journal.owner import HEARTBEAT_SECONDS, Owner
from tui.services.journal.protocol import DamagedError, JournalError
from tui.services.journal.search import has_full_text, index_some
from tui.services.journal.storage import make_private, network_kind
from tui.services.journal.transaction import SqliteTransaction, Transaction
from tui.services.journal.trouble import advice, explain, set_mark

_IDLE_SECONDS = 0.5

Write = Callable[[Transaction], Any]
Read = Callable[[sqlite3.Connection], Any]
Tell = Callable[[str], None]


class Database:
    """The journal's file, open for writing, for as long as this owner lives.

    `tell` gets a sentence about everything odd that was found, and mended, while opening.
    """

    def __init__(self, path: Path, clock: Clock, *, full_text: bool, tell: Tell) -> None:
        self.path = path
        self._clock = clock
        self._is_idle = False
        self._network = network_kind(path)
        with contextlib.ExitStack() as undo:
            try:
                if self._network and not path.exists():
                    tell(
                        _(
                            "The database is {path}{advice}.",
                            path=path,
                            advice=advice(self._network),
                        )
                    )
                make_private(path, tell)
                lock = None if self._network else path.with_name(f"{path.name}.lock")
                self._lock = FileLock(lock, create=True)
                undo.callback(self._lock.close)
                with self._lock.held(exclusive=True):
                    # An owner first: nobody replaces a database that somebody works with.
                    self.owner = Owner(path.parent / "owners", heartbeat=bool(self._network))
                    undo.callback(self.owner.close)
                    self._db = open_mended(path, self.owner, tell)
                    undo.callback(self._db.close)
                    self.emergency = EmergencyFile(emergency_file(path), locked=not self._network)
                    undo.callback(self.emergency.close)
                self.salt = bytes(self._db.execute("SELECT salt FROM journal").fetchone()[0])
                self.emergency.keep_salt(self.salt)
                self._indexes = self._unindexed = full_text and has_full_text(self._db)
            except (sqlite3.Error, OSError) as error:
                raise self._explained(error) from error
            undo.pop_all()
        take_in(self, tell)

    @property
    def patience(self) -> float | None:
        """How long (seconds) to wait for work before tidying; None when nothing is to be tidied."""
        if self._unindexed:
            return 0.0 if self._is_idle else _IDLE_SECONDS
        return HEARTBEAT_SECONDS if self.owner.heartbeat else None

    def run(self, writes: Sequence[Write], reads: Sequence[Read]) -> list[Any]:
        """Do all writes in one transaction, then the reads; return what each returns or raises.

        A write that is refused (JournalError, ValueError) has written nothing, and its
        neighbours don't notice. When the commit fails, all of them fail.
        """
        try:
            self.owner.beat()
            with self._lock.held(exclusive=bool(writes)):
                written = self._write(writes) if writes else []
                answers = written + [self._read(read) for read in reads]
        except OSError as error:
            answers = [self._explained(error) for _ in (*writes, *reads)]
        self._unindexed = self._unindexed or (self._indexes and bool(writes))
        self._is_idle = False
        return answers

    def tidy(self) -> None:
        """Index some new prompts for searching, while nobody waits for a commit."""
        more = False
        with contextlib.suppress(OSError):
            self.owner.beat()
            if self._unindexed:
                with self._lock.held(exclusive=True):
                    more = self._write([lambda _txn: index_some(self._db)]) == [True]
        # A disk that is full now isn't asked again before the next write.
        self._unindexed, self._is_idle = more, True

    def hurry(self) -> None:
        """Nothing here waits for longer than a commit takes."""

    @property
    def retries(self) -> int:
        """SQLite waits by itself."""
        return 0

    def close(self) -> None:
        """Close the database and stop being an owner."""
        self._db.close()
        self.emergency.close()
        self._lock.close()
        self.owner.close()

    def _write(self, writes: Sequence[Write]) -> list[Any]:
        try:
            txn = SqliteTransaction(self._db, self._clock)
            answers = [self._outcome(write, txn) for write in writes]
            txn.commit()
        except sqlite3.Error as error:
            with contextlib.suppress(sqlite3.Error):
                self._db.rollback()
            return [self._explained(error) for _ in writes]
        return answers

    def _read(self, read: Read) -> Any:
        try:
            return self._outcome(read, self._db)
        except sqlite3.Error as error:
            return self._explained(error)

    def _explained(self, error: sqlite3.Error | OSError) -> JournalError:
        return explain(error, self.path, self._network)

    def _outcome(self, do: Callable[[Any], Any], argument: Any) -> Any:
        try:
            return do(argument)
        except DamagedError as error:
            set_mark(self.path)
            return error
        except (JournalError, ValueError) as error:
            return error
