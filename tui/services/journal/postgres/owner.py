"""This process as an owner of jobs, known to all hosts by a row that it keeps fresh."""

import getpass
import os
import socket
import threading
from contextlib import suppress
from uuid import uuid4

import psycopg

from tui.services.journal.owner import HEARTBEAT_SECONDS, LEASE_SECONDS
from tui.services.journal.postgres.connection import PostgresConnection
from tui.services.journal.protocol import JournalError

_BEAT = (
    "INSERT INTO owners (id, name, pid, since, beat) "
    "VALUES (?, ?, ?, clock_timestamp(), clock_timestamp()) "
    "ON CONFLICT (id) DO UPDATE SET beat = excluded.beat"
)
# After a restart of the server nobody could show in time that it lives.
_IS_ALIVE = (
    "SELECT greatest(beat, pg_postmaster_start_time()) > "
    "clock_timestamp() - make_interval(secs => ?) FROM owners WHERE id = ?"
)
_SWEEP = "DELETE FROM owners WHERE beat < clock_timestamp() - interval '1 day'"


class PostgresOwner:
    """An owner whose heartbeat has a thread and a session of its own.

    It counts as dead a minute after its last beat, by the database's clock; whoever closes it
    properly is gone at once.
    """

    def __init__(self, db: PostgresConnection) -> None:
        self.id = uuid4().hex
        self._db = db
        self._who = (self.id, name_of_this(), os.getpid())
        db.execute(_SWEEP)
        db.execute(_BEAT, self._who)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._live, name="heartbeat", daemon=True)
        self._thread.start()

    def is_alive(self, owner: str) -> bool:
        """Whether that owner's process still lives; for the thread of the journal."""
        if owner == self.id:
            return True
        row = self._db.execute(_IS_ALIVE, (LEASE_SECONDS, owner)).fetchone()
        return bool(row and row[0])

    def close(self) -> None:
        """Stop being an owner; whoever looks from now on finds nobody."""
        self._end.set()
        self._thread.join()
        with suppress(psycopg.Error):
            self._db.renew()
            self._db.execute("DELETE FROM owners WHERE id = ?", (self.id,))

    def _live(self) -> None:
        db: PostgresConnection | None = None
        while not self._end.wait(HEARTBEAT_SECONDS):
            # While the server is away the next beat tries again.
            with suppress(psycopg.Error, JournalError):
                db = db or PostgresConnection(self._db.url)
                db.renew()
                db.execute(_BEAT, self._who)
        if db:
            db.close()


def name_of_this() -> str:
    """Return who works here, as others read it: user@host."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a number without a name, as in some containers
        user = str(os.geteuid())
    return f"{user}@{socket.gethostname()}"
