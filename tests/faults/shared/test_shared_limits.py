"""Three processes, on one file or one shared database, under one gateway's limits."""

import os
import sqlite3
import subprocess
import sys
import time
from bisect import bisect_left
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

PROCESSES = 3
POSTGRES = "IMAGEDECK_TEST_DATABASE_URL"
SENT = "SELECT sent FROM attempts WHERE sent IS NOT NULL ORDER BY sent"
AWAY = "SELECT count(*) FROM jobs WHERE state IN ('submitting', 'pending', 'processing')"
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


def asked(url: str, place: Path, sql: str) -> list[tuple[Any, ...]]:
    """Return what the database answers."""
    if url:
        import psycopg

        with psycopg.connect(url) as db:
            db.execute("SET search_path = imagedeck")
            return db.execute(sql).fetchall()
    file = f"file:{place / '.local/share/imagedeck/imagedeck.db'}?mode=ro"
    with closing(sqlite3.connect(file, uri=True)) as db:
        return db.execute(sql).fetchall()


def most_in_a_second(times: list[float]) -> int:
    return max(bisect_left(times, time + 1.0) - number for number, time in enumerate(times))


@pytest.fixture
def hosts(url: str, http_gateway: Any, canary_key: str, tmp_path: Path) -> Callable[..., Any]:
    """Run a command in three processes: on one file at one home, else each on another host.

    Returns the gateway and the first home; `look` is called while they run.
    """

    def run(limits: str, *args: str, look: Callable[[Path], None] | None = None) -> Any:
        gateway = http_gateway()
        environ = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "IMAGEDECK_BASE_URL": gateway.url,
            "IMAGEDECK_API_KEY": canary_key,
            "IMAGEDECK_DATABASE_URL": url,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
        homes = [tmp_path / f"host{number if url else 0}" for number in range(PROCESSES)]
        for place in homes:
            settings = place / ".config/imagedeck/config.toml"
            settings.parent.mkdir(parents=True, exist_ok=True)
            settings.write_text(limits)
        running = [start(place, environ, *args) for place in homes]
        while look and any(process.poll() is None for process in running):
            look(homes[0])
        said = [process.communicate()[0] for process in running]
        assert [process.returncode for process in running] == [0] * PROCESSES, said
        assert "limited" not in "".join(said)
        return gateway, homes[0]

    return run


@pytest.mark.parametrize("jobs", [6, pytest.param(100, marks=pytest.mark.soak)])
def test_shared_rate(url: str, hosts: Callable[..., Any], figure: Figure, jobs: int) -> None:
    wish = ("generate", "gpt", "a boat", "--size", "64x64", "--count", str(jobs), "--yes")
    gateway, home = hosts("[limits]\nsubmissions_per_second = 10\n", *wish, "--no-wait")
    times = [row[0] for row in asked(url, home, SENT)]
    assert len(times) == len(gateway.ledger().accepted) == PROCESSES * jobs
    assert most_in_a_second(times) <= 11
    if jobs >= 100:
        there = sorted(one.at for one in gateway.ledger().accepted)
        figure(
            f"10/s over {PROCESSES} processes, {'PostgreSQL' if url else 'SQLite'}",
            f"{len(times)} submissions in {times[-1] - times[0]:.1f} s, "
            f"{most_in_a_second(times)} in any second, {most_in_a_second(there)} at the gateway",
        )
        assert most_in_a_second(there) <= 11


def test_shared_places(url: str, hosts: Callable[..., Any]) -> None:
    seen: set[int] = set()

    def look(home: Path) -> None:
        with suppress(sqlite3.Error):  # while nobody has made the file
            seen.update(row[0] for row in asked(url, home, AWAY))
        time.sleep(0.05)

    wish = ("generate", "gpt", "a boat", "--size", "64x64", "--count", "2")
    gateway, _home = hosts("[in_flight]\nall = 2\n", *wish, look=look)
    assert len(gateway.ledger().accepted) == PROCESSES * 2
    assert max(seen) <= 2
