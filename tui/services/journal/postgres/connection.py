"""A connection to PostgreSQL that takes the journal's SQL."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg import Cursor
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tui.services.journal.postgres.dialect import inward, outward, spoken
from tui.services.journal.postgres.trouble import explain, is_passing
from tui.services.journal.sql import Row

SCHEMA_NAME = "imagedeck"
_CONNECT_SECONDS = 10
_KEEPALIVE = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 40_000,
}
# Whoever is stopped in the middle of a transaction must not hold up all others; nor must a host
# that sleeps in the middle of a COPY, which that timeout does not end.
_BEGIN = f"""
SET search_path = {SCHEMA_NAME};
SET idle_in_transaction_session_timeout = '10s';
SET tcp_keepalives_idle = 10;
SET tcp_keepalives_interval = 5;
SET tcp_keepalives_count = 3;
SET lock_timeout = '30s';
SELECT set_config('synchronous_commit', 'on', false)
WHERE current_setting('synchronous_commit') = 'off'
"""


class PostgresConnection:
    """One session at a time, made anew when it is asked for after a loss; for one thread."""

    def __init__(self, url: str) -> None:
        """Open it; raises JournalError, saying what to do."""
        self.url = url
        try:
            self.where = place_of(url)
            self._session = _connect(url)
        except psycopg.Error as error:
            raise explain(error, where_of(url)) from error
        self._later: list[Callable[[], None]] = []

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> "Cursor[Row]":
        """Carry out a statement, and before it what was put off."""
        if self._later:
            self.flush()
        return self._session.execute(spoken(sql), outward(parameters) if parameters else None)

    def put_off(self, act: Callable[[], None]) -> None:
        """Have something done before the next statement is carried out."""
        self._later.append(act)

    def flush(self) -> None:
        """Do what was put off."""
        waiting, self._later = self._later, []
        for act in waiting:
            act()

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Carry out a statement for each of some rows, in one go."""
        with self._session.cursor() as cursor:
            cursor.executemany(spoken(sql), [outward(row) for row in rows])

    def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Write many rows into a table in one go."""
        names = ", ".join(f'"{name}"' for name in columns)
        ready = [outward(row) for row in rows]  # before all others have to wait for it
        with (
            self._session.cursor() as cursor,
            cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
        ):
            for row in ready:
                copy.write_row(row)

    def send(self, sql: str, parameters: Sequence[Any]) -> None:
        """Carry out a statement whose bytes are bytes, not text."""
        self._session.execute(spoken(sql), parameters)

    def run_script(self, sql: str) -> None:
        """Carry out statements of PostgreSQL's own kind, as they are."""
        self._session.execute(sql.encode())

    def renew(self) -> None:
        """Connect again if the session was lost; raises psycopg's errors."""
        if self._session.closed:
            self._session = _connect(self.url)

    def give_up(self, error: psycopg.Error) -> None:
        """Undo what was begun; after a loss let the session go."""
        self._later = []
        if is_passing(error):
            self._session.close()
        with suppress(psycopg.Error):
            self._session.rollback()

    def notifies(self, seconds: float) -> bool:
        """Wait for a word of others, so many seconds at most; whether one came."""
        return any(True for _ in self._session.notifies(timeout=seconds, stop_after=1))

    def close(self) -> None:
        """End the session."""
        self._session.close()


@contextmanager
def telling(db: PostgresConnection) -> Iterator[PostgresConnection]:
    """Renew a session, use it, and tell what PostgreSQL complains of for people."""
    try:
        db.renew()
        yield db
    except psycopg.Error as error:
        db.give_up(error)
        raise explain(error, db.where) from error


def place_of(url: str) -> str:
    """Return where a database is, without any password: HOST:PORT/NAME."""
    parts = conninfo_to_dict(url)
    host, port = parts.get("host") or "localhost", parts.get("port") or 5432
    return f"{host}:{port}/{parts.get('dbname') or parts.get('user') or ''}"


def address_of(place: str) -> str:
    """Return how to reach a database of which only that is known; its user is the usual one."""
    host, _colon, rest = place.rpartition(":")
    port, _slash, name = rest.partition("/")
    return make_conninfo(host=host, port=port, dbname=name)


def where_of(url: str) -> str:
    """Return the same of what may be no address at all."""
    with suppress(psycopg.Error):
        return place_of(url)
    return "IMAGEDECK_DATABASE_URL"


def target_of(url: str) -> str:
    """Return what a session is opened with."""
    return make_conninfo(
        url,
        connect_timeout=_CONNECT_SECONDS,
        application_name="imagedeck",
        client_encoding="UTF8",
        **_KEEPALIVE,
    )


def _connect(url: str) -> "psycopg.Connection[Row]":
    session: psycopg.Connection[Row] = psycopg.connect(
        target_of(url), autocommit=True, row_factory=_rows_of
    )
    try:
        session.execute(_BEGIN)
    except psycopg.Error:
        session.close()
        raise
    return session


def _rows_of(_cursor: Any) -> Callable[[Sequence[Any]], Row]:
    return inward
