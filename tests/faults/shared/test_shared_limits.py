"""Three processes, on one file or one shared database, under one gateway's limits."""

import os
import sqlite3
import subprocess
import sys
from bisect import bisect_left
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

PROCESSES = 3
POSTGRES = "IMAGEDECK_TEST_DATABASE_URL"
SENT = "SELECT sent FROM attempts WHERE sent IS NOT NULL ORDER BY sent"
Figure = Callable[[str, str], None]


@pytest.fixture(params=["sqlite", *(["postgres"] if POSTGRES in os.environ else [])])
def url(request: pytest.FixtureRequest) -> str:
    """The address of the database; empty where it is one file of one user."""
    return request.getfixturevalue("database_url") if request.param == "postgres" else ""


def start(place: Path, environ: dict[str, str], *args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "tui", *args],
        env={**environ, "HOME": str(place)},
        cwd=place,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def sent(url: str, place: Path) -> list[float]:
    """Return when each submission went out, by the clock that all share."""
    if url:
        import psycopg

        with psycopg.connect(url) as db:
            return [row[0] for row in db.execute(SENT.replace("attempts", "imagedeck.attempts"))]
    with closing(sqlite3.connect(place / ".local/share/imagedeck/imagedeck.db")) as db:
        return [row[0] for row in db.execute(SENT)]


def most_in_a_second(times: list[float]) -> int:
    return max(bisect_left(times, time + 1.0) - number for number, time in enumerate(times))


@pytest.mark.parametrize("jobs", [6, pytest.param(100, marks=pytest.mark.soak)])
def test_shared_rate(
    url: str, http_gateway: Any, canary_key: str, figure: Figure, tmp_path: Path, jobs: int
) -> None:
    gateway = http_gateway()
    environ = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "IMAGEDECK_BASE_URL": gateway.url,
        "IMAGEDECK_API_KEY": canary_key,
        "IMAGEDECK_DATABASE_URL": url,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    # On one file all are at one home, as one user's are; else each is another host.
    homes = [tmp_path / f"host{number if url else 0}" for number in range(PROCESSES)]
    for place in homes:
        settings = place / ".config/imagedeck/config.toml"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text("[limits]\nsubmissions_per_second = 10\n")
    wish = ("generate", "gpt", "a boat", "--size", "64x64", "--count", str(jobs), "--yes")
    running = [start(place, environ, *wish, "--no-wait") for place in homes]
    said = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0] * PROCESSES, said
    times = sent(url, homes[0])
    assert len(times) == len(gateway.ledger().accepted) == PROCESSES * jobs
    assert most_in_a_second(times) <= 11
    assert "limited" not in "".join(said)
    if jobs >= 100:
        there = sorted(one.at for one in gateway.ledger().accepted)
        figure(
            f"10/s over {PROCESSES} processes, {'PostgreSQL' if url else 'SQLite'}",
            f"{len(times)} submissions in {times[-1] - times[0]:.1f} s, "
            f"{most_in_a_second(times)} in any second, {most_in_a_second(there)} at the gateway",
        )
        assert most_in_a_second(there) <= 11
