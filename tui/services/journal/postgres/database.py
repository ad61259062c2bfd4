"""The one session that writes to PostgreSQL."""

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg

from tui.core.language import _
from tui.services.clock import Clock
from tui.services.journal.emergency import EmergencyFile
from tui.services.journal.late import take_in
from tui.services.journal.postgres.connection import PostgresConnection
from tui.services.journal.postgres.owner import PostgresOwner
from tui.services.journal.postgres.schema import check
from tui.services.journal.postgres.transaction import PostgresTransaction
from tui.services.journal.postgres.trouble import explain, is_passing
from tui.services.journal.protocol import DiskError, JournalError
from tui.services.journal.storage import make_private, network_kind
from tui.services.journal.transaction import About, Transaction

_PATIENCE_SECONDS = 120.0
_HURRIED_SECONDS = 5.0
_FIRST_PAUSE, _HURRIED_PAUSE, _LONGEST_PAUSE = 0.1, 0.2, 5.0  # seconds between two tries

Write = Callable[[Transaction], Any]
Read = Callable[[Any], Any]
Tell = Callable[[str], None]


class PostgresDatabase:
    """The shared database, open for writing, for as long as this owner lives.

    Whatever is asked while the server is away is tried again for two minutes. `folder` is on this
    host, for task ids that can't be committed at all.
    """

    def __init__(self, url: str, folder: Path, clock: Clock, *, tell: Tell) -> None:
        self._clock = clock
        self._tell = tell
        self._doubt: tuple[str, list[Any]] | None = None
        self._hurry = threading.Event()
        self.retries = 0
        with contextlib.ExitStack() as undo:
            self._db = PostgresConnection(url)
            undo.callback(self._db.close)
            try:
                check(self._db)
                row = self._db.execute("SELECT salt FROM journal").fetchone()
                self.owner = PostgresOwner(self._db)
            except psycopg.Error as error:
                raise explain(error, self._db.where) from error
            undo.callback(self.owner.close)
            self.salt = bytes(row[0]) if row else b""
            self.emergency = _emergency_file(self._db.where, folder, tell)
            undo.callback(self.emergency.close)
            take_in(self, tell)
            undo.pop_all()

    @property
    def where(self) -> str:
        """Where it is, without any password: HOST:PORT/NAME."""
        return self._db.where

    @property
    def patience(self) -> float | None:
        """Nothing is to be tidied: the heartbeat has a thread of its own."""
        return None

    def run(self, writes: Sequence[Write], reads: Sequence[Read]) -> list[Any]:
        """Do all writes in one transaction, then the reads; return what each returns or raises.

        A write that is refused (JournalError, ValueError) has written nothing, and its
        neighbours don't notice. When the commit fails, all of them fail.
        """
        begun, pause = time.monotonic(), _FIRST_PAUSE
        written: list[Any] | None = None if writes else []
        while True:
            try:
                self._db.renew()
                if written is None:
                    written = self._settled() or self._write(writes)
                return written + [self._read(read) for read in reads]
            except psycopg.Error as error:
                self._db.give_up(error)
                if not (is_passing(error) and self._may_wait(begun, pause, error)):
                    self._doubt = None
                    told = explain(error, self._db.where)
                    done = [told for _one in writes] if written is None else written
                    return [*done, *(told for _one in reads)]
                pause = min(2 * pause, _LONGEST_PAUSE)

    def tidy(self) -> None:
        """Nothing is put off here."""

    def hurry(self) -> None:
        """Give a server that is away a few more seconds, and no more."""
        self._hurry.set()

    def close(self) -> None:
        """End the session and stop being an owner."""
        self.owner.close()
        self._db.close()
        self.emergency.close()

    def _write(self, writes: Sequence[Write]) -> list[Any]:
        txn = PostgresTransaction(self._db, self._clock.now())
        # A round trip for each would be most of what a job costs.
        txn.expect(write.job_id for write in writes if isinstance(write, About))
        answers = [_outcome(write, txn) for write in writes]
        self._db.flush()
        # From here on a loss leaves open whether it was committed; the server can tell later.
        self._doubt = (txn.number, answers)
        txn.commit()
        self._doubt = None
        return answers

    def _settled(self) -> list[Any] | None:
        """Return what a commit in doubt has come to; None when nothing was written."""
        if self._doubt is None:
            return None
        number, answers = self._doubt
        row = self._db.execute("SELECT pg_xact_status(?::xid8)", (number,)).fetchone()
        match row and row[0]:
            case "committed":
                self._doubt = None
                return answers
            case "in progress":
                raise psycopg.OperationalError("the server has not noticed the loss yet")
            case _:
                self._doubt = None
                return None

    def _read(self, read: Read) -> Any:
        try:
            return _outcome(read, self._db)
        except psycopg.Error as error:
            if is_passing(error):
                raise
            return explain(error, self._db.where)

    def _may_wait(self, begun: float, pause: float, error: psycopg.Error) -> bool:
        most = _HURRIED_SECONDS if self._hurry.is_set() else _PATIENCE_SECONDS
        if time.monotonic() + pause > begun + most:
            return False
        self.retries += 1
        if pause == _FIRST_PAUSE:
            said = explain(error, self._db.where)
            self._tell(_("{said}. It is tried again for two minutes.", said=said))
        if self._hurry.is_set():
            time.sleep(min(pause, _HURRIED_PAUSE))
        else:
            self._hurry.wait(pause)
        return True


def _outcome(do: Callable[[Any], Any], argument: Any) -> Any:
    try:
        return do(argument)
    except (JournalError, ValueError) as error:
        return error


def _emergency_file(where: str, folder: Path, tell: Tell) -> EmergencyFile:
    # One for each database: what it holds belongs to that one.
    name = sha256(where.encode()).hexdigest()[:16]
    path = folder / f"shared-{name}.emergency"
    try:
        make_private(path, tell)
        return EmergencyFile(path, locked=not network_kind(path))
    except OSError as error:
        raise DiskError(
            _(
                "Can't write to {filename}: {strerror}",
                filename=error.filename or path,
                strerror=error.strerror or error,
            )
        ) from error
