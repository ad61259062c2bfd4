"""A transaction on PostgreSQL."""

from collections.abc import Iterable, Sequence
from typing import Any

from tui.core.job import Job
from tui.services.journal.postgres.connection import PostgresConnection
from tui.services.journal.postgres.dialect import HOLDERS, tokens_of, vector_of
from tui.services.journal.rows import INSERT_JOB, INSERTED, NewRow, Row, job_of
from tui.services.journal.transaction import Place, Transaction, place_of

# One row of one table: who holds it writes alone, on whichever host, and the running numbers
# become visible in their order.
_BEGIN = "SELECT change, pg_current_xact_id()::text FROM journal FOR UPDATE"
_CLOCK = "extract(epoch FROM clock_timestamp())::float8"
_REQUEST = "INSERT INTO requests (seq, request, words, tokens)"
_TOKENS = "array_to_tsvector(?::text[])"
_INSERT = (
    f"WITH new AS ({INSERT_JOB} RETURNING seq) {_REQUEST} SELECT seq, ?, ?, {_TOKENS} FROM new"  # noqa: S608 - constants only
)

_NUMBERS = "SELECT nextval(pg_get_serial_sequence('jobs', 'seq')) FROM generate_series(1, ?)"
REQUEST = ("seq", "request", "words", "tokens")
# Up to here one statement for each costs less than the round trips that copying takes.
_FEW = 8


class PostgresTransaction(Transaction):
    """A transaction whose `number` the server knows it by, also after the session was lost."""

    __slots__ = ("_new", "_session", "number")

    def __init__(self, db: PostgresConnection, now: float) -> None:
        self._session = db
        self._new: list[tuple[NewRow, Row]] = []
        self.number = ""
        super().__init__(db, now)

    def commit(self) -> None:
        """Make everything durable, and tell those who listen."""
        if self.change != self._first:
            self.db.execute("NOTIFY imagedeck")
        super().commit()

    def insert(self, row: NewRow, columns: Row) -> None:
        """Write a job that isn't there yet, together with others."""
        if not self._new:
            self._session.put_off(self._insert)
        self._new.append((row, columns))

    def _insert(self) -> None:
        """Write the new jobs: a few in one go, of many each table in one."""
        new, self._new = self._new, []
        if len(new) <= _FEW:
            self._session.execute_many(_INSERT, (_whole(*one) for one in new))
            return
        numbers = [one for (one,) in self._session.execute(_NUMBERS, (len(new),))]
        jobs = zip(numbers, new, strict=True)
        self.copy("jobs", ("seq", *INSERTED), ((seq, *row[1]) for seq, row in jobs))
        requests = zip(numbers, new, strict=True)
        self.copy("requests", REQUEST, (_request(seq, row) for seq, (row, _) in requests))

    def copy(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Write many rows of a table that are not there yet."""
        self._session.copy(table, columns, rows)

    def holders(self, places: Iterable[Place]) -> dict[Place, Job]:
        """Read the jobs that hold rows of batches."""
        wanted = {*places}
        if not wanted:
            return {}
        found = map(job_of, self.db.execute(HOLDERS, [[row for _group, row in wanted]]))
        return {place: job for job in found if (place := place_of(job)) in wanted and place}

    def clock(self) -> tuple[str, Sequence[float]]:
        """Return the server's own time."""
        return _CLOCK, ()

    def _among(self, some: Sequence[Any]) -> tuple[str, Sequence[Any]]:
        # One value, whatever their number: four hundred marks took longer than the inserts.
        return "= ANY(?)", [list(some)]

    def _begin(self) -> int:
        self._session.execute("BEGIN")
        found = self._session.execute(_BEGIN).fetchone()
        change, self.number = found or (0, "")
        return int(change)


def _whole(row: NewRow, columns: Row) -> Row:
    return (*columns, row.request, row.words, tokens_of(row.words))


def _request(number: int, row: NewRow) -> Row:
    return number, row.request, row.words, vector_of(row.words)
