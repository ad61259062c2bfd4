"""What can still be read of a damaged database."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import MISSING, fields, replace
from itertools import combinations
from typing import Any, NamedTuple

from tui.core.job import ErrorKind, Job, State
from tui.core.language import english
from tui.core.naming import DEFAULT_TEMPLATE
from tui.models import MODELS
from tui.services.journal.protocol import JournalError
from tui.services.journal.rows import INSERT_JOB, INSERT_REQUEST, job_of, new_row

Columns = Mapping[str, Any]

_AT_ONCE = 256
_SALT_BYTES = 16
_MOST_FAILURES = 50_000  # queries; with a whole branch of a large table gone
_LOST_PROMPT = "(the prompt was lost with a damaged database)"
_LISTS = {"results": "[]", "files": "[]", "error": None, "warnings": "[]", "tags": "[]"}
_NUMBERS = frozenset(
    {"created", "updated", "not_before", "submitted", "started", "finished", "deleted"}
)
_INTEGERS = frozenset({"change", "fence", "tries", "watched", "price", "rating"})
_ADD_UP = (
    "INSERT INTO spending (day, amount) SELECT day, sum(price) FROM attempts "
    "WHERE typeof(day) = 'text' AND typeof(price) = 'integer' "
    "AND phase IN ('connecting', 'sent', 'accepted', 'unknown') GROUP BY day"
)
_REQUIRED: Columns = {"created": 0.0, "updated": 0.0, "change": 0, "fence": 1, "folder": "."}
_ATTEMPT = (
    "id",
    "job",
    "fence",
    "phase",
    "connecting",
    "sent",
    "settled",
    "task_id",
    "origin",
    "poll_path",
    "fingerprint",
    "price",
    "day",
)
_MARKS = ", ".join("?" for _ in _ATTEMPT)
_INSERT_ATTEMPT = f"INSERT OR IGNORE INTO attempts VALUES ({_MARKS})"  # noqa: S608 - marks only


class Salvaged(NamedTuple):
    """How many jobs could be read, and how many of them are unfinished or unresolved."""

    jobs: int
    open: int


def salvage(source: sqlite3.Connection, target: sqlite3.Connection, salt: bytes | None) -> Salvaged:
    """Copy all jobs and attempts that can be read into an empty database, in one transaction.

    `salt` is used when the source's own is lost. A job whose row is gone is made anew from its
    attempt: its task is paid for.
    """
    source.text_factory = lambda raw: raw.decode("utf-8", "replace")
    attempts = [one for one in _rows(source, "attempts") if isinstance(one.get("job"), str)]
    requests = {one["seq"]: one.get("request") for one in _rows(source, "requests")}
    target.execute("BEGIN IMMEDIATE")
    count = Salvaged(0, 0)
    known: set[str] = set()
    folder, newest = ".", 0
    for columns in _rows(source, "jobs"):
        job = _job(columns, requests.get(columns["seq"]))
        if job and _add(target, job):
            count = _counted(count, job)
            known.add(job.id)
            folder, newest = job.folder, max(newest, job.change)
    for attempt in attempts:
        target.execute(_INSERT_ATTEMPT, [attempt.get(name) for name in _ATTEMPT])
        job = None if attempt["job"] in known else _from_attempt(attempt, folder, newest + 1)
        if job and _add(target, job):
            count = _counted(count, job)
            known.add(job.id)
            newest += 1
    target.execute(_ADD_UP)
    _set_journal(source, target, newest + 1, salt)
    target.execute("COMMIT")
    return count


def _counted(count: Salvaged, job: Job) -> Salvaged:
    is_open = job.is_live or (job.state is State.UNKNOWN and job.resolution is None)
    return Salvaged(count.jobs + 1, count.open + is_open)


def _set_journal(
    source: sqlite3.Connection, target: sqlite3.Connection, change: int, salt: bytes | None
) -> None:
    if salt is None:
        with suppress(sqlite3.Error, UnicodeDecodeError, TypeError):
            (found,) = source.execute("SELECT salt FROM journal").fetchone()
            salt = found if isinstance(found, bytes) and len(found) == _SALT_BYTES else None
    target.execute("UPDATE journal SET change = ?, salt = coalesce(?, salt)", (change, salt))


def _rows(db: sqlite3.Connection, table: str) -> Iterator[dict[str, Any]]:
    """Read a table by its row numbers, going round what can't be read."""
    ranges = [(low, low + _AT_ONCE - 1) for low in range(1, _last(db, table) + 1, _AT_ONCE)][::-1]
    failures = 0
    while ranges:
        low, high = ranges.pop()
        try:
            # S608: one of our own three tables.
            found = db.execute(
                f"SELECT rowid AS seq, * FROM {table} WHERE rowid BETWEEN ? AND ?",  # noqa: S608 - see above
                (low, high),
            )
            rows = found.fetchall()
        except (sqlite3.Error, UnicodeDecodeError):
            failures += 1
            if low < high and failures < _MOST_FAILURES:
                middle = (low + high) // 2
                ranges += [(middle + 1, high), (low, middle)]
            continue
        names = [one[0] for one in found.description]
        yield from (dict(zip(names, row, strict=True)) for row in rows)


def _last(db: sqlite3.Connection, table: str) -> int:
    """Return a number that no row's number is above, as near as can be known."""
    try:
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        most = int(pages) * 4096 // 32  # no row is shorter
    except (sqlite3.Error, UnicodeDecodeError, TypeError):
        return 0
    try:
        (last,) = db.execute(f"SELECT max(rowid) FROM {table}").fetchone()  # noqa: S608 - our own table
    except (sqlite3.Error, UnicodeDecodeError):
        return most
    return min(int(last or 0), most)


def _job(columns: Columns, request: object) -> Job | None:
    """Make a job of what is left of its row; None when not even its id is."""
    if not isinstance(columns.get("id"), str):
        return None
    whole = {one.name: _checked(one.name, columns, one.default) for one in fields(Job)}
    whole["request"] = request
    patches: tuple[Columns, ...] = (
        {"request": _lost_request(columns)},
        _LISTS,
        {"state": _likely(columns)},
    )
    for number in range(len(patches) + 1):
        for chosen in combinations(patches, number):
            repaired: dict[str, Any] = whole.copy()
            for patch in chosen:
                repaired |= patch
            with suppress(JournalError):
                job = job_of(tuple(repaired.values()))
                if isinstance(job.request.values, dict) and "prompt" in job.request.values:
                    return job
    return None


def _checked(name: str, columns: Columns, default: Any) -> Any:
    value = columns.get(name)
    if name in _INTEGERS:
        is_good = isinstance(value, int)
    elif name in _NUMBERS:
        is_good = isinstance(value, int | float)
    else:
        is_good = isinstance(value, str | bytes)
    if is_good:
        return value
    if name in _LISTS:
        return _LISTS[name]
    return _REQUIRED.get(name, "" if default is MISSING else default)


def _likely(columns: Columns) -> str:
    return State.PENDING.value if isinstance(columns.get("task_id"), str) else State.UNKNOWN.value


def _lost_request(columns: Columns) -> str:
    path, known = columns.get("poll_path"), [model.id for model in MODELS]
    by_path = [model.id for model in MODELS if model.poll_path == path]
    model = columns.get("model") if columns.get("model") in known else (by_path or known)[0]
    return json.dumps({"model": model, "values": {"prompt": _LOST_PROMPT}, "references": []})


def _from_attempt(attempt: Columns, folder: str, change: int) -> Job | None:
    sent = attempt.get("sent")
    if not isinstance(attempt.get("task_id"), str) and sent is None:
        return None
    why = english("it was sent, and its row in the database is damaged: it may be billed")
    columns = {
        **attempt,
        "id": attempt["job"],
        "state": _likely(attempt),
        "change": change,
        "created": attempt.get("connecting"),
        "updated": attempt.get("connecting"),
        "submitted": sent,
        "folder": folder,
        "template": DEFAULT_TEMPLATE,
    }
    if columns["state"] == State.UNKNOWN.value:
        columns["error"] = json.dumps([ErrorKind.UNKNOWN.value, why])
    return _job(columns, _lost_request(columns))


def _add(target: sqlite3.Connection, job: Job) -> bool:
    row = new_row(job)
    try:
        written = target.execute(INSERT_JOB, row.columns)
        target.execute(INSERT_REQUEST, (written.lastrowid, row.request, row.words))
    except sqlite3.IntegrityError:
        if job.row is not None:
            # Damage may show two jobs at one row of a batch; both are worth more than the row.
            return _add(target, replace(job, row=None))
        return False  # the same job twice: a page that two branches lead to
    return True
