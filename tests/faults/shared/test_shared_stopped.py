"""Workers that are stopped for a while, and the database for another."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

PATIENCE = 2.0  # seconds for each job
SAVED = "SELECT count(*) FROM jobs WHERE state = 'saved'"


def judge_all_saved(hosts: Any, gateway: Any, jobs: int) -> None:
    """Wait until as many jobs are over, and hold them to be saved, each paid once."""
    hosts.until_over(jobs, PATIENCE * jobs)
    assert hosts.judge(gateway.ledger()) == {"saved": jobs}
    assert len(gateway.ledger().accepted) == jobs


@pytest.mark.parametrize(
    ("jobs", "workers", "pause"),
    [(30, 2, 0.5), pytest.param(2500, 3, 18.0, marks=pytest.mark.soak)],
)
def test_each_worker_is_stopped_in_turn(
    database_url: str,
    new_hosts: Callable[..., Any],
    figure: Callable[[str, str], None],
    jobs: int,
    workers: int,
    pause: float,
) -> None:
    hosts, gateway = new_hosts(database_url, jobs)
    numbers = [hosts.start() for _ in range(workers)]
    for turn, number in enumerate(numbers, 1):
        hosts.until(SAVED, turn * jobs // (workers + 2), PATIENCE * jobs)
        pid = hosts.workers[number].pid
        os.kill(pid, signal.SIGSTOP)
        time.sleep(pause)
        os.kill(pid, signal.SIGCONT)
    judge_all_saved(hosts, gateway, jobs)
    assert hosts.end() == {143}
    if jobs >= 1000:
        figure(
            f"each of {workers} workers stopped for {pause:.0f} s, {jobs} jobs",
            f"{jobs} saved, 0 paid twice",
        )


@pytest.mark.parametrize(
    ("jobs", "workers", "pause"), [(30, 2, 0.5), pytest.param(1500, 3, 5.0, marks=pytest.mark.soak)]
)
def test_the_server_is_stopped_twice_as_by_a_crash(
    server: Any,
    new_hosts: Callable[..., Any],
    figure: Callable[[str, str], None],
    jobs: int,
    workers: int,
    pause: float,
) -> None:
    hosts, gateway = new_hosts(server.url, jobs)
    for _ in range(workers):
        hosts.start()
    for turn in (1, 2):
        hosts.until(SAVED, turn * jobs // 4, PATIENCE * jobs)
        server.stop()
        time.sleep(pause)
        server.start()
    judge_all_saved(hosts, gateway, jobs)
    # They are the same as before, and still there.
    assert [one.poll() for one in hosts.workers.values()] == [None] * workers
    assert hosts.end() == {143}
    if jobs >= 1000:
        figure(
            f"PostgreSQL stopped twice for {pause:.0f} s, {workers} workers, {jobs} jobs",
            f"{jobs} saved, 0 paid twice, 0 lost; the workers were still there",
        )
