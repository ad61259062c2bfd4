"""What the gateway works on for this process, and what may be submitted beside it."""

from collections import Counter

from tui.core.job import Job, State
from tui.core.limits import Limits

_IN_FLIGHT = frozenset({State.SUBMITTING, State.PENDING, State.PROCESSING})


class Flight:
    """Counts the jobs in flight, so that a lane passes over those there is no room for."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._jobs: dict[str, str] = {}
        self._models: Counter[str] = Counter()

    def has_room(self, model: str) -> bool:
        """Whether one more of that model may be submitted."""
        limits = self._limits
        most, own = limits.most, limits.models.get(model)
        is_full = most is not None and len(self._jobs) >= most
        return not is_full and (own is None or self._models[model] < own)

    def begin(self, job: Job) -> None:
        """Count a job whose turn has come."""
        if job.id not in self._jobs:
            self._jobs[job.id] = job.request.model
            self._models[job.request.model] += 1

    def note(self, job: Job, *, is_followed: bool) -> bool:
        """Take a new snapshot; return whether that has made room."""
        if is_followed and job.state in _IN_FLIGHT:
            self.begin(job)
            return False
        model = self._jobs.pop(job.id, None)
        if model is not None:
            self._models[model] -= 1
        return model is not None
