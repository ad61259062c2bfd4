"""Jobs that belong together, folded into one row or not."""

from collections.abc import Iterable

from tui.app.widgets.jobs.tally import Tally, age
from tui.core.job import Job

_FOLDS_ABOVE = 12  # jobs; a larger group is folded until somebody opens it


class Groups:
    """Knows which jobs belong to which group, and which groups are folded.

    Of a folded group the newest job stands for all; it is its `lead`.
    """

    def __init__(self) -> None:
        self._tallies: dict[str, Tally] = {}
        self._folded: set[str] = set()
        self._opened: set[str] = set()

    @property
    def folded(self) -> frozenset[str]:
        """The names of the folded groups."""
        return frozenset(self._folded)

    def reset(self, jobs: Iterable[Job]) -> None:
        """Know these jobs and no others; what is folded or opened stays so."""
        self._tallies = {}
        self.take(jobs)

    def take(self, jobs: Iterable[Job]) -> list[tuple[Job, Job]]:
        """Take new snapshots; return who stood for each folded group among them, and who does."""
        before: dict[str, Job | None] = {}
        for job in jobs:
            if job.group is None:
                continue
            tally = self._tallies.setdefault(job.group, Tally(job.group))
            before.setdefault(job.group, tally.lead)
            tally.take(job)
        for group in before:
            self._refold(group)
        pairs = ((old, self._lead(group)) for group, old in before.items() if group in self._folded)
        return [(old or lead, lead) for old, lead in pairs if lead]

    def fold(self, group: str) -> None:
        """Fold a group."""
        if len(self._tallies.get(group, ())) > 1:
            self._folded.add(group)
            self._opened.discard(group)

    def open(self, group: str) -> None:
        """Show all jobs of a group."""
        self._folded.discard(group)
        self._opened.add(group)

    def turn_all(self) -> None:
        """Open all groups, or fold all where none is folded."""
        if self._folded:
            for group in [*self._folded]:
                self.open(group)
        else:
            for group in self._tallies:
                self.fold(group)

    def is_hidden(self, job: Job) -> bool:
        """Whether a job is folded away behind another one."""
        return job.group in self._folded and not self._leads(job)

    def summary(self, job: Job) -> Tally | None:
        """Return what a job's row says of its folded group; None unless it stands for one."""
        is_lead = job.group in self._folded and self._leads(job)
        return self._tallies[job.group] if job.group and is_lead else None

    def members(self, group: str) -> list[Job]:
        """Return the jobs of a group, the newest first."""
        tally = self._tallies.get(group)
        return sorted(tally.jobs, key=age, reverse=True) if tally else []

    def is_of_several(self, job: Job) -> bool:
        """Whether a job belongs to a group of more than one."""
        return job.group is not None and len(self._tallies.get(job.group, ())) > 1

    def _leads(self, job: Job) -> bool:
        lead = self._lead(job.group or "")
        return lead is not None and lead.id == job.id

    def _lead(self, group: str) -> Job | None:
        return self._tallies[group].lead if group in self._tallies else None

    def _refold(self, group: str) -> None:
        """Fold a group that has grown large, forget one that is none any more."""
        size = len(self._tallies[group])
        if size < 2:
            self._folded.discard(group)
        if not size:
            del self._tallies[group]
        elif size > _FOLDS_ABOVE and group not in self._opened:
            self._folded.add(group)
