"""The making, migrating and looking over of a shared database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from tui.core.language import _
from tui.services.journal.owner import LEASE_SECONDS
from tui.services.journal.postgres import queues
from tui.services.journal.postgres.connection import PostgresConnection, telling
from tui.services.journal.postgres.schema import check, newer, prepare, version_of
from tui.services.journal.protocol import JournalError
from tui.services.journal.schema import SCHEMA

_OWNERS = (
    "SELECT name, pid, extract(epoch FROM clock_timestamp() - since)::float8, "
    "extract(epoch FROM clock_timestamp() - beat)::float8, "
    "(SELECT count(*) FROM jobs WHERE live = 1 AND owner = owners.id) FROM owners "
    "WHERE beat > clock_timestamp() - make_interval(secs => ?) ORDER BY since"
)


class Living(NamedTuple):
    """A process that works with the database; times are seconds ago."""

    name: str
    pid: int
    started: float
    beaten: float
    jobs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a shared database is, and what it holds; `waiting` jobs lie in the workers' queues."""

    where: str
    server: str
    version: int
    bytes: int
    states: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    workers: int = 0
    owners: tuple[Living, ...] = ()


def init(url: str) -> tuple[str, bool]:
    """Make the tables where there are none; return where, and whether that was so."""
    with _open(url) as db:
        found = version_of(db)
        if found not in {0, SCHEMA.version}:
            check(db)
        return db.where, prepare(db) == 0


def migrate(url: str) -> tuple[str, int, int]:
    """Bring the tables to this version; return where, from which version, and to which."""
    with _open(url) as db:
        found = version_of(db)
        if found == 0:
            check(db)
        if found > SCHEMA.version:
            raise JournalError(newer(db, found))
        if found < SCHEMA.version and (owners := _living(db)):
            raise JournalError(
                _(
                    "{names} still work with {where}; end imagedeck there, then migrate. One that "
                    "was killed counts as gone after a minute",
                    names=", ".join(f"{one.name} ({one.pid})" for one in owners),
                    where=db.where,
                )
            )
        return db.where, prepare(db), SCHEMA.version


def status(url: str) -> Status:
    """Look the database over; raises JournalError where this version can't work with it."""
    with _open(url) as db:
        check(db)
        size, server = db.execute(
            "SELECT pg_database_size(current_database()), current_setting('server_version')"
        ).fetchall()[0]
        states = db.execute("SELECT state, count(*) FROM jobs GROUP BY state ORDER BY state")
        return Status(
            where=db.where,
            server=str(server),
            version=version_of(db),
            bytes=int(size),
            states={str(state): int(number) for state, number in states},
            owners=_living(db),
            waiting=queues.waiting(db) if queues.has_tables(db) else 0,
            workers=queues.alive(db) if queues.has_tables(db) else 0,
        )


def look_through(url: str) -> None:
    """Let the server know at once what has come in, which searches go by.

    Without the right to do so nothing happens, and it finds out by itself a little later.
    """
    with _open(url) as db:
        db.execute("VACUUM (ANALYZE) jobs, requests")


def _living(db: PostgresConnection) -> tuple[Living, ...]:
    return tuple(Living(*row) for row in db.execute(_OWNERS, (LEASE_SECONDS,)))


@contextmanager
def _open(url: str) -> Iterator[PostgresConnection]:
    db = PostgresConnection(url)
    try:
        with telling(db):
            yield db
    finally:
        db.close()
