"""What is read on the journal's own connection."""

from collections.abc import Callable, Iterable
from functools import cache

from tui.core.job import Job, State
from tui.services.journal.owning import Owner
from tui.services.journal.rows import SELECT_JOBS, Row, job_of
from tui.services.journal.sql import Connection

# Both ends are named: of one alone PostgreSQL believes, as long as it has no statistics of what was
# just added, that a third of all jobs lie behind it, and reads them all.
_CHANGED = f"{SELECT_JOBS} WHERE change > ? AND change <= ? ORDER BY change"


def every(rows: Iterable[Row]) -> list[Job]:
    """Return the jobs of rows of SELECT_JOBS; DamagedError where one can't be read."""
    return [job_of(row) for row in rows]


def changes(
    db: Connection, since: int, jobs_of: Callable[[Iterable[Row]], list[Job]] = every
) -> tuple[list[Job], int]:
    """Return every job changed after that running number, and the newest number."""
    # First the number, then the jobs up to it: what is committed in between comes the next time.
    # Looking at the number costs as much as PRAGMA data_version (9 µs), which misses our own.
    newest = int(db.execute("SELECT change FROM journal").fetchone()[0])
    if newest <= since:
        return [], newest
    return jobs_of(db.execute(_CHANGED, (since, newest)).fetchall()), newest


def orphans(db: Connection, owner: Owner, me: str | None) -> list[str]:
    """Return the ids of live jobs that no living process owns, oldest first.

    With `me`, without those of others that were never sent.
    """
    is_alive = cache(owner.is_alive)
    # The plus keeps SQLite on the small index of live jobs: sorting a few beats reading all.
    sql = "SELECT id, owner FROM jobs WHERE live = 1"
    if me is not None:
        sql += f" AND (state <> '{State.QUEUED}' OR coalesce(submitter, ?) = ?)"
    rows = db.execute(f"{sql} ORDER BY +seq", () if me is None else (me, me)).fetchall()
    return [job_id for job_id, known in rows if known is None or not is_alive(known)]
