"""The index of the prompts' words."""

import sqlite3

_SLICE = 500


def match_expression(terms: list[str]) -> str:
    """Return the FTS5 expression for terms, which hold letters, digits and blanks only."""
    return " ".join(f'"{term}" *' for term in terms)


def has_full_text(db: sqlite3.Connection) -> bool:
    """Whether this build of SQLite has FTS5."""
    return bool(db.execute("SELECT 1 FROM pragma_module_list WHERE name = 'fts5'").fetchone())


def index_some(db: sqlite3.Connection) -> bool:
    """Index the next jobs, inside the caller's transaction; return whether some are left."""
    db.execute(
        # Words are cut here, so FTS5 has only to split at blanks; `ascii` takes anything else
        # for a letter. No content: the words are in `requests` already.
        "CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5"
        "(words, content='', columnsize=0, prefix='1 2 3', tokenize='ascii')"
    )
    (indexed,) = db.execute("SELECT indexed FROM journal").fetchone()
    rows = db.execute(
        "SELECT seq, words FROM requests WHERE seq > ? ORDER BY seq LIMIT ?", (indexed, _SLICE)
    ).fetchall()
    if rows:
        db.executemany("INSERT INTO search (rowid, words) VALUES (?, ?)", rows)
        db.execute("UPDATE journal SET indexed = ?", (rows[-1][0],))
    return len(rows) == _SLICE
