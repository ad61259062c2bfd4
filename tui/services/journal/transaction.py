"""One transaction on the journal, shared by the changes of many callers."""

import sqlite3

from tui.core.job import Job, State
from tui.services.journal.protocol import JournalError
from tui.services.journal.rows import SELECT_JOBS, Facts, altered, job_of, update_statement

_ONE_JOB = f"{SELECT_JOBS} WHERE id = ?"
_ONE_PLACE = f'{SELECT_JOBS} WHERE "group" = ? AND "row" = ?'


class Transaction:
    """An open transaction: its time (Unix seconds) and the running number of the last change."""

    __slots__ = ("_first", "change", "db", "now")

    def __init__(self, db: sqlite3.Connection, now: float) -> None:
        db.execute("BEGIN IMMEDIATE")
        self.db = db
        self.now = now
        self._first = self.change = int(db.execute("SELECT change FROM journal").fetchone()[0])

    def commit(self) -> None:
        """Make everything durable."""
        if self.change != self._first:
            self.db.execute("UPDATE journal SET change = ?", (self.change,))
        self.db.execute("COMMIT")

    def job(self, job_id: str) -> Job | None:
        """Read a job as this transaction sees it."""
        row = self.db.execute(_ONE_JOB, (job_id,)).fetchone()
        return job_of(row) if row else None

    def holder(self, group: str, place: str) -> Job | None:
        """Read the job that holds a row of a batch."""
        row = self.db.execute(_ONE_PLACE, (group, place)).fetchone()
        return job_of(row) if row else None

    def update(self, job: Job, state: State, facts: Facts) -> Job:
        """Change a job that this transaction has read."""
        changed = self.update_exact(job, state, facts)
        if changed is None:
            raise JournalError(f"job {job.short_id} is not what the journal holds")
        return changed

    def update_exact(self, job: Job, state: State, facts: Facts) -> Job | None:
        """Change a job if the row is this very version of it; None when it is another."""
        after = altered(job, state, self.change + 1, self.now, facts.values)
        live = after.is_live
        liveness = live is not job.is_live
        written = self.db.execute(
            update_statement(tuple(facts.values), liveness),
            (
                *facts.columns,
                state.value,
                self.now,
                after.change,
                *((live,) if liveness else ()),
                job.id,
                job.fence,
                job.change,
            ),
        )
        if not written.rowcount:
            return None
        self.change += 1
        return after
