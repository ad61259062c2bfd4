"""Three workers on one database, killed at any moment."""

import random
import time
from collections.abc import Callable
from typing import Any

import pytest

PATIENCE = 3.0  # seconds for each job
SENT = "SELECT count(*) FROM attempts WHERE phase <> 'connecting'"


@pytest.mark.parametrize(
    ("jobs", "kills"), [(40, 2), pytest.param(2000, 20, marks=pytest.mark.soak)]
)
def test_workers_are_killed_and_nothing_is_paid_twice(
    database_url: str,
    new_hosts: Callable[..., Any],
    figure: Callable[[str, str], None],
    jobs: int,
    kills: int,
) -> None:
    hosts, gateway = new_hosts(database_url, jobs)
    chance = random.Random(kills)
    for _ in range(3):
        hosts.start()
    in_flight = 0
    for number in range(kills):
        # Somewhere in the middle: each time a little more has been sent.
        hosts.until(SENT, (number + 1) * jobs // (kills + 2), PATIENCE * jobs)
        time.sleep(chance.uniform(0, 0.5))
        in_flight += hosts.kill(chance.choice([*hosts.workers]))
        hosts.bury()
        hosts.start()
    hosts.until_over(jobs, PATIENCE * jobs)
    states = hosts.judge(gateway.ledger())
    assert states["unknown"] <= in_flight
    assert states["saved"] + states["unknown"] == jobs
    assert hosts.end() == {143}
    if jobs >= 1000:
        figure(
            f"3 workers, {jobs} jobs, {kills} × kill -9",
            f"{states['saved']} saved, 0 paid twice, 0 lost, {states['unknown']} unknown of "
            f"{in_flight} submissions in flight at the kills",
        )
