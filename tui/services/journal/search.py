"""Prompts as words that can be searched."""

import re
import sqlite3
import unicodedata

_SLICE = 500
_MOST_TERMS = 32
_MOST_TEXT = 1000
# Scripts written without blanks, as well as pictographs: each character is a word of its own.
_SINGLE = (
    "[\u2600-\u27bf\u2b00-\u2bff\u2e80-\u2fdf\u3005-\u3007\u3040-\u312f\u3131-\u318f\u31a0-\u31bf"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\U0001f000-\U0001faff\U00020000-\U0003ffff]"
)
_WORD = re.compile(rf"{_SINGLE}|(?:(?!{_SINGLE})[^\W_])+")
_ACCENTS = re.compile("[\u0300-\u036f]")


def words_of(text: str) -> str:
    """Return the words of a text, folded, each with a blank before it: what is indexed."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    folded = unicodedata.normalize("NFKC", _ACCENTS.sub("", plain))
    return "".join(f" {word}" for word in _WORD.findall(folded))


def terms_of(text: str) -> list[str]:
    """Return what to look for: each blank-separated part as a run of words, the last a prefix.

    Empty when there is no word in the text, so that nothing can be found.
    """
    parts = (words_of(part) for part in text[:_MOST_TEXT].split())
    return [part for part in parts if part][:_MOST_TERMS]


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
