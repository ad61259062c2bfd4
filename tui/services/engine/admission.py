"""Who may be submitted now: this process's own bound, and the limits that all keep together."""

from collections.abc import Callable, Mapping

from tui.core.job import Job
from tui.core.limits import Limits
from tui.services.engine.crowd import Crowd
from tui.services.engine.flight import Flight
from tui.services.engine.lanes import Lane
from tui.services.engine.pacer import Pacer
from tui.services.engine.work import Work


class Admission:
    """Stands before the lane of submissions, and counts who goes through.

    `own` bounds what this process has in flight, `work.limits` what all have.
    """

    lack = ""  # whoever asks is there

    def __init__(
        self, work: Work, own: Limits, followed: Mapping[str, Job], lane: Callable[[], Lane]
    ) -> None:
        self._flight = Flight(own)
        self._limits = work.limits
        self._followed = followed
        self._lane = lane
        self._crowd = Crowd(work, lane)
        self.pacer = Pacer(work, lane)
        self.refuse, self.run = self._crowd.refuse, self._crowd.run

    @property
    def full(self) -> frozenset[str]:
        """The models that wait here for a place."""
        return self._crowd.full

    @property
    def crowd(self) -> str:
        """Say that no more may be in flight while somebody waits here; empty otherwise."""
        said = (self._limits.crowded(one, self._crowd.in_flight) for one in sorted(self.full))
        return next(filter(None, said), "")

    @property
    def waits(self) -> str:
        """Say what those wait for who wait here; empty where nobody does."""
        return (self.crowd or self._limits.waits("", {})) if len(self._lane()) else ""

    def admits(self, model: str) -> bool:
        """Whether there is room for one more of a model."""
        return self._flight.has_room(model) and self._crowd.admits(model)

    def begin(self, job_id: str) -> None:
        """Count a job whose turn has come, unless it was left meanwhile."""
        if job := self._followed.get(job_id):
            self._flight.begin(job)
            self._crowd.begin(job)
            self.pacer.begin(job)

    def note(self, job: Job) -> None:
        """Take a new snapshot, which may have made room."""
        if self._flight.note(job, is_followed=job.id in self._followed):
            self._crowd.leave(job)
            self._lane().look_again()
