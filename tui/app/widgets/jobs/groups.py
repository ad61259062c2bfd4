"""Jobs that belong together, folded into one row or not."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tui.app.looks import Tone
from tui.core.job import Job, State

_FOLDS_ABOVE = 12  # jobs; a larger group is folded until somebody opens it


@dataclass(frozen=True, slots=True)
class Summary:
    """What a folded group says of its jobs."""

    name: str
    jobs: tuple[Job, ...]
    states: Mapping[State, int]
    faults: int
    live: int

    @property
    def ended(self) -> int:
        """How many jobs are over."""
        return len(self.jobs) - self.live

    @property
    def tone(self) -> Tone:
        """What it is about: faults first, then what is under way."""
        if self.faults:
            return Tone.FAULT
        return Tone.LIVE if self.live else Tone.GOOD

    @property
    def status(self) -> str:
        """How far it is, and how many went wrong."""
        return f"{self.ended}/{len(self.jobs)}" + (f" ✗{self.faults}" if self.faults else "")


class Groups:
    """Knows which jobs belong to which group, and which groups are folded.

    Of a folded group the newest job stands for all; it is its `lead`.
    """

    def __init__(self) -> None:
        self._members: dict[str, dict[str, Job]] = {}
        self._leads: dict[str, Job] = {}
        self._summaries: dict[str, Summary] = {}
        self._folded: set[str] = set()
        self._opened: set[str] = set()

    @property
    def folded(self) -> frozenset[str]:
        """The names of the folded groups."""
        return frozenset(self._folded)

    def reset(self, jobs: Iterable[Job]) -> None:
        """Know these jobs and no others; what is folded or opened stays so."""
        self._members, self._leads, self._summaries = {}, {}, {}
        self.take(jobs)

    def take(self, jobs: Iterable[Job]) -> list[tuple[Job, Job]]:
        """Take new snapshots; return who stood for each folded group among them, and who does."""
        before: dict[str, Job | None] = {}
        for job in jobs:
            if job.group is None:
                continue
            before.setdefault(job.group, self._leads.get(job.group))
            members = self._members.setdefault(job.group, {})
            members[job.id] = job
            if job.deleted is not None:
                del members[job.id]
        for group in before:
            self._renew(group)
        pairs = (
            (old, self._leads.get(group)) for group, old in before.items() if group in self._folded
        )
        return [(old or lead, lead) for old, lead in pairs if lead]

    def fold(self, group: str) -> None:
        """Fold a group."""
        if len(self._members.get(group, ())) > 1:
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
            for group in self._members:
                self.fold(group)

    def is_hidden(self, job: Job) -> bool:
        """Whether a job is folded away behind another one."""
        return job.group in self._folded and self._leads[job.group].id != job.id

    def summary(self, job: Job) -> Summary | None:
        """Return what a job's row says of its folded group; None unless it stands for one."""
        group = job.group
        if group is None or group not in self._folded or self._leads[group].id != job.id:
            return None
        if group not in self._summaries:
            self._summaries[group] = _summed(group, self._members[group].values())
        return self._summaries[group]

    def members(self, group: str) -> list[Job]:
        """Return the jobs of a group, the newest first."""
        return sorted(self._members.get(group, {}).values(), key=_age, reverse=True)

    def is_of_several(self, job: Job) -> bool:
        """Whether a job belongs to a group of more than one."""
        return job.group is not None and len(self._members.get(job.group, ())) > 1

    def _renew(self, group: str) -> None:
        members = self._members[group]
        self._summaries.pop(group, None)
        if len(members) < 2:
            self._folded.discard(group)
        if not members:
            del self._members[group]
            self._leads.pop(group, None)
            return
        self._leads[group] = max(members.values(), key=_age)
        if len(members) > _FOLDS_ABOVE and group not in self._opened:
            self._folded.add(group)


def _age(job: Job) -> tuple[float, str]:
    return job.created, job.id


def _summed(name: str, jobs: Collection[Job]) -> Summary:
    return Summary(
        name=name,
        jobs=tuple(sorted(jobs, key=_age, reverse=True)),
        states=Counter(job.state for job in jobs),
        faults=sum(job.is_fault for job in jobs),
        live=sum(not job.state.is_end for job in jobs),
    )
