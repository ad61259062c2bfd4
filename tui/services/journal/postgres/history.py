"""Reading the shared database from any thread, or in a process that only reads."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import psycopg

from tui.core.job import Job
from tui.services.journal.listing import conditions_of, limit_of, wanted_terms
from tui.services.journal.postgres.connection import PostgresConnection
from tui.services.journal.postgres.dialect import HOLDERS, query_of
from tui.services.journal.postgres.schema import check
from tui.services.journal.postgres.trouble import explain, is_passing
from tui.services.journal.protocol import Query
from tui.services.journal.reading import StoredHistory
from tui.services.journal.rows import SELECT_JOBS, Row

T = TypeVar("T")


class PostgresHistory(StoredHistory):
    """The stored jobs in PostgreSQL; connected when it is first asked for something.

    One session for all threads, behind a gate. Every method raises JournalError when the
    database can't be read.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._gate = threading.Lock()
        self._db: PostgresConnection | None = None

    def close(self) -> None:
        """End the session."""
        with self._gate:
            if self._db:
                self._db.close()
            self._db = None

    def holders(self, group: str, rows: Sequence[str]) -> dict[str, Job]:
        """Return the jobs that hold these rows of a batch, by row."""
        found = self._jobs(self._rows(f'{HOLDERS} WHERE "group" = ?', [[*rows], group]))
        return {str(job.row): job for job in found}

    def _rows(self, statement: str, values: Sequence[Any]) -> Sequence[Any]:
        return self._read(lambda db: db.execute(statement, values).fetchall())

    def _newest(self, query: Query) -> Sequence[Row]:
        conditions, values = conditions_of(query, "jobs.seq")
        terms = wanted_terms(query)
        if terms is not None:
            if not terms:
                return []
            # The index knows words, the text their order.
            conditions.append("(tokens @@ ?::tsquery OR tokens IS NULL)")
            conditions += ["instr(requests.words, ?) > 0" for _ in terms]
            values += [query_of(terms), *terms]
        where = " AND ".join(conditions) or "TRUE"
        statement = f"{SELECT_JOBS} WHERE {where} ORDER BY jobs.seq DESC LIMIT ?"
        return self._rows(statement, [*values, limit_of(query)])

    def _read(self, read: Callable[[PostgresConnection], T]) -> T:
        with self._gate:
            if self._db is None:
                self._db = self._opened()
            try:
                return self._tried(self._db, read)
            except psycopg.Error as error:
                raise explain(error, self._db.where) from error

    def _opened(self) -> PostgresConnection:
        db = PostgresConnection(self._url)
        try:
            check(db)
        except psycopg.Error as error:
            db.close()
            raise explain(error, db.where) from error
        except BaseException:
            db.close()
            raise
        return db

    def _tried(self, db: PostgresConnection, read: Callable[[PostgresConnection], T]) -> T:
        try:
            db.renew()
            return read(db)
        except psycopg.Error as error:
            db.give_up(error)
            if not is_passing(error):
                raise
        # A session that a restart of the server has ended is noticed only when it is used.
        db.renew()
        return read(db)
