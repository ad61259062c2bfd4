"""What PostgreSQL says otherwise than SQLite, in statements and in values."""

import json
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from tui.services.journal.rows import SELECT_JOBS

# In front of a text that PostgreSQL has no form for, which follows as JSON: a noncharacter,
# so that no text of a person begins with it.
_MARK = "\ufdd0"
_WORDS = re.compile(r"\?|\binstr\(")
_SAID = {"?": "%s", "instr(": "strpos("}
_PLAIN = frozenset({type(None), int, float})
_MOST_LETTERS = 500  # of one word; PostgreSQL takes 2,046 bytes
_MOST_BYTES = 500_000  # of all words of a prompt; PostgreSQL takes 1 MB

# OFFSET 0 keeps the planner from going through a whole batch, or all that waits, for a few of its
# rows, which it does as long as it has no statistics of a batch that is just being added.
BY_ID = "(SELECT * FROM jobs WHERE id = ANY(?) OFFSET 0) AS jobs"
_BY_ROW = '(SELECT * FROM jobs WHERE "row" = ANY(?) OFFSET 0) AS jobs'
HOLDERS = SELECT_JOBS.replace("FROM jobs", f"FROM {_BY_ROW}", 1)

# The words first, then their jobs one by one: without statistics of what was just added the
# planner goes through all jobs, half a second of a hundred thousand.
MATCHES = SELECT_JOBS.replace(
    "FROM jobs JOIN requests USING (seq)",
    "FROM (SELECT * FROM requests WHERE {inner} OFFSET 0) AS requests CROSS JOIN LATERAL "
    "(SELECT * FROM jobs WHERE jobs.seq = requests.seq OFFSET 0) AS jobs "
    "WHERE {where} ORDER BY requests.seq DESC LIMIT ?",
)


@cache
def spoken(sql: str) -> str:
    """Return a statement as psycopg wants it; none of ours holds a percent sign or a string."""
    return _WORDS.sub(lambda found: _SAID[found[0]], sql)


def outward(values: Iterable[Any]) -> list[Any]:
    """Return values as PostgreSQL takes them."""
    return [value if _is_plain(value) else _outward(value) for value in values]


def _is_plain(value: Any) -> bool:
    kind = type(value)
    return kind in _PLAIN or (kind is str and value.isascii() and "\0" not in value)


def inward(values: Sequence[Any]) -> tuple[Any, ...]:
    """Return a row as SQLite would have given it."""
    return tuple(map(_inward, values))


def tokens_of(words: str) -> list[str] | None:
    """Return the different words of a prompt for the index; None when they are too many."""
    tokens = {word[:_MOST_LETTERS] for word in words.split()}
    is_long = 4 * len(words) > _MOST_BYTES
    too_many = is_long and sum(len(token.encode()) for token in tokens) > _MOST_BYTES
    return None if too_many else sorted(tokens)


def vector_of(words: str) -> str | None:
    """Return the same as the index's own type is written."""
    tokens = tokens_of(words)
    # Words hold letters and digits only, so nothing needs to be escaped.
    return None if tokens is None else " ".join(f"'{one}'" for one in tokens)


def query_of(terms: Iterable[str]) -> str:
    """Return what the index is asked for: runs of words, the last of each the beginning of one."""
    return " & ".join(part for term in terms for part in _parts(term.split()))


def _parts(words: Sequence[str]) -> Iterable[str]:
    # Words hold letters and digits only, so nothing needs to be escaped.
    for number, word in enumerate(words, 1):
        is_open = number == len(words) or len(word) >= _MOST_LETTERS
        yield f"'{word[:_MOST_LETTERS]}'{':*' if is_open else ''}"


def _outward(value: Any) -> Any:
    match value:
        case str():
            return _MARK + json.dumps(value) if _is_odd(value) else value
        case bool():
            return int(value)
        case bytes():  # text that is no UTF-8; see rows
            return _MARK + json.dumps(value.decode("utf-8", "surrogatepass"))
        case list():
            return outward(value)
        case _:
            return value


def _is_odd(text: str) -> bool:
    if text.isascii():
        return "\0" in text
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return "\0" in text or text.startswith(_MARK)


def _inward(value: Any) -> Any:
    match value:
        case str() if value.startswith(_MARK):
            return json.loads(value[1:])
        case Decimal():  # a sum of whole numbers
            return int(value)
        case _:
            return value
