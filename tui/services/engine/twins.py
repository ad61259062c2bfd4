"""A gateway that gives two jobs one task."""

from tui.core.job import Job
from tui.core.language import english

_REMEMBERED = 1000  # task ids


class Twins:
    """Remembers who got which task."""

    def __init__(self) -> None:
        self._tasks: dict[str, str] = {}

    def flagged(self, job: Job, task_id: str) -> dict[str, tuple[str, ...]]:
        """Return a warning when this gateway gave another job the same task just before."""
        before = self._tasks.setdefault(task_id, job.id)
        if len(self._tasks) > _REMEMBERED:
            del self._tasks[next(iter(self._tasks))]
        if before == job.id:
            return {}
        told = english(
            "The gateway gave it the same task as job {before}: both get its images.",
            before=before[-10:],
        )
        return {"warnings": (*job.warnings, told)}
