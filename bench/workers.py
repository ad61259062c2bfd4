"""A shared database worked by one worker, then by three: jobs done in a second.

The gateway is done with each task at once and delivers an image of 64 × 64 pixels, so what is left
is imagedeck's own work and the database's: queue, six durable changes a job, three requests, an
image verified and kept with its sidecar. Jobs are added as `imagedeck batch` does, and left to
workers; the time counts from the first that is saved. `--waiting` measures a worker that follows so
many jobs which take for ever: its memory (USS), its share of a core and its looks in a second.

Needs the project's environment and a PostgreSQL: `.ci/postgres` runs a command with one of its own
(IMAGEDECK_TEST_FSYNC=on makes it as durable as in earnest). Without one it says so and ends.

    IMAGEDECK_TEST_FSYNC=on PYTHONPATH=bench .ci/postgres .venv/bin/python bench/workers.py
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apparatus.gateway import environ
from apparatus.image_server import MODEL, ImageServer
from apparatus.server import shared_database
from apparatus.terminal import imagedeck

_SHORT = os.environ.get("IMAGEDECK_BENCH") == "short"
_DATABASE = "IMAGEDECK_DATABASE_URL"
_AT_ONCE = 500  # jobs added in one go
_TICKS = os.sysconf("SC_CLK_TCK")
_LIMITS = "[limits]\nsubmissions = 32\npolls = 64\ndownloads = 32\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--jobs", type=int, nargs="*", default=[300] if _SHORT else [1000, 10_000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 3])
    parser.add_argument("--waiting", type=int, default=200 if _SHORT else 5000)
    parser.add_argument("--seconds", type=float, default=5 if _SHORT else 30)
    options = parser.parse_args()
    for count in options.jobs:
        for workers in options.workers:
            _throughput(count, workers)
    if options.waiting:
        _waiting(options.waiting, options.seconds)


def _throughput(count: int, workers: int) -> None:
    with _place(pace=0.0) as (variables, _server):
        added = _add(variables, count)
        with _workers(variables, workers) as running:
            begun = _until(variables, 1)
            before = [_cpu(one.pid) for one in running]
            ended = _until(variables, count)
            spent = sum(_cpu(one.pid) for one in running) - sum(before)
    print(
        f"{count:>8,} jobs, {workers} worker{'s' if workers > 1 else ' '}: added in {added:.1f} s, "
        f"{count / (ended - begun):.0f} done a second, {1000 * spent / count:.1f} ms of CPU each"
    )


def _waiting(count: int, seconds: float) -> None:
    with _place(pace=10_000.0) as (variables, server):
        _add(variables, count)
        with _workers(variables, 1, "--concurrency", "20000") as (worker,):
            begun = time.monotonic()
            while _count(variables, "state IN ('pending', 'processing')") < count:
                time.sleep(0.5)
            sent = time.monotonic() - begun
            time.sleep(10)
            before, looks, begun = _cpu(worker.pid), server.looks, time.monotonic()
            time.sleep(seconds)
            took = time.monotonic() - begun
            share = (_cpu(worker.pid) - before) / took
            rate = (server.looks - looks) / took
            print(
                f"{count:>8,} waiting in one worker: all sent after {sent:.0f} s, "
                f"{_uss(worker.pid) / 1e6:.0f} MB, {100 * share:.0f} % of a core at {rate:.0f} "
                "looks a second"
            )


@contextmanager
def _place(pace: float) -> Iterator[tuple[dict[str, str], ImageServer]]:
    """Yield the environment of a home, a database and a gateway that are new, and the latter."""
    with (
        shared_database() as url,
        tempfile.TemporaryDirectory() as home,
        ImageServer(pace, side=64) as server,
    ):
        settings = Path(home, ".config/imagedeck/config.toml")
        settings.parent.mkdir(parents=True)
        settings.write_text(_LIMITS)
        shared = {_DATABASE: url, "IMAGEDECK_RUN": "workers"}
        yield environ(Path(home), server.url) | shared, server


def _add(variables: dict[str, str], count: int) -> float:
    """Add jobs as a batch does; return the seconds that took."""
    rows = Path(variables["HOME"], "batch.txt")
    rows.write_text("".join(f"a lighthouse, {number}\n" for number in range(count)))
    begun = time.monotonic()
    command = imagedeck("batch", str(rows), "-m", MODEL.id, "--yes", "--no-wait")
    ran = subprocess.run(
        command, env=variables, cwd=variables["HOME"], check=False, capture_output=True
    )
    if ran.returncode:
        sys.exit(ran.stderr.decode())
    return time.monotonic() - begun


@contextmanager
def _workers(
    variables: dict[str, str], number: int, *flags: str
) -> Iterator[list[subprocess.Popen[bytes]]]:
    command = imagedeck("worker", *flags)
    running = []
    for one in range(number):
        with Path(variables["HOME"], f"worker-{one}.log").open("wb") as log:
            running.append(subprocess.Popen(command, stderr=log, env=variables))
    try:
        yield running
    finally:
        for worker in running:
            worker.send_signal(signal.SIGTERM)
        for worker in running:
            worker.wait()


def _until(variables: dict[str, str], count: int) -> float:
    """Wait until so many are saved; return when that was."""
    while (found := _count(variables, "state = 'saved'")) < count:
        time.sleep(0.05 if count - found < _AT_ONCE else 0.5)
    return time.monotonic()


def _count(variables: dict[str, str], condition: str) -> int:
    import psycopg

    with psycopg.connect(variables[_DATABASE], autocommit=True) as db:
        row = db.execute(f"SELECT count(*) FROM imagedeck.jobs WHERE {condition}").fetchone()  # type: ignore[arg-type]  # noqa: S608 - ours
    return int(row[0]) if row else 0


def _cpu(pid: int) -> float:
    """Return the CPU seconds of a process and of its children that are there."""
    seconds = 0.0
    for one in [pid, *_children(pid)]:
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        seconds += sum(map(int, fields[11:15])) / _TICKS
    return seconds


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(one) for task in tasks for one in task.read_text().split()]


def _uss(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(one.split()[1]) * 1024 for one in lines if one.startswith("Private_"))


if __name__ == "__main__":
    main()
