"""Task ids that could not be written down when they came."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from tui.core.job import Job, State
from tui.core.language import _
from tui.services.journal import attempts, writes
from tui.services.journal.protocol import DiskError, JournalError
from tui.services.journal.rows import facts_of

if TYPE_CHECKING:
    from tui.services.journal.stored import Store


def take_in(database: "Store", tell: Callable[[str], None]) -> None:
    """Write what the emergency file holds into the database; whoever resumes follows the jobs."""
    for kept in database.emergency.all():
        end = partial(attempts.settle, attempt=kept.of, state=State.PENDING)
        write = partial(end, facts=facts_of(kept.facts), owner=database.owner)
        (job,) = database.run([write], [])
        match job:
            case Job():
                database.emergency.forget(kept.attempt)
                if job.owner == database.owner.id:
                    database.run([partial(writes.release, jobs=[job], owner=database.owner)], [])
                tell(
                    _(
                        "Task {task_id} of job {short_id} is written down now.",
                        task_id=kept.task_id,
                        short_id=job.short_id,
                    )
                )
            case DiskError():
                tell(
                    _(
                        "Task {task_id} of job {job} waits to be written down: {job2}",
                        task_id=kept.task_id,
                        job=kept.job[-10:],
                        job2=job,
                    )
                )
            case JournalError():
                tell(
                    _(
                        "Task {task_id} belongs to job {job}, which is in no database.",
                        task_id=kept.task_id,
                        job=kept.job,
                    )
                )
