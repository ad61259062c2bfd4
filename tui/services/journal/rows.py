"""Jobs as rows of the database."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, fields, replace
from functools import cache
from operator import attrgetter
from sys import intern
from typing import Any, NamedTuple

from tui.core.job import ErrorKind, Job, JobError, Result, Saved, State
from tui.core.language import _
from tui.core.price import dollars, millionths
from tui.core.request import Request
from tui.core.schedule import kind_of
from tui.core.words import words_of
from tui.services.journal.protocol import DamagedError

Row = tuple[Any, ...]

_FIELDS = tuple(field.name for field in fields(Job))
_SAVED = frozenset(field.name for field in fields(Saved))
_CONSTANT = frozenset({"id", "request", "created"})
# The same for thousands of jobs, which then hold one text together: of each job that is a quarter.
_ALIKE = (
    "folder",
    "template",
    "profile",
    "group",
    "owner",
    "origin",
    "poll_path",
    "fingerprint",
    "gateway",
    "submitter",
    "key",
)
_OURS = frozenset({"state", "change", "fence", "owner", "updated"})
_FACTS = frozenset(_FIELDS) - _CONSTANT - _OURS
# Copied slot by slot: 3.4 µs a job where dataclasses.replace takes 9.5.
_read_all = attrgetter(*_FIELDS)
_WRITERS: Mapping[str, Callable[[Job, Any], None]] = {
    name: getattr(Job, name).__set__ for name in _FIELDS
}

_COLUMNS = ", ".join(f'"{name}"' for name in _FIELDS)
# S608 below: only names of columns are put together, from Job itself; values go apart.
SELECT_JOBS = f"SELECT {_COLUMNS} FROM jobs JOIN requests USING (seq)"  # noqa: S608 - see above
# The index goes first: walked from its newest row down, it needs no sorting.
_MATCHES = "search CROSS JOIN jobs ON jobs.seq = search.rowid JOIN requests USING (seq)"
SELECT_MATCHES = f"SELECT {_COLUMNS} FROM {_MATCHES}"  # noqa: S608 - see above
_JOB_FIELDS = tuple(name for name in _FIELDS if name != "request")
_read_row = attrgetter(*_JOB_FIELDS)
_OWNER, _FENCE, _CHANGE = (_JOB_FIELDS.index(name) for name in ("owner", "fence", "change"))
INSERTED = (*_JOB_FIELDS, "live", "model", "kind")
_NEW = ", ".join(f'"{name}"' for name in INSERTED)
_MARKS = ", ".join("?" for _ in INSERTED)
INSERT_JOB = f"INSERT INTO jobs ({_NEW}) VALUES ({_MARKS})"  # noqa: S608 - see above
INSERT_REQUEST = "INSERT INTO requests (seq, request, words) VALUES (?, ?, ?)"


class Facts(NamedTuple):
    """Changed facts: fields of Job by name, and the same values as their columns hold them."""

    values: Mapping[str, Any]
    columns: Row


class NewRow(NamedTuple):
    """A job to be added, and what its rows in `jobs` and `requests` will hold."""

    job: Job
    columns: Row
    request: str
    words: str


def facts_of(values: Mapping[str, Any]) -> Facts:
    """Prepare facts for writing; TypeError for what is no field of Job or not for callers."""
    if not _FACTS.issuperset(values):
        unknown = ", ".join(sorted(set(values) - _FACTS))
        raise TypeError(f"{unknown}: no fact of a job that can be written")
    return taking(values)


def taking(values: Mapping[str, Any]) -> Facts:
    """Prepare facts for writing, owner and fence among them."""
    return Facts(values, tuple(_column(name, value) for name, value in values.items()))


def altered(job: Job, state: State, change: int, updated: float, values: Mapping[str, Any]) -> Job:
    """Return a copy of a job with some fields changed."""
    copy = object.__new__(Job)
    for write, value in zip(_WRITERS.values(), _read_all(job), strict=True):
        write(copy, value)
    _WRITERS["state"](copy, state)
    _WRITERS["change"](copy, change)
    _WRITERS["updated"](copy, updated)
    for name, value in values.items():
        _WRITERS[name](copy, value)
    return copy


@cache
def update_statement(names: tuple[str, ...], liveness: bool) -> str:
    """Return the UPDATE of one very version of a job: by id, fence and change."""
    columns = [*names, "state", "updated", "change", *(["live"] if liveness else [])]
    changes = ", ".join(f'"{name}" = ?' for name in columns)
    version = "id = ? AND fence = ? AND change = ?"
    return f"UPDATE jobs SET {changes} WHERE {version}"  # noqa: S608 - see above


def new_row(job: Job) -> NewRow:
    """Prepare a job for adding."""
    columns = [*_read_row(job), job.is_live, job.request.model, kind_of(job.request)]
    for at, encode in _ENCODED:
        if columns[at] is not None:
            columns[at] = encode(columns[at]) if columns[at] != () else "[]"
    texts = tuple(_text(value) if type(value) is str else value for value in columns)
    return NewRow(job, texts, json.dumps(job.request.as_json()), words_of(job.prompt))


def with_owner(row: NewRow, change: int, owner: str | None, fence: int) -> tuple[Job, Row]:
    """Return a new job as it will be, and its columns."""
    values = {"owner": owner, "fence": fence}
    job = altered(row.job, row.job.state, change, row.job.updated, values)
    columns = list(row.columns)
    columns[_OWNER], columns[_FENCE], columns[_CHANGE] = owner, fence, change
    return job, tuple(columns)


def placed(row: NewRow, group: str | None, place: str) -> NewRow:
    """Return a new row with another place in a batch."""
    return new_row(replace(row.job, group=group, row=place))


def job_of(row: Row) -> Job:
    """Make a job of a row of SELECT_JOBS; DamagedError when it can't be read."""
    try:
        return _job_of(row)
    except (ValueError, LookupError, TypeError) as error:
        raise DamagedError(
            _("job {row} can't be read: its row is damaged ({error})", row=row[0], error=error)
        ) from error


def _job_of(row: Row) -> Job:
    values: dict[str, Any] = {
        name: value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value
        for name, value in zip(_FIELDS, row, strict=True)
    }
    for name in _ALIKE:
        values[name] = values[name] and intern(values[name])
    values["request"] = Request.from_json(json.loads(values["request"]))
    values["state"] = State(values["state"])
    values["price"] = None if values["price"] is None else dollars(values["price"])
    values["watched"] = bool(values["watched"])
    values["results"] = tuple(Result(**one) for one in json.loads(values["results"]))
    values["files"] = tuple(_saved(one) for one in json.loads(values["files"]))
    values["warnings"] = tuple(json.loads(values["warnings"]))
    values["tags"] = tuple(json.loads(values["tags"]))
    if values["error"] is not None:
        kind, message = json.loads(values["error"])
        values["error"] = JobError(ErrorKind(kind), message)
    return Job(**values)


def _saved(one: dict[str, Any]) -> Saved:
    # What only a newer version knows is left out: its rows are no damage.
    known = {name: value for name, value in one.items() if name in _SAVED}
    return Saved(**{**known, "format": intern(one["format"]), "notes": tuple(one["notes"])})


def _column(name: str, value: Any) -> Any:
    encode = _ENCODERS.get(name)
    if encode and value is not None:
        return encode(value)
    return _text(value) if isinstance(value, str) else value


def _list_column(value: Iterable[Any]) -> str:
    return json.dumps([asdict(one) for one in value])


def _error_column(value: JobError) -> str:
    return json.dumps([value.kind.value, value.message])


def _text(value: str) -> str | bytes:
    # Half a surrogate pair (an undecodable file name, a hostile answer) is no UTF-8: such text
    # is kept as bytes, so that it comes back as it was.
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-8", "surrogatepass")
    return value


# Parts of a job that have no column type of their own; everything but `state` is JSON.
_ENCODERS: Mapping[str, Callable[[Any], str | int]] = {
    "state": attrgetter("value"),
    "results": _list_column,
    "files": _list_column,
    "error": _error_column,
    "warnings": json.dumps,
    "tags": json.dumps,
    "price": millionths,
}
_ENCODED = tuple((_JOB_FIELDS.index(name), encode) for name, encode in _ENCODERS.items())
