"""Jobs that come into a shared database from another one, as they are."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from tui.core.job import State
from tui.services.journal import pausing
from tui.services.journal.leaving import Page, Table
from tui.services.journal.postgres.dialect import vector_of
from tui.services.journal.postgres.transaction import REQUEST, PostgresTransaction
from tui.services.journal.spending import ADD, CHARGED
from tui.services.journal.transaction import Transaction

Job = dict[str, Any]
Change = Callable[[Job], Mapping[str, Any]]

_REQUEST = ("request", "words")
_HELD = 'SELECT "group", "row" FROM jobs WHERE "row" = ANY(?)'


def pause(txn: Transaction, names: Iterable[str]) -> None:
    """Hold back what was held back where the jobs come from."""
    for name in names:
        pausing.begin(txn, name)


def missing(db: Any, jobs: Table) -> list[Job]:
    """Return those of some jobs that are not there."""
    there = {one for (one,) in db.execute("SELECT id FROM jobs WHERE id = ANY(?)", (_ids(jobs),))}
    return [job for job in jobs if job["id"] not in there]


def arrive(txn: PostgresTransaction, page: Page, change: Change) -> list[str]:
    """Write those jobs that are not there yet, and what belongs to them; return their ids.

    They get places before all jobs that are there, so that lists go on with what is newest.
    `change` says what else becomes different with a job.
    """
    new = missing(txn.db, page.jobs)
    if not new:
        return []
    ids = _ids(new)
    coming = {*ids}
    attempts = [one for one in page.attempts if one["job"] in coming]
    ready = [*_ready(txn, new, change)]
    columns = [name for name in ready[0] if name not in _REQUEST]
    txn.copy("jobs", columns, (tuple(job[name] for name in columns) for job in ready))
    txn.copy("requests", REQUEST, map(_request, ready))
    if attempts:
        txn.copy("attempts", [*attempts[0]], (tuple(one.values()) for one in attempts))
    for day, amount in _spent(attempts).items():
        txn.db.execute(ADD, (day, amount))
    return ids


def is_news(job: Job) -> bool:
    """Whether others must hear of a job at once: history is found by whoever looks for it."""
    is_unresolved = job["state"] == State.UNKNOWN and job["resolution"] is None
    return bool(job["live"]) or is_unresolved


def _ready(txn: PostgresTransaction, jobs: Sequence[Job], change: Change) -> Iterator[Job]:
    """Yield jobs as they will stand in the table."""
    place = int(txn.db.execute("SELECT coalesce(min(seq), 1) FROM jobs").fetchone()[0])
    rows = [job["row"] for job in jobs if job["row"] is not None]
    held = {tuple(one) for one in txn.db.execute(_HELD, (rows,))} if rows else set()
    for job in jobs:
        place -= 1
        txn.change += is_news(job)
        row = None if (job["group"], job["row"]) in held else job["row"]
        facts = {"seq": place, "change": txn.change if is_news(job) else 0, "owner": None}
        yield {**job, **facts, "row": row, **change(job)}


def _request(job: Job) -> tuple[Any, ...]:
    return job["seq"], job["request"], job["words"], vector_of(job["words"])


def _spent(attempts: Table) -> dict[str, int]:
    sums: dict[str, int] = {}
    for one in attempts:
        if one["phase"] in CHARGED and one["day"] and one["price"]:
            sums[one["day"]] = sums.get(one["day"], 0) + one["price"]
    return sums


def _ids(jobs: Iterable[Job]) -> list[str]:
    return [job["id"] for job in jobs]
