"""What the jobs of one group come to."""

from collections import Counter
from collections.abc import Collection

from tui.app.looks import Tone
from tui.core.job import Job


class Tally:
    """Counts the jobs of a group as they change: ten thousand of them are never gone through.

    Of the jobs the newest is the `lead`, which stands for all; None while there is none.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.lead: Job | None = None
        self.models: Counter[str] = Counter()
        self.made = self.asked = 0  # images
        self._jobs: dict[str, Job] = {}
        self._live = self._faults = 0

    def __len__(self) -> int:
        return len(self._jobs)

    @property
    def jobs(self) -> Collection[Job]:
        """All of them, in no order."""
        return self._jobs.values()

    @property
    def tone(self) -> Tone:
        """What it is about: faults first, then what is under way."""
        if self._faults:
            return Tone.FAULT
        return Tone.LIVE if self._live else Tone.GOOD

    @property
    def status(self) -> str:
        """How far it is, and how many went wrong."""
        ended = len(self) - self._live
        return f"{ended}/{len(self)}" + (f" ✗{self._faults}" if self._faults else "")

    def take(self, job: Job) -> None:
        """Take a new snapshot; a deleted job is let go of."""
        if before := self._jobs.pop(job.id, None):
            self._count(before, -1)
        if job.deleted is None:
            self._jobs[job.id] = job
            self._count(job, 1)
            if self.lead is None or age(job) >= age(self.lead):
                self.lead = job
        elif self.lead and self.lead.id == job.id:
            self.lead = max(self.jobs, key=age, default=None)

    def _count(self, job: Job, by: int) -> None:
        self.models[job.request.model] += by
        if not self.models[job.request.model]:
            del self.models[job.request.model]
        self.made += by * len(job.files)
        self.asked += by * job.request.count
        self._live += by * (not job.state.is_end)
        self._faults += by * job.is_fault


def age(job: Job) -> tuple[float, str]:
    """Return what grows from the oldest job to the newest."""
    return job.created, job.id
