"""The newest jobs that a query asks for."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from tui.core.query import asks_for_deleted
from tui.core.words import terms_of
from tui.services.journal.conditions import split
from tui.services.journal.protocol import Query
from tui.services.journal.rows import SELECT_JOBS, SELECT_MATCHES, Row
from tui.services.journal.search import has_full_text, match_expression

_ALL = 2**62  # rows: for either database more than there are
_ITS_NUMBER = "(SELECT seq FROM jobs WHERE id = ?)"


def newest_rows(db: sqlite3.Connection, query: Query, *, full_text: bool) -> list[Row]:
    """Return the rows asked for, newest first; `full_text=False` leaves the index alone."""
    terms = wanted_terms(query)
    if terms is None:
        return _rows(db, query, limit_of(query))
    if not terms:
        return []
    # Two statements that must see the same state of the database.
    db.execute("BEGIN")
    try:
        indexed = _indexed(db) if full_text else 0
        # What is not indexed yet is read through; it is newer than all that is.
        recent = ["jobs.seq > ?", *("instr(requests.words, ?) > 0" for _ in terms)]
        rows = _rows(db, query, limit_of(query), recent, [indexed, *terms])
        left = limit_of(query) if query.limit is None else query.limit - len(rows)
        if indexed and left:
            rows += _matches(db, query, left, match_expression(db, terms))
        return rows
    finally:
        db.rollback()


def wanted_terms(query: Query) -> list[str] | None:
    """Return the runs of words to look for; None when no text is asked for, empty for nothing."""
    words = split(query.search, None)[0]
    if not query.text.strip() and not words:
        return None
    terms = [*terms_of(query.text), *words]
    return [] if "" in terms else terms


def is_said(query: Query) -> bool:
    """Whether the rows are all that was asked for; if not, some jobs among them are to be left."""
    return split(query.search, query.known)[2]


def _rows(
    db: sqlite3.Connection,
    query: Query,
    limit: int,
    conditions: Sequence[str] = (),
    values: Sequence[Any] = (),
) -> list[Row]:
    more, more_values = conditions_of(query, "jobs.seq")
    where = " AND ".join([*conditions, *more]) or "TRUE"
    statement = f"{SELECT_JOBS} WHERE {where} ORDER BY jobs.seq DESC LIMIT ?"
    return db.execute(statement, [*values, *more_values, limit]).fetchall()


def _matches(db: sqlite3.Connection, query: Query, limit: int, expression: str) -> list[Row]:
    more, values = conditions_of(query, "search.rowid")
    where = " AND ".join(["search MATCH ?", *more])
    statement = f"{SELECT_MATCHES} WHERE {where} ORDER BY search.rowid DESC LIMIT ?"
    return db.execute(statement, [expression, *values, limit]).fetchall()


def conditions_of(query: Query, number: str) -> tuple[list[str], list[Any]]:
    """Return what must hold besides the text, `number` being the column that grows with age."""
    conditions: list[str] = []
    values: list[Any] = []
    if query.states:
        conditions.append(f"state IN ({', '.join('?' for _ in query.states)})")
        values += [state.value for state in query.states]
    if query.since is not None:
        conditions.append("created >= ?")
        values.append(query.since)
    if query.group is not None:
        conditions.append('"group" = ?')
        values.append(query.group)
    if query.before is not None:
        conditions.append(f"{number} < {_ITS_NUMBER}")
        values.append(query.before)
    for expression, more in split(query.search, query.known)[1]:
        conditions.append(expression)
        values += more
    if not query.deleted and not asks_for_deleted(query.search):
        conditions.append("deleted IS NULL")
    if query.unfetched:
        conditions.append("results <> '[]'")
    return conditions, values


def limit_of(query: Query) -> int:
    """Return how many rows are asked for at most."""
    return _ALL if query.limit is None else query.limit


def _indexed(db: sqlite3.Connection) -> int:
    if not has_full_text(db):
        return 0
    return int(db.execute("SELECT indexed FROM journal").fetchone()[0])
