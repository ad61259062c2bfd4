"""How far many jobs have come, and when they will be done."""

from collections import Counter, deque

from tui.core.job import Job, State
from tui.core.language import _
from tui.core.state_words import state_count
from tui.core.units import lasted

_WINDOW = 60.0  # seconds over which the rate is taken
_GAP = 1.0
_WRONG = (State.FAILED, State.UNKNOWN, State.LOST, State.EXPIRED, State.DROPPED)


class Progress:
    """Counts `total` jobs by their states; times are monotonic seconds."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._open: dict[str, State] = {}
        self._ended: dict[str, State] = {}
        self._counts: Counter[State] = Counter()
        self._finished = 0
        self._samples: deque[tuple[float, int]] = deque()

    @property
    def done(self) -> int:
        """How many have ended."""
        return len(self._ended)

    def note(self, job: Job) -> None:
        """Take a new snapshot in."""
        was_open = self._open.pop(job.id, None)
        before = was_open or self._ended.pop(job.id, None)
        if before:
            self._counts[before] -= 1
        # What an earlier run has done says nothing about how fast this one is.
        self._finished += was_open is not None and job.state.is_end
        self._counts[job.state] += 1
        (self._ended if job.state.is_end else self._open)[job.id] = job.state

    def forget(self, job_id: str) -> None:
        """Leave out a job in whose place there is another one now."""
        before = self._open.pop(job_id, None) or self._ended.pop(job_id, None)
        if before:
            self._counts[before] -= 1

    def line(self, now: float) -> str:
        """Say how far everything is, how fast it goes, how long it will take."""
        counts = [
            state_count(f"{self._counts[one]:,}", one)
            for one in reversed(State)
            if self._counts[one]
        ]
        parts = [self._far, _(", ").join(counts), *self._pace(now)]
        return "  ".join(part for part in parts if part)

    def brief(self, now: float) -> str:
        """Say the same where there is little room: of the states only those that went wrong."""
        wrong = [state_count(f"{self._counts[one]:,}", one) for one in _WRONG if self._counts[one]]
        return _(", ").join([self._far, *wrong, *self._pace(now)])

    @property
    def _far(self) -> str:
        return _("{done:,} of {total:,}", done=self.done, total=self._total)

    def _pace(self, now: float) -> list[str]:
        rate = self._rate(now)
        if not rate:
            return []
        pace = _("{rate:.1f}/s", rate=rate) if rate >= 0.1 else _("{rate:.1f}/min", rate=rate * 60)
        left = self._total - self.done
        return [pace, _("{time} left", time=lasted(left / rate))] if left > 0 else [pace]

    def _rate(self, now: float) -> float:
        samples = self._samples
        if not samples or now - samples[-1][0] >= _GAP:
            samples.append((now, self._finished))
        while len(samples) > 2 and now - samples[0][0] > _WINDOW:
            samples.popleft()
        since, then = samples[0]
        return (self._finished - then) / (now - since) if now > since else 0.0
