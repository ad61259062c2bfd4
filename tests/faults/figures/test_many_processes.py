"""Six processes of one user, who submit and go on at the same time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PROCESSES = 6


@pytest.mark.parametrize(
    ("processes", "jobs"), [(3, 10), pytest.param(PROCESSES, 400, marks=pytest.mark.soak)]
)
def test_many_processes_on_one_home(
    nursery: Any,
    new_home: Any,
    tmp_path: Path,
    http_gateway: Any,
    examine: Callable[..., Any],
    figure: Callable[[str, str], None],
    processes: int,
    jobs: int,
) -> None:
    gateway = http_gateway()
    home = new_home(tmp_path / "home", gateway.url)

    def all_at_once(*args: str) -> set[int]:
        pids = [nursery.start(home, *args, go=False) for _ in range(processes)]
        for pid in pids:
            nursery.go(pid)
        return {nursery.wait(pid) for pid in pids}

    small = ("gpt", "a lighthouse", "--size", "64x64", "--count", str(jobs), "--yes")
    assert all_at_once("generate", *small, "--no-wait") == {0}
    # Now nobody has these jobs, and everybody wants them.
    assert all_at_once("resume") == {0}
    verdict = examine(home, gateway.ledger())
    assert not verdict.faults
    assert verdict.states == {"saved": processes * jobs}
    assert "locked" not in home.said
    # The first owner, and one other at most: nobody was taken for dead, and nobody came twice.
    assert {job.fence for job in home.jobs} <= {1, 2}
    if jobs >= 400:
        figure(
            f"{processes} processes × {jobs} jobs",
            f"{verdict.states['saved']} saved: 0 double claims, 0 lock errors",
        )
