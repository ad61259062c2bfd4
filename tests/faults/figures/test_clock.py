"""Somebody sets the clock while jobs are under way (libfaketime)."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tui

JOBS = 5
LIBRARIES = [*Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")]

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not LIBRARIES, reason="libfaketime is not installed: no clock jumps"),
]


@pytest.mark.parametrize("jump", ["+1d", "-1d", "+10y", "+0 x100"])
def test_setting_the_clock_ends_nothing_early_and_holds_nothing_up(
    new_home: Any,
    tmp_path: Path,
    http_gateway: Any,
    examine: Callable[..., Any],
    figure: Callable[[str, str], None],
    jump: str,
) -> None:
    gateway = http_gateway(faults=["poll:status=thinking"])  # so a look is due every 2 s
    home = new_home(tmp_path / "home", gateway.url)
    clock = tmp_path / "clock"
    clock.write_text("+0\n")
    process = subprocess.Popen(
        [
            sys.executable,
            "-P",
            "-m",
            "tui",
            "generate",
            "gpt",
            "a",
            "--size",
            "64x64",
            "--count",
            "5",
        ],
        env={
            **home.environ,
            "PYTHONPATH": str(Path(tui.__file__).parents[1]),
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(clock),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        },
        cwd=home.place,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )

    def looks() -> int:
        return sum(gateway.ledger().polls.values())

    try:
        end = time.monotonic() + 60
        while len(gateway.ledger().polls) < JOBS:
            assert time.monotonic() < end
            time.sleep(0.05)
        _jump(clock, jump)
        before = looks()
        time.sleep(12.0)
        made = looks() - before
        assert process.poll() is None, process.communicate()[1]
        gateway.play()
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, said
    assert examine(home, gateway.ledger()).states == {"saved": JOBS}
    assert all(abs(job.finished - time.time()) > 600 for job in home.jobs)  # it was set
    figure(f"clock set by {jump}", f"{made} looks at {JOBS} tasks in 12 s (30 are due), all saved")
    # Neither a storm nor a standstill, on a busy machine too.
    assert 10 <= made <= 45


def _jump(clock: Path, jump: str) -> None:
    part = clock.with_suffix(".new")
    part.write_text(f"{jump}\n")
    part.replace(clock)
