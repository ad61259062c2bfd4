"""The queues that workers take jobs from: rows of Procrastinate's table, written with ours.

A job lies in the queue of its rank and of its home, so that only those who may work on it find
it. Its id is the row's lock: it lies there once at most.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from tui.core.home import Home
from tui.core.language import _
from tui.core.staff import Need, met_by
from tui.services.journal.postgres.dialect import BY_ID
from tui.services.journal.protocol import JournalError
from tui.services.journal.sql import Connection
from tui.services.journal.transaction import Transaction

TASK = "advance"
PAID, SINGLE, BATCH = RANKS = ("paid", "single", "batch")
# Before any other; first comes what is paid for, then what somebody waits for.
FOREMOST: Final = 1000
WORKER_SECONDS = 60.0  # without a sign of life, until a worker counts as dead
_RESTED = 600.0  # seconds until what rests for better times is tried again

_RANK = (
    f"CASE WHEN state <> 'queued' THEN '{PAID}' "
    f"WHEN \"group\" IS NULL THEN '{SINGLE}' ELSE '{BATCH}' END"
)
# No row of a rank has a lower priority than these.
_LOWEST = {PAID: 20, SINGLE: 10, BATCH: -(2**31)}
_PRIORITY = (
    f"CASE WHEN state <> 'queued' THEN {_LOWEST[PAID]} "
    f'WHEN "group" IS NULL THEN {_LOWEST[SINGLE]} ELSE {{}} END'
)
# What core.home asks of a key: none for images, the owner's for what is yet to be sent. A mark that
# was carried in from elsewhere is longer: whose key it is, only whoever has one can tell.
_KEY = (
    "CASE WHEN results <> '[]' AND left(coalesce(error, ''), 7) <> '[\"auth\"' THEN '' "
    "WHEN task_id IS NULL THEN nullif(key, 'any') ELSE fingerprint END"
)
# As `name_of` makes it of what `core.staff` says that a job needs.
_HOME = (
    "CASE WHEN gateway IS NULL THEN '' ELSE profile END || chr(10) || "
    "coalesce(origin, gateway, '') || chr(10) || "
    f"CASE WHEN length({_KEY}) = 8 THEN {_KEY} ELSE '' END"
)
_QUEUE = f"{_RANK} || '.' || left(encode(sha256(convert_to({_HOME}, 'UTF8')), 'hex'), 16)"
_INTO = "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, queueing_lock, args)"
_ONCE = "ORDER BY seq ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING"


def _rows(table: str, last: str) -> str:
    """Return what makes rows of jobs, `last` being the priority of those of batches."""
    return (
        f"SELECT {_QUEUE}, '{TASK}', {_PRIORITY.format(last)}, {table}.id, "  # noqa: S608 - constants only
        f"jsonb_build_object('job_id', {table}.id) FROM {table}"
    )


# Batches take turns: each row has a number, of its batch the next one after the last, but none
# before those that are at the head of the queue; a lower number goes first. Where nothing of a
# batch waits, numbers begin anew.
TURNS = "CREATE TABLE turns (name TEXT PRIMARY KEY, last BIGINT NOT NULL, added BIGINT NOT NULL)"
_ANEW = (
    "DELETE FROM turns WHERE NOT EXISTS "
    "(SELECT FROM procrastinate_jobs WHERE status = 'todo' AND priority <= 0)"
)
_DELIVER = f"""WITH new AS (
    SELECT *, row_number() OVER (PARTITION BY "group" ORDER BY seq) AS place
    FROM {BY_ID} WHERE live = 1
), head AS (
    SELECT coalesce(-max(priority), 0) AS number FROM procrastinate_jobs
    WHERE status = 'todo' AND priority <= 0
), turned AS (
    INSERT INTO turns (name, last, added)
    SELECT "group", number + count(*), count(*) FROM new, head
    WHERE state = 'queued' AND "group" IS NOT NULL GROUP BY "group", number
    ON CONFLICT (name) DO UPDATE
    SET last = greatest(turns.last + excluded.added, excluded.last), added = excluded.added
    RETURNING name, last - added AS before
)
{_INTO} {_rows("new", "-(before + place)::int")} LEFT JOIN turned ON name = "group" {_ONCE}"""  # noqa: S608 - constants only
_LEFT = f"""{_INTO} {_rows("jobs", "0")}
LEFT JOIN owners ON owners.id = jobs.owner
AND greatest(beat, pg_postmaster_start_time()) > clock_timestamp() - make_interval(secs => ?)
WHERE live = 1 AND owners.id IS NULL
AND (error IS NULL OR updated < extract(epoch FROM clock_timestamp()) - ?)
AND NOT EXISTS (SELECT FROM procrastinate_jobs AS known
    WHERE known.queueing_lock = jobs.id AND known.status IN ('todo', 'doing'))
{_ONCE}"""
_FIRST = (
    "UPDATE procrastinate_jobs SET priority = greatest(?, (SELECT max(priority) + 1 "
    "FROM procrastinate_jobs WHERE status = 'todo')) WHERE queueing_lock = ? AND status = 'todo'"
)
_ALIVE = (
    "SELECT count(*) FROM procrastinate_workers "
    "WHERE last_heartbeat > clock_timestamp() - make_interval(secs => ?)"
)
# A row of a job that somebody else finished lies there until a worker of its home comes by.
_WAITING = (
    "SELECT count(*) FROM procrastinate_jobs JOIN jobs ON jobs.id = queueing_lock "
    "WHERE status = 'todo' AND live = 1"
)
_ALONE = 0x696D6177  # for pg_try_advisory_lock: one looks after what is left, at a time
_LOST = "SELECT id, fence FROM jobs WHERE change > ? AND change <= ? AND owner IS DISTINCT FROM ?"
_FREE = (
    f"DELETE FROM procrastinate_jobs WHERE task_name = '{TASK}' "  # noqa: S608 - see above
    "AND status = 'doing' AND worker_id IS NULL"
)


def queues_of(rank: str, home: Home, fingerprint: str | None) -> list[str]:
    """Return the queues of a rank with what a home may have, and its key if there is one."""
    return [f"{rank}.{name_of(need)}" for need in met_by(home, fingerprint)]


def lowest(names: Sequence[str]) -> int:
    """Return the priority below which queues of one rank have no rows."""
    return min(_LOWEST[name.partition(".")[0]] for name in names)


def name_of(need: Need) -> str:
    """Return what the queues of jobs with that need are called, behind their rank."""
    return sha256("\n".join(need).encode()).hexdigest()[:16]


def deliver(txn: Transaction, ids: Sequence[str]) -> None:
    """Let workers have these jobs once the transaction is durable."""
    if ids:
        txn.db.execute(_ANEW)
        txn.db.execute(_DELIVER, ([*ids],))


def put_first(txn: Transaction, job_id: str) -> bool:
    """Let a worker take that job next; False when it doesn't lie in a queue."""
    return bool(txn.db.execute(_FIRST, (FOREMOST, job_id)).rowcount)


def alive(db: Connection) -> int:
    """Return how many workers show signs of life; each has a row for every rank."""
    found = db.execute(_ALIVE, (WORKER_SECONDS,)).fetchone()
    return -(-int(found[0]) // len(RANKS)) if found else 0


def waiting(db: Connection) -> int:
    """Return how many jobs wait for a worker."""
    found = db.execute(_WAITING).fetchone()
    return int(found[0]) if found else 0


def lost(db: Connection, owner: str, since: int) -> tuple[list[tuple[str, int]], int]:
    """Return the jobs that changed since that number and are not this owner's, and the newest.

    Each with its fence, by which it shows whether it was his before.
    """
    newest = int(db.execute("SELECT change FROM journal").fetchone()[0])
    found = db.execute(_LOST, (since, newest, owner)).fetchall() if newest > since else []
    return [(str(job_id), int(fence)) for job_id, fence in found], newest


def deliver_left(db: Connection, lease: float) -> int | None:
    """Deliver every unfinished job that no living process has and that lies in no queue.

    Returns how many those are; None while another worker does it.
    """
    held = db.execute("SELECT pg_try_advisory_lock(?)", (_ALONE,)).fetchone()
    if not (held and held[0]):
        return None
    try:
        return db.execute(_LEFT, (lease, _RESTED)).rowcount
    finally:
        db.execute("SELECT pg_advisory_unlock(?)", (_ALONE,))


def give_back(db: Connection, lease: float) -> None:
    """Let others have what a worker had that has ended properly."""
    db.execute(_FREE)
    deliver_left(db, lease)


def has_tables(db: Connection) -> bool:
    """Whether there are the tables that deliver jobs."""
    found = db.execute("SELECT to_regclass('turns')").fetchone()
    return bool(found and found[0])


def check_tables(db: Connection, where: str) -> None:
    """Raise JournalError unless there are the tables that deliver jobs."""
    if not has_tables(db):
        raise JournalError(
            _(
                "The shared database {where} can't deliver jobs to workers yet; run "
                "`imagedeck db migrate`",
                where=where,
            )
        )
