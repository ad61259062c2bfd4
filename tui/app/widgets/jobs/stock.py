"""What a table holds: all jobs that are loaded, and those of them that are shown."""

from collections.abc import Callable, Collection, Iterable

from tui.app.widgets.jobs.rows import NEWEST_FIRST, Change, Order, Rows
from tui.core.job import Job

Keep = Callable[[Job], bool]
_AT_ONCE = 2000  # jobs that a filter looks at by itself; the others come from the history


class Stock:
    """All jobs, or those that a filter keeps, in one order."""

    def __init__(self) -> None:
        self._all = Rows()
        self._found: Rows | None = None
        self._keep: Keep | None = None

    @property
    def shown(self) -> Rows:
        """The rows as they are seen."""
        return self._all if self._found is None else self._found

    @property
    def is_filtered(self) -> bool:
        """Whether only some are shown."""
        return self._found is not None

    def get(self, job_id: str) -> Job | None:
        """Return the newest snapshot of a job that is held."""
        return self._all.get(job_id) or self.shown.get(job_id)

    def all(self) -> list[Job]:
        """Return all jobs that are held, shown or not."""
        return self._all.newest(len(self._all))

    def reset(self, jobs: Iterable[Job]) -> None:
        """Hold these jobs and no others."""
        self._all.reset(jobs)
        self.show_only(self._keep)

    def apply(self, jobs: Collection[Job]) -> Change:
        """Take new snapshots; what the filter keeps no longer is not shown any more."""
        has_shrunk = self._all.remove([job.id for job in jobs if job.deleted is not None])
        change = self._all.apply([job for job in jobs if job.deleted is None])
        if self._found is None or self._keep is None:
            return Change(change.replaced, change.is_reshaped or has_shrunk)
        kept = [job for job in jobs if self._keep(self._all.get(job.id) or job)]
        ids = {job.id for job in kept}
        has_shrunk = self._found.remove(job.id for job in jobs if job.id not in ids)
        change = self._found.apply(kept)
        return Change(change.replaced, change.is_reshaped or has_shrunk)

    def extend(self, jobs: Collection[Job]) -> Change:
        """Take older jobs, as the history has them; newer snapshots that are known win."""
        newer = [self._all.get(job.id) or job for job in jobs]
        if self._found is None or self._keep is None:
            return self._all.apply([job for job in newer if job.id not in self._all])
        return self._found.apply([job for job in newer if self._keep(job)])

    def remove(self, ids: Collection[str]) -> None:
        """Let go of jobs."""
        self._all.remove(ids)
        if self._found is not None:
            self._found.remove(ids)

    def show_only(self, keep: Keep | None) -> None:
        """Show what a filter keeps, None for all: at once of the newest, `extend` adds others."""
        self._keep = keep
        if keep is None:
            self._found = None
            return
        self._found = Rows(self._all.order)
        self._found.reset(job for job in self._all.newest(_AT_ONCE) if keep(job))

    def sort(self, order: Order = NEWEST_FIRST) -> None:
        """Put everything in another order."""
        self._all.sort(order)
        if self._found is not None:
            self._found.sort(order)
