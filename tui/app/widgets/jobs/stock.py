"""What a table holds: all jobs that are loaded, and those of them that are shown."""

from collections.abc import Callable, Collection, Iterable

from tui.app.widgets.jobs.groups import Groups
from tui.app.widgets.jobs.rows import NEWEST_FIRST, Change, Order, Rows
from tui.core.job import Job

Keep = Callable[[Job], bool]
_AT_ONCE = 2000  # jobs that a filter looks at by itself; the others come from the history


class Stock:
    """All jobs but those folded away, or those that a filter keeps, in one order."""

    def __init__(self) -> None:
        self._all = Rows()
        self._some: Rows | None = None
        self._keep: Keep | None = None
        self.groups = Groups()
        self._owners: set[str] = set()

    @property
    def shown(self) -> Rows:
        """The rows as they are seen."""
        return self._all if self._some is None else self._some

    @property
    def is_filtered(self) -> bool:
        """Whether a filter decides what is shown; groups are open then."""
        return self._keep is not None

    @property
    def has_owners(self) -> bool:
        """Whether jobs of several people were ever among them."""
        return len(self._owners) > 1

    def get(self, job_id: str) -> Job | None:
        """Return the newest snapshot of a job that is held."""
        return self._all.get(job_id) or self.shown.get(job_id)

    def all(self, most: int | None = None) -> list[Job]:
        """Return all jobs that are held, or the newest of them, shown or not."""
        return self._all.newest(len(self._all) if most is None else most)

    def reset(self, jobs: Iterable[Job]) -> None:
        """Hold these jobs and no others."""
        self._all.reset(jobs)
        self._owners.clear()
        self._note_owners(self.all())
        self.groups.reset(self.all())
        self.show_only(self._keep)

    def apply(self, jobs: Collection[Job]) -> Change:
        """Take new snapshots; what is not to be shown any more vanishes."""
        self._note_owners(jobs)
        was_folded = self.groups.folded
        leads = self.groups.take(jobs)
        has_shrunk = self._all.remove([job.id for job in jobs if job.deleted is not None])
        change = self._all.apply([job for job in jobs if job.deleted is None])
        if self._keep is None and self.groups.folded != was_folded:
            self.refold()
            return Change((), is_reshaped=True)
        if self._some is None:
            return Change(change.replaced, change.is_reshaped or has_shrunk)
        newest = [self._all.get(job.id) or job for job in jobs]
        kept = {job.id: job for job in newest if self._shows(job)}
        gone = {job.id for job in newest if job.id not in kept}
        if self._keep is None:  # another job may stand for a group now
            gone |= {before.id for before, lead in leads if before.id != lead.id}
            kept |= {lead.id: lead for _, lead in leads}
        has_shrunk = self._some.remove(gone)
        change = self._some.apply(kept.values())
        told = tuple(lead.id for _, lead in leads) if self._keep is None else ()
        return Change(change.replaced, change.is_reshaped or has_shrunk, told)

    def extend(self, jobs: Collection[Job]) -> Change:
        """Take older jobs, as the history has them; newer snapshots that are known win."""
        newer = [self._all.get(job.id) or job for job in jobs]
        self._note_owners(newer)
        if self._keep is None:
            return self.apply([job for job in newer if job.id not in self._all])
        return self.shown.apply([job for job in newer if self._keep(job)])

    def remove(self, ids: Collection[str]) -> None:
        """Let go of jobs."""
        self._all.remove(ids)
        self.shown.remove(ids)

    def show_only(self, keep: Keep | None) -> None:
        """Show what a filter keeps, None for all: at once of the newest, `extend` adds others."""
        self._keep = keep
        self.refold()

    def refold(self) -> None:
        """Show what is to be shown, after groups were folded or opened."""
        if self._keep is None and not self.groups.folded:
            self._some = None
            return
        self._some = Rows(self._all.order)
        jobs = self.all() if self._keep is None else self._all.newest(_AT_ONCE)
        self._some.reset(job for job in jobs if self._shows(job))

    def sort(self, order: Order = NEWEST_FIRST) -> None:
        """Put everything in another order."""
        self._all.sort(order)
        if self._some is not None:
            self._some.sort(order)

    def _note_owners(self, jobs: Iterable[Job]) -> None:
        self._owners.update(job.submitter for job in jobs if job.submitter)

    def _shows(self, job: Job) -> bool:
        return self._keep(job) if self._keep else not self.groups.is_hidden(job)
