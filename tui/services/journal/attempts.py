"""Attempts to submit a job, from the intention to whatever became of it."""

import time
from uuid import uuid4

from tui.core.budget import Caps
from tui.core.job import ErrorKind, Job, JobError, State
from tui.core.language import english
from tui.core.limits import Limits
from tui.services.journal import pausing, spending, traffic
from tui.services.journal.owning import Owner
from tui.services.journal.protocol import Attempt, JournalError
from tui.services.journal.rows import Facts, facts_of, taking
from tui.services.journal.shares import Slot
from tui.services.journal.transaction import Transaction

# How an attempt ended, by the state that is written with it.
PHASES = {
    State.PENDING: "accepted",
    State.QUEUED: "returned",
    State.FAILED: "refused",
    State.UNKNOWN: "unknown",
}
_KEPT = ("task_id", "origin", "poll_path", "fingerprint")


def begin(txn: Transaction, job: Job, owner: Owner, caps: Caps, limits: Limits) -> Attempt | None:
    """Write the intention to submit; None when the job is no longer ours or not queued.

    Raises PausedError, NoRoomError or OverBudgetError, nothing then being written.
    """
    found = txn.job(job.id)
    if (
        found is None
        or found.state is not State.QUEUED
        or found.fence != job.fence
        or found.owner != owner.id
    ):
        return None
    pausing.check(txn, found.group)
    traffic.check_room(txn, found, limits, owner.id)
    day, price = spending.reserve(txn, found.price, caps)
    if limits.bound_flight:
        traffic.leave(txn, owner.id)
    attempt = Attempt(uuid4().hex, job.id, job.fence)
    txn.update(found, State.SUBMITTING, facts_of({}))
    txn.db.execute(
        "INSERT INTO attempts (id, job, fence, phase, connecting, day, price) "
        "VALUES (?, ?, ?, 'connecting', ?, ?, ?)",
        (attempt.id, attempt.job, attempt.fence, txn.now, day, price),
    )
    return attempt


def mark_sent(txn: Transaction, attempt: Attempt, slot: Slot | None) -> bool:
    """Write that the first byte is about to go out; False when it must not.

    Raises TooSoonError, nothing then being written, where a slot's rate does not allow it.
    """
    moment = traffic.use(txn, slot) if slot else txn.now
    written = txn.db.execute(
        "UPDATE attempts SET phase = 'sent', sent = ? WHERE id = ? AND phase = 'connecting' "
        "AND EXISTS (SELECT 1 FROM jobs WHERE id = ? AND fence = ? AND state = ?)",
        (moment, attempt.id, attempt.job, attempt.fence, State.SUBMITTING.value),
    )
    return written.rowcount == 1


def settle(txn: Transaction, attempt: Attempt, state: State, facts: Facts, owner: Owner) -> Job:
    """Write how an attempt ended, and into the job what follows from it."""
    job = txn.job(attempt.job)
    if job is None or not _close(txn, attempt, PHASES[state], facts):
        raise JournalError(f"the journal knows no attempt {attempt.id} of job {attempt.job}")
    if job.state is State.SUBMITTING and job.fence == attempt.fence:
        return txn.update(job, state, facts)
    if state is State.PENDING and job.state is State.UNKNOWN:
        # It was accepted after all. Whoever brings the id follows it, so that somebody does.
        values = {"error": None, **facts.values}
        if job.owner != owner.id:
            values |= {"owner": owner.id, "fence": job.fence + 1}
        return txn.update(job, state, taking(values))
    return job


def abandon(txn: Transaction, job: Job) -> tuple[State, JobError | None]:
    """Close the attempt of an owner who is gone; return the job's new state and error."""
    row = txn.db.execute(
        "SELECT id, phase, sent FROM attempts WHERE job = ? ORDER BY rowid DESC LIMIT 1", (job.id,)
    ).fetchone()
    attempt, phase, sent = row or ("", "sent", job.updated)
    if phase == "connecting":
        _set_phase(txn, attempt, "returned")
        return State.QUEUED, job.error
    _set_phase(txn, attempt, "unknown")
    when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(sent))
    return State.UNKNOWN, JobError(
        ErrorKind.UNKNOWN,
        english(
            "sent at {when} by a process that ended before the answer came: "
            "it may have been accepted, and billed",
            when=when,
        ),
    )


def _close(txn: Transaction, attempt: Attempt, phase: str, facts: Facts) -> bool:
    # What an id has once proved, no later word takes back.
    columns = dict(zip(facts.values, facts.columns, strict=True))
    before = _phase(txn, attempt.id)
    after = txn.db.execute(
        "UPDATE attempts SET settled = ?, "
        "phase = CASE WHEN task_id IS NULL THEN ? ELSE phase END, "
        "task_id = coalesce(task_id, ?), origin = coalesce(origin, ?), "
        "poll_path = coalesce(poll_path, ?), fingerprint = coalesce(fingerprint, ?) "
        "WHERE id = ? RETURNING phase",
        (txn.now, phase, *(columns.get(name) for name in _KEPT), attempt.id),
    ).fetchall()
    if before and after:
        spending.rebook(txn, attempt.id, before, str(after[0][0]))
    return bool(after)


def _phase(txn: Transaction, attempt: str) -> str | None:
    row = txn.db.execute("SELECT phase FROM attempts WHERE id = ?", (attempt,)).fetchone()
    return str(row[0]) if row else None


def _set_phase(txn: Transaction, attempt: str, phase: str) -> None:
    spending.rebook(txn, attempt, _phase(txn, attempt) or phase, phase)
    txn.db.execute(
        "UPDATE attempts SET phase = ?, settled = ? WHERE id = ?", (phase, txn.now, attempt)
    )
