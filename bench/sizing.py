"""What so many images a day need, worked out from what an image costs on this machine.

imagedeck makes images of 2 MB through a gateway in another process, in a shared database of its
own: counted are its CPU time with that of the processes that look into images, what the database
grows by, what its log gets, transactions and looks. The rest is multiplication, printed as the
table of docs/sizing.md.

Needs the project's environment and the address of a PostgreSQL server that may be given databases;
`.ci/postgres` starts one:

    .ci/postgres python -m bench.sizing [--images 1000000] [--megabytes 2] [--seconds 30] [--peak 2]
"""

import argparse
import json
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from apparatus.gateway import environ
from apparatus.image_server import MODEL, ImageServer
from apparatus.server import shared_database
from apparatus.terminal import imagedeck

DAY = 86_400
LOOKS = 20  # a job, see bench/schedule.py
LOOK_CPU = 2.1e-4  # seconds, see bench/polls.py
_SHORT = os.environ.get("IMAGEDECK_BENCH") == "short"
_COUNT = 60 if _SHORT else 400
_IN_FLIGHT = 64
_SIZES = "SELECT pg_database_size(current_database()), pg_current_wal_lsn() - '0/0'::pg_lsn"
_CHANGES = "SELECT change FROM imagedeck.journal"
_COMMITS = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one image costs: CPU seconds, bytes, changes and transactions in the database."""

    cpu: float
    bytes: float
    log_bytes: float
    changes: float
    transactions: float


def measure(url: str, count: int) -> Cost:
    """Make so many images."""
    import psycopg

    with (
        tempfile.TemporaryDirectory() as folder,
        ImageServer(pace=0.1) as server,
        closing(psycopg.connect(url, autocommit=True)) as db,
    ):
        home = Path(folder)
        rows = ({"model": MODEL.id, "prompt": f"a lighthouse, {at} " * 20} for at in range(count))
        batch = home / "batch.jsonl"
        batch.write_text("".join(json.dumps(row) + "\n" for row in rows))
        variables = {**environ(home, server.url), "IMAGEDECK_DATABASE_URL": url}
        before, used = _state(db), _cpu()
        command = imagedeck("batch", str(batch), "--yes", "--in-flight", str(_IN_FLIGHT))
        subprocess.run(command, check=True, env=variables, capture_output=True)
        cpu = _cpu() - used
        time.sleep(1)  # until the server has counted
        after = _state(db)
    grown = [(new - old) / count for old, new in zip(before, after, strict=True)]
    # A look here is one of few: the tasks take a second, not half a minute.
    return Cost(cpu / count, *grown)


def _state(db: object) -> list[int]:
    found: list[int] = []
    for statement in (_SIZES, _CHANGES, _COMMITS):
        found += db.execute(statement).fetchone()  # type: ignore[attr-defined]
    return [int(one) for one in found]


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def needs(cost: Cost, options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Work out what a day of images needs; `peak` times the mean is what counts."""
    rate = options.images / DAY * options.peak
    size = options.megabytes * 1e6
    cpu = rate * (cost.cpu + LOOKS * LOOK_CPU)
    yield "images a second, at the peak", f"{rate:.1f}"
    yield "jobs at the gateway at once", f"{rate * options.seconds:,.0f}"
    yield "submissions a second", f"{rate:.1f}"
    yield "looks a second", f"{rate * LOOKS:,.0f}"
    yield "from the gateway, and again to the store", f"{rate * size * 8 / 1e6:,.0f} Mbit/s"
    yield "CPU of all workers together", f"{cpu:.1f} cores"
    yield "changes a second in the database", f"{rate * cost.changes:,.0f}"
    yield "transactions a second, at most", f"{rate * cost.transactions:,.0f}"
    yield "images a day", f"{options.images * size / 1e12:.2f} TB"
    yield "the database grows by, a day", f"{options.images * cost.bytes / 1e9:.1f} GB"
    yield "its log (WAL), a day", f"{options.images * cost.log_bytes / 1e9:.0f} GB"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--megabytes", type=float, default=2.0)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--peak", type=float, default=2.0)
    parser.add_argument("--count", type=int, default=_COUNT)
    options = parser.parse_args()
    with shared_database() as url:
        cost = measure(url, options.count)
    print(
        f"an image of 2 MB: {cost.cpu * 1000:.0f} ms of CPU, {cost.bytes:,.0f} bytes in the "
        f"database, {cost.log_bytes:,.0f} in its log, {cost.changes:.1f} changes in "
        f"{cost.transactions:.1f} transactions"
    )
    print(f"{options.images:,} images a day, peaks of {options.peak:g} times the mean:")
    for name, value in needs(cost, options):
        print(f"{name:<42} {value}")


if __name__ == "__main__":
    main()
