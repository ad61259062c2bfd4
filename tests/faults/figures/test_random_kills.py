"""Four processes of one user, each killed at any moment and started again."""

import os
import random
import signal
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

WORKERS = 4
LONGEST_LIFE = 0.9  # seconds
REQUESTS = (
    ("gpt", "--size", "64x64", "--count", "2"),
    ("gpt", "--size", "64x64", "--n", "3"),
    ("gemini", "--size", "0.5K"),
    ("gemini-pro", "--size", "0.5K", "--count", "2"),
)


class Worker:
    """One of the processes; it makes new jobs in one life, and goes on with old ones in others."""

    def __init__(self, nursery: Any, home: Any, chance: random.Random) -> None:
        self._nursery = nursery
        self._home = home
        self._chance = chance
        self._numbers = count()
        self._begin()

    def step(self) -> int:
        """Return 1 if this killed it."""
        if self._nursery.poll(self.pid) is not None:
            self._begin()
            return 0
        if time.monotonic() < self._dies:
            return 0
        os.kill(self.pid, signal.SIGKILL)
        killed: bool = self._nursery.wait(self.pid) == -signal.SIGKILL
        self._begin()
        return killed

    def _begin(self) -> None:
        args: tuple[str, ...] = ("resume",)
        if self._chance.random() < 0.4:
            model, *flags = self._chance.choice(REQUESTS)
            args = ("generate", model, f"{id(self)}-{next(self._numbers)}", *flags)
        self.pid = self._nursery.start(self._home, *args)
        self._dies = time.monotonic() + self._chance.uniform(0.02, LONGEST_LIFE)


@pytest.mark.parametrize("kills", [8, pytest.param(600, marks=pytest.mark.soak)])
def test_four_processes_killed_at_random(
    nursery: Any,
    new_home: Any,
    tmp_path: Path,
    http_gateway: Any,
    examine: Callable[..., Any],
    figure: Callable[[str, str], None],
    kills: int,
) -> None:
    gateway = http_gateway(pace=0.002)
    home = new_home(tmp_path / "home", gateway.url)
    chance = random.Random(kills)
    workers = [Worker(nursery, home, chance) for _ in range(WORKERS)]
    done = 0
    while done < kills:
        done += sum(worker.step() for worker in workers)
        time.sleep(0.005)
    codes = [nursery.wait(worker.pid) for worker in workers]
    codes += [nursery.run(home, "resume"), nursery.run(home, "resume")]
    verdict = examine(home, gateway.ledger())
    assert not verdict.faults, home.said
    assert set(codes) <= {0, 5}
    assert codes[-1] == 0
    assert "locked" not in home.said
    if kills >= 500:
        figure(
            "random kill -9, 4 processes",
            f"{done} kills, {verdict.states.total()} jobs: 0 lost ids, 0 second submissions, "
            f"0 corrupt databases, 0 partial files ({verdict.states['unknown']} unknown)",
        )
