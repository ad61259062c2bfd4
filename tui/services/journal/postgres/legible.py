"""Rows of a shared database that can't be read: one must not hide all others from everybody."""

from collections.abc import Callable, Iterable

from tui.core.job import Job
from tui.core.language import _
from tui.services.journal.protocol import DamagedError
from tui.services.journal.rows import Row, job_of


class Legible:
    """Makes jobs of rows; `tell` hears once of each that can't be read, and it is left out."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._told: set[str] = set()

    def jobs(self, rows: Iterable[Row]) -> list[Job]:
        """Return the jobs of rows of SELECT_JOBS, as far as they can be read."""
        return [job for row in rows if (job := self._job(row))]

    def _job(self, row: Row) -> Job | None:
        try:
            return job_of(row)
        except DamagedError as error:
            if row[0] not in self._told:
                self._told.add(row[0])
                self._tell(_("{error}; it is left out", error=error))
            return None
