"""Polls per task against the delay of noticing its end, in a simulated gateway.

A task waits (40 % not at all, the others 10 s on average), then runs: log-normal, 25 s, sigma 0.15.
The gateway says which of the two it is doing. Lag is the time from the end to the look that sees
it, in seconds; what counts is polls × lag, since either can be had for the other.
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from tui.core import schedule

# Seconds until the next look, from how many looks there were and how long it is seen to run.
Policy = Callable[[int, float | None], float]
DECLARED = 25.0


@dataclass(frozen=True, slots=True)
class Task:
    """How long it waits, then runs, in seconds."""

    waits: float
    runs: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """The means over many tasks, and how long each was seen to run."""

    polls: float
    lag: float
    seen: tuple[float, ...]

    @property
    def product(self) -> float:
        """What a schedule is judged by: smaller is better."""
        return self.polls * self.lag


def tasks(count: int, seed: int, sigma: float = 0.15) -> list[Task]:
    """Draw tasks, the same ones for the same seed."""
    chance = random.Random(seed)
    return [
        Task(
            0.0 if chance.random() < 0.4 else chance.expovariate(1 / 10),
            DECLARED * math.exp(chance.gauss(0, sigma)),
        )
        for _ in range(count)
    ]


def measure(policy: Policy, work: Sequence[Task]) -> Outcome:
    """Watch every task to its end with a policy."""
    looks = [_watch(policy, task) for task in work]
    return Outcome(
        fmean(polls for polls, _, _ in looks),
        fmean(lag for _, lag, _ in looks),
        tuple(seen for _, _, seen in looks),
    )


def fixed(gap: float) -> Policy:
    """Look every so many seconds."""
    return lambda _polls, _running: gap


def backoff(first: float = 1.0, factor: float = 1.5, longest: float = 10.0) -> Policy:
    """Wait longer after each look."""
    return lambda polls, _running: min(longest, first * factor**polls)


def two_phases(typical: schedule.Typical, seed: int) -> Policy:
    """Make our own schedule, jitter included."""
    chance = random.Random(seed)
    return lambda _polls, running: schedule.next_poll(running, typical, chance.uniform(-1, 1))


def learned(history: int, seed: int) -> schedule.Typical:
    """Learn from that many tasks, watched before anything was known."""
    unknown = schedule.learn((), DECLARED)
    seen = measure(two_phases(unknown, seed), tasks(history, seed)).seen if history else ()
    return schedule.learn(seen, DECLARED)


def after(history: int, count: int) -> Outcome:
    """Measure our schedule after so many jobs: ten histories, `count` tasks together."""
    outcomes = [
        measure(two_phases(learned(history, seed), seed), tasks(count // 10, 1000 + seed))
        for seed in range(10)
    ]
    return Outcome(
        fmean(one.polls for one in outcomes),
        fmean(one.lag for one in outcomes),
        tuple(seen for one in outcomes for seen in one.seen),
    )


RIVALS: dict[str, Policy] = {
    "fal: 0.1 s": fixed(0.1),
    "replicate: 0.5 s": fixed(0.5),
    "openai: 1 s": fixed(1.0),
    "fixed 2 s": fixed(2.0),
    "backoff 1.5× to 10 s": backoff(),
}


def main(count: int = 8000) -> None:
    """Print one line a schedule."""
    outcomes = {name: measure(policy, tasks(count, seed=1)) for name, policy in RIVALS.items()}
    for history in (0, 10, 50):
        outcomes[f"imagedeck after {history} jobs"] = after(history, count)
    print(f"{'schedule':24}{'polls':>8}{'lag, s':>8}{'polls × lag':>13}")
    for name, one in outcomes.items():
        print(f"{name:24}{one.polls:8.1f}{one.lag:8.2f}{one.product:13.1f}")


def _watch(policy: Policy, task: Task) -> tuple[int, float, float]:
    polls, now, started = 0, 0.0, None
    end = task.waits + task.runs
    while now < end:
        now += policy(polls, None if started is None else now - started)
        polls += 1
        if started is None and now >= task.waits:
            started = now
    return polls, now - end, now - (started or 0.0)


if __name__ == "__main__":
    main()
