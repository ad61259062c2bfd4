"""Stopped for a while, as on a machine asleep, and going on."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

JOBS = 5


@pytest.mark.parametrize(
    ("pause", "rounds"), [(2.6, 1), pytest.param(20.0, 5, marks=pytest.mark.soak)]
)
def test_every_task_is_looked_at_as_soon_as_it_goes_on(
    nursery: Any,
    new_home: Any,
    tmp_path: Path,
    http_gateway: Any,
    examine: Callable[..., Any],
    figure: Callable[[str, str], None],
    pause: float,
    rounds: int,
) -> None:
    gateway = http_gateway(faults=["poll:status=thinking"])  # so a look is due every 2 s
    home = new_home(tmp_path / "home", gateway.url)
    flags = ("--size", "64x64", "--count", str(JOBS))
    pid = nursery.start(home, "generate", "gpt", "a lighthouse", *flags)

    def looks() -> dict[str, int]:
        polls: dict[str, int] = gateway.ledger().polls
        return polls

    def until(holds: Callable[[], bool]) -> float:
        started = time.monotonic()
        while not holds():
            assert time.monotonic() < started + 30, home.said
            time.sleep(0.02)
        return time.monotonic() - started

    until(lambda: len(looks()) == JOBS)
    waited = []
    for _ in range(rounds):
        time.sleep(0.3)  # a look under way would be answered, and the next one due, only later
        os.kill(pid, signal.SIGSTOP)
        time.sleep(pause)
        before = looks()
        os.kill(pid, signal.SIGCONT)
        waited.append(until(lambda: all(looks()[one] > before[one] for one in before)))  # noqa: B023 - called at once
    gateway.play()
    assert nursery.wait(pid) == 0
    assert examine(home, gateway.ledger()).states == {"saved": JOBS}
    if rounds > 1:
        usual = sorted(waited)[rounds // 2]  # a busy machine may be late once
        figure(
            f"stopped for {pause:.0f} s, {rounds} times",
            f"all {JOBS} tasks looked at within {usual:.2f} s of going on "
            f"({max(waited):.2f} s at most)",
        )
        assert usual < 1.0
