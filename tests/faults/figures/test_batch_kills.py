"""A batch killed at any moment and run again, until every row has what it asked for."""

import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.core.job import State

ROWS = 24
LONGEST_LIFE = 1.5  # seconds
KILLS_A_BATCH = 10


def write_batch(home: Any, number: int) -> Path:
    """Write a file with equal rows, counts and two models in it."""
    path: Path = home.place / f"batch-{number}.jsonl"
    rows = [
        {"prompt": f"{number}: boat {row // 2}", "size": "64x64", "quality": "low"}
        for row in range(ROWS)
    ]
    rows[0] |= {"count": 3}
    rows[1] |= {"model": "gemini", "size": "0.5K", "quality": ""}
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def run_killed(nursery: Any, home: Any, path: Path, chance: random.Random) -> bool:
    """Run the batch for a while; return whether it was killed before its end."""
    pid = nursery.start(home, "batch", str(path), "-m", "gpt")
    dies = time.monotonic() + chance.uniform(0.05, LONGEST_LIFE)
    while time.monotonic() < dies:
        if nursery.poll(pid) is not None:
            return False
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    return bool(nursery.wait(pid) == -signal.SIGKILL)


@pytest.mark.parametrize("kills", [5, pytest.param(150, marks=pytest.mark.soak)])
def test_a_batch_killed_anywhere_pays_for_each_row_once(
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
    done = batches = 0
    while done < kills:
        batches += 1
        path = write_batch(home, batches)
        killed = 0
        # A bound: where a machine is busy, no life is long enough to come to the end.
        while killed < KILLS_A_BATCH and run_killed(nursery, home, path, chance):
            killed += 1
        done += killed
        assert nursery.run(home, "batch", str(path), "-m", "gpt") in {0, 5}, home.said
    verdict = examine(home, gateway.ledger())
    assert not verdict.faults, home.said
    jobs, rows = home.jobs, batches * (ROWS + 2)
    unknown = [job for job in jobs if job.state is State.UNKNOWN]
    assert len(jobs) == len({(job.group, job.row) for job in jobs}) == rows
    assert all(job.state is State.SAVED for job in jobs if job not in unknown)
    charged = Counter(str(one.prompt) for one in gateway.ledger().accepted)
    # An answer lost with its process may have been a charge or none: it is never sent again.
    assert charged.total() <= rows <= charged.total() + len(unknown)
    resolved = resolve_all(nursery, home, gateway)
    # With what only the gateway knew, each row has one charge and one image.
    assert len(gateway.ledger().accepted) == rows
    images = [one for one in home.images.iterdir() if one.suffix != ".json"]
    assert len(images) == len({(job.group, job.row) for job in home.jobs if job.row}) == rows
    if kills >= 100:
        figure(
            "kill -9 of a batch",
            f"{done} kills, {batches} batches: {rows} rows; {len(unknown)} were left unknown, "
            f"{resolved} of them charged; resolved by the ledger: {rows} charges, "
            f"{len(images)} images",
        )


def resolve_all(nursery: Any, home: Any, gateway: Any) -> int:
    """Decide about each `unknown` as a person with the gateway's bill does; return the charged."""
    attached = 0
    for job in home.jobs:
        if job.state is not State.UNKNOWN:
            continue
        known = {one.task_id for one in home.jobs}
        bill = gateway.ledger().accepted
        same = [
            one.task_id for one in bill if one.prompt == job.prompt and one.task_id not in known
        ]
        way = ["--attach", same[0]] if same else ["--resubmit"]
        assert nursery.run(home, "resolve", job.id, *way) == 0, home.said
        attached += bool(same)
    return attached


def test_two_runs_of_one_batch_at_once_pay_for_each_row_once(
    nursery: Any,
    new_home: Any,
    tmp_path: Path,
    http_gateway: Any,
    examine: Callable[..., Any],
) -> None:
    gateway = http_gateway(pace=0.002)
    home = new_home(tmp_path / "home", gateway.url)
    path = write_batch(home, 1)
    pids = [nursery.start(home, "batch", str(path), "-m", "gpt", go=False) for _ in range(3)]
    for pid in pids:
        nursery.go(pid)
    assert [nursery.wait(pid) for pid in pids] == [0, 0, 0], home.said
    assert not examine(home, gateway.ledger()).faults
    assert len(home.jobs) == len(gateway.ledger().accepted) == ROWS + 2
    # Each of them reports every image.
    lines = [line for line in home.said.splitlines() if line.startswith(str(home.images))]
    assert len(lines) == 3 * (ROWS + 2)
    assert len(set(lines)) == ROWS + 2
