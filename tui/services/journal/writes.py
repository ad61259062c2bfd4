"""What changes jobs, inside one transaction that many callers share.

Every function looks before it writes: what it refuses has left nothing behind.
"""

from collections.abc import Iterable, Mapping, Sequence

from tui.core.home import Home
from tui.core.job import Job, State, may_follow
from tui.core.language import _
from tui.core.person import is_own
from tui.services.journal import attempts
from tui.services.journal.owning import Owner
from tui.services.journal.protocol import FIRST_FENCE, StaleError
from tui.services.journal.rows import Facts, NewRow, placed, taking, with_owner
from tui.services.journal.transaction import Place, Transaction, place_of


def add(txn: Transaction, rows: Sequence[NewRow], owner: Owner | None) -> list[Job]:
    """Write new jobs, nobody's without an owner; return each as it is stored.

    Those that existed come back as they are; in the place of a job whose row of a batch is taken,
    the job that holds the row comes back.
    """
    known = txn.known([row.job.id for row in rows])
    holders = txn.holders(place for row in rows if (place := place_of(row.job)))
    return [_add_one(txn, row, owner, known, holders) for row in rows]


def take(
    txn: Transaction, job_id: str, owner: Owner, home: Home | None = None, me: str | None = None
) -> Job | None:
    """Make `owner` the owner unless a living one works on the job, or its home is another."""
    job = txn.job(job_id)
    if job is None or (job.state is State.QUEUED and not is_own(job, me)):
        return None
    # On a job that ended, or is no longer watched, nobody works, whoever had it last.
    is_busy = job.is_live and job.owner not in {None, owner.id}
    if is_busy and owner.is_alive(str(job.owner)):
        return None
    if home and not home.has(job):
        _let_wait(txn, job, home)
        return None
    # What a resting job waited for may be over by now.
    state, error = job.state, None if job.is_resting else job.error
    if state is State.SUBMITTING:
        state, error = attempts.abandon(txn, job)
    facts = taking({"owner": owner.id, "fence": job.fence + 1, "error": error})
    return txn.update(job, state, facts)


def release(txn: Transaction, jobs: Iterable[Job], owner: Owner) -> None:
    """Make nobody the owner of those jobs that are still ours."""
    for known in jobs:
        job = txn.job(known.id)
        if job and job.owner == owner.id and job.fence == known.fence:
            txn.update(job, job.state, taking({"owner": None}))


def move(txn: Transaction, job: Job, state: State, facts: Facts) -> Job:
    """Write a new state and facts, compared with the snapshot's fence."""
    moved = txn.update_exact(job, state, facts)
    if moved:
        return moved
    # The snapshot isn't the newest version. When only we have changed it, that is no harm.
    found = txn.job(job.id)
    if found is None or found.fence != job.fence:
        raise StaleError(
            _("job {short_id} has been taken over by another process", short_id=job.short_id)
        )
    if not may_follow(found.state, state):
        raise ValueError(f"job {job.short_id} is {found.state} and can't become {state}")
    return txn.update(found, state, facts)


def drop(txn: Transaction, job_id: str) -> Job | None:
    """Drop a job that is still queued, whoever has it; None when it is too late for that.

    The fence moves on, so that an owner's intention to send it comes to nothing.
    """
    job = txn.job(job_id)
    if job is None or job.state is not State.QUEUED or not job.watched:
        return None
    gone = {"owner": None, "fence": job.fence + 1, "finished": txn.now}
    return txn.update(job, State.DROPPED, taking(gone))


def unwatch(txn: Transaction, job_id: str) -> Job | None:
    """Leave a job's task alone, whoever follows it; None when it is being sent, or is over."""
    job = txn.job(job_id)
    if job is None or not job.is_live or job.state in {State.QUEUED, State.SUBMITTING}:
        return None
    return txn.update(
        job, job.state, taking({"owner": None, "fence": job.fence + 1, "watched": False})
    )


def annotate(
    txn: Transaction, ids: Iterable[str], facts: Facts, me: str | None = None
) -> list[Job]:
    """Write what a person wants to have noted, whoever works on the jobs; return them.

    A job that is still under way, or may have been billed and is not resolved, is not deleted; nor
    is one of others, or brought back, where the person is known (`me`).
    """
    found = [job for job_id in ids if (job := txn.job(job_id))]
    if "deleted" in facts.values:
        found = [job for job in found if is_own(job, me)]
    deletes = facts.values.get("deleted") is not None
    noted = [job for job in found if not (deletes and _is_open(job))]
    return [txn.update(job, job.state, facts) for job in noted]


def _let_wait(txn: Transaction, job: Job, home: Home) -> None:
    """Let a job that nobody works on say that it waits for its home; once, and no fence moves."""
    if job.state is State.SUBMITTING:
        # Whose owner is gone: nobody must think that it is being sent.
        state, error = attempts.abandon(txn, job)
        facts = taking({"owner": None, "fence": job.fence + 1, "error": error})
        job = txn.update(job, state, facts)
    waits = home.waits(job)
    if job.is_live and job.error != waits:
        txn.update(job, job.state, taking({"error": waits}))


def vote(txn: Transaction, said: Mapping[str, str | None]) -> list[Job]:
    """Write what a vote says of each job, by id; return those that are known."""
    found = [(job, word) for job_id, word in said.items() if (job := txn.job(job_id))]
    return [txn.update(job, job.state, taking({"vote": word})) for job, word in found]


def _is_open(job: Job) -> bool:
    return not job.state.is_end or (job.state is State.UNKNOWN and not job.resolution)


def _add_one(
    txn: Transaction,
    row: NewRow,
    owner: Owner | None,
    known: dict[str, Job],
    holders: dict[Place, Job],
) -> Job:
    """Write one new job; what is known and who holds which row of a batch follows it."""
    if found := known.get(row.job.id):
        return found
    row = _in_its_place(txn, row, known, holders)
    place = place_of(row.job)
    if place and (holder := holders.get(place)):
        return holder
    job, columns = with_owner(row, txn.change + 1, owner.id if owner else None, FIRST_FENCE)
    txn.insert(row, columns)
    txn.change += 1
    known[job.id] = job
    if place:
        holders[place] = job
    return job


def _in_its_place(
    txn: Transaction, row: NewRow, known: dict[str, Job], holders: dict[Place, Job]
) -> NewRow:
    """Let a job that is made anew take the row of the one it follows, unless that came well."""
    old = txn.job(row.job.follows) if row.job.follows else None
    if old is None or old.row is None or not old.state.is_end or old.state is State.SAVED:
        return row
    if place := place_of(old):
        holders.pop(place, None)
    freed = txn.update(old, old.state, taking({"row": None}))
    if old.id in known:
        known[old.id] = freed
    return placed(row, old.group, old.row)
