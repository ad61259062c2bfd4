"""When to look at a task next."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pvariance

from tui.core.job import Job, State
from tui.core.request import Request

PENDING_GAP = 2.0
SHORTEST_GAP, LONGEST_GAP = 0.25, 10.0
JITTER = 0.2
FIRST_BACKOFF, LONGEST_BACKOFF = 0.5, 60.0
STALLED_AFTER = 15 * 60.0
STALLED_GAP = 60.0
FORGOTTEN_AFTER, FORGOTTEN_GAP = 24 * 3600.0, 600.0
LEAST_SAMPLES, MOST_SAMPLES = 10, 50
_POLL_COST = 0.018  # seconds of lag one poll is worth, for a task of 25 s
_AHEAD = 0.8  # how far into a gap its hazard is read; earlier, few samples overshoot the end
_DECLARED_SIGMA = 0.5
_SHORTEST_TASK = 0.05  # seconds; a logarithm needs more than none
# Ten alike durations prove little: believed at once, they let a gap jump over the next end.
_PRIOR_SIGMA, _PRIOR_JOBS = 0.2, 5


@dataclass(frozen=True, slots=True)
class Typical:
    """How long a task of one kind takes: a log-normal with this median (seconds) and sigma.

    `learned` tells it from the declared guess.
    """

    median: float
    sigma: float = _DECLARED_SIGMA
    learned: bool = False

    def hazard(self, seconds: float) -> float:
        """Return the chance per second to end now, having run that many seconds."""
        if seconds < 1e-9:  # less is no time, and its products are zero
            return 0.0
        z = (math.log(seconds) - math.log(self.median)) / self.sigma
        survival = 0.5 * math.erfc(z / math.sqrt(2))
        if survival < 1e-12:
            # Far in the tail the quotient is 0/0; its limit is z / (sigma · t).
            return z / (self.sigma * seconds)
        # In logarithms, since the product of two small numbers is 0.
        width = math.log(seconds) + math.log(self.sigma * math.sqrt(2 * math.pi))
        return math.exp(-z * z / 2 - width) / survival


def kind_of(request: Request) -> str:
    """Name what, besides the model, decides how long a task takes: its size and its quality."""
    return f"{request.values.get('size', '')} {request.values.get('quality', '')}".strip()


def learn(durations: Sequence[float], declared: float) -> Typical:
    """Fit the last 50 durations (seconds, newest first); below ten, take the declared time."""
    recent = [math.log(max(one, _SHORTEST_TASK)) for one in durations[:MOST_SAMPLES]]
    if len(recent) < LEAST_SAMPLES:
        return Typical(max(declared, _SHORTEST_TASK))
    jobs = len(recent)
    variance = (jobs * pvariance(recent) + _PRIOR_JOBS * _PRIOR_SIGMA**2) / (jobs + _PRIOR_JOBS)
    return Typical(math.exp(fmean(recent)), math.sqrt(variance), learned=True)


def next_poll(running: float | None, typical: Typical, jitter: float) -> float:
    """Return the seconds until the next look.

    `running` is for how long the task has been seen processing, None while it is pending;
    `jitter` is a random number from -1 to 1, which moves the gap by up to 20 %.
    """
    gap = PENDING_GAP if running is None else _hazard_gap(running, typical)
    return max(SHORTEST_GAP, gap * (1 + JITTER * jitter))


def is_stalled(job: Job, now: float) -> bool:
    """Whether a task that is followed has run for so long that something must be wrong."""
    runs = job.is_live and job.state in {State.PENDING, State.PROCESSING}
    return runs and job.submitted is not None and now - job.submitted > STALLED_AFTER


def backoff(errors: int, jitter: float) -> float:
    """Return the seconds to wait after that many errors in a row: 0.5 doubling to 60."""
    gap = min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0 ** min(errors - 1, 16))
    return gap * (1 + JITTER * jitter)


def _hazard_gap(running: float, typical: Typical) -> float:
    # The best gap is the root of 2c/h. The hazard rises within the gap itself, and steeply where
    # durations are alike: the gap is searched that suits the hazard inside it.
    worth = 2 * _POLL_COST * typical.median / 25
    low, high = SHORTEST_GAP, LONGEST_GAP
    for _ in range(8):
        gap = (low + high) / 2
        too_long = gap * gap * typical.hazard(running + _AHEAD * gap) > worth
        low, high = (low, gap) if too_long else (gap, high)
    return low
