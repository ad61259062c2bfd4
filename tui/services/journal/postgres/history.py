"""Reading the shared database from any thread, or in a process that only reads."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import psycopg

from tui.core.job import Job
from tui.core.staff import Need, Staff
from tui.services.journal.listing import conditions_of, limit_of, wanted_terms
from tui.services.journal.postgres import queues, staff
from tui.services.journal.postgres.connection import PostgresConnection
from tui.services.journal.postgres.dialect import HOLDERS, MATCHES, query_of
from tui.services.journal.postgres.legible import Legible
from tui.services.journal.postgres.schema import check
from tui.services.journal.postgres.trouble import explain, is_passing
from tui.services.journal.protocol import Query
from tui.services.journal.reading import StoredHistory
from tui.services.journal.rows import SELECT_JOBS, Row, job_of

T = TypeVar("T")
_RECENT = 5000
_HAS_WORDS = "(tokens @@ ?::tsquery OR tokens IS NULL)"


class PostgresHistory(StoredHistory):
    """The stored jobs in PostgreSQL; connected when it is first asked for something.

    One session for all threads, behind a gate. Every method raises JournalError when the
    database can't be read; of many jobs one that can't be read is left out.
    """

    def __init__(self, url: str, legible: Legible) -> None:
        self._url = url
        self._legible = legible
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
        found = self._rows(f'{HOLDERS} WHERE "group" = ?', [[*rows], group])
        return {str(job.row): job for job in map(job_of, found)}

    def _jobs(self, rows: Sequence[Row]) -> tuple[Job, ...]:
        return (*self._legible.jobs(rows),)

    def staff(self, needs: Iterable[Need]) -> Staff:
        """Return how many workers are alive, and which of these needs none of them meets."""
        look = partial(staff.look, needs=[*needs])
        return self._read(lambda db: look(db) if queues.has_tables(db) else Staff())

    def _rows(self, statement: str, values: Sequence[Any]) -> Sequence[Any]:
        return self._read(lambda db: db.execute(statement, values).fetchall())

    def _newest(self, query: Query) -> Sequence[Row]:
        terms = wanted_terms(query)
        if terms is None:
            conditions, values = conditions_of(query, "jobs.seq")
            where = " AND ".join(conditions) or "TRUE"
            statement = f"{SELECT_JOBS} WHERE {where} ORDER BY jobs.seq DESC LIMIT ?"
            return self._rows(statement, [*values, limit_of(query)])
        return self._matches(query, terms) if terms else []

    def _matches(self, query: Query, terms: Sequence[str]) -> Sequence[Row]:
        limit, before = limit_of(query), [query.before] if query.before else []
        older = "seq < (SELECT seq FROM jobs WHERE id = ?)" if before else "TRUE"
        conditions, values = conditions_of(replace(query, before=None), "jobs.seq")
        # The index knows words, the text their order.
        found = " AND ".join([_HAS_WORDS, *("instr(requests.words, ?) > 0" for _ in terms)])
        words = [query_of(terms), *terms]
        where = " AND ".join([*conditions, "TRUE"])
        if limit <= _RECENT:
            # Words that many have are found among the newest, without the index.
            inner = f"{older} ORDER BY seq DESC LIMIT {_RECENT}"
            statement = MATCHES.format(inner=inner, where=f"{found} AND {where}")
            rows = self._rows(statement, [*before, *words, *values, limit])
            if len(rows) == limit:
                return rows
        statement = MATCHES.format(inner=f"{older} AND {found} ORDER BY seq DESC", where=where)
        return self._rows(statement, [*before, *words, *values, limit])

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
