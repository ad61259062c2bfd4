"""A shared database: many jobs added, searches right afterwards, a change seen on another host.

100,000 jobs are added as a batch adds them, 500 at a time. Told are the seconds, which on a busy
machine are others' as well, and the CPU time of this process and of its session at the server.
Then words are looked for at once, before the server knows what has come: one that half of all
prompts have, one that few have, one that none has. At last an app in a pseudo-terminal of 120 × 40
cells shows the same database, while this process, as another host, adds a job now and then: the
time from the commit until its prompt has arrived at the terminal.

Needs the project's environment and the address of a PostgreSQL server that may be given databases;
`.ci/postgres` starts one:

    .ci/postgres python -m bench.shared [--jobs 100000] [--changes 60]
"""

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles

from apparatus.gateway import environ
from apparatus.server import shared_database
from apparatus.terminal import Terminal, imagedeck

from tui.core.job import Job, State, new_job_id
from tui.core.request import Request
from tui.services.clock import SystemClock
from tui.services.journal.postgres.journal import PostgresJournal
from tui.services.journal.protocol import Query

_SHORT = os.environ.get("IMAGEDECK_BENCH") == "short"
_CHUNK = 500
_WORDS = "harbour storm boat winter soft light ink paper mountain river night neon street forest"
_LOOKED_FOR = ("harbour", "number 77", "cathedral")
_ELSEWHERE = "http://127.0.0.1:9"  # nothing is sent


def new_jobs(count: int) -> Iterator[Job]:
    words, chance = _WORDS.split(), random.Random(1)
    now = time.time()
    for number in range(count):
        prompt = f"{' '.join(chance.sample(words, 7))}, number {number}"
        yield Job(
            id=new_job_id(int(now * 1000) + number, os.urandom(10)),
            request=Request(model="gpt-image-2", values={"prompt": prompt, "size": "1024x1024"}),
            state=State.QUEUED,
            created=now,
            updated=now,
            folder="/home/somebody/Pictures/imagedeck",
            template="{date}-{slug}-{id}-{index}",
            gateway="https://gateway.example",
            group="a batch",
            row=f"{number:064x}.1",
        )


async def add(journal: PostgresJournal, jobs: list[Job], url: str) -> None:
    begun, used, theirs = time.perf_counter(), time.process_time(), server_cpu(url)
    for start in range(0, len(jobs), _CHUNK):
        await journal.add(jobs[start : start + _CHUNK])
    took, mine = time.perf_counter() - begun, time.process_time() - used
    cpu = f"CPU: {mine:.1f} s here, {server_cpu(url) - theirs:.1f} s at the server"
    print(f"{len(jobs):,} jobs added in {took:.1f} s ({cpu})")


def server_cpu(url: str) -> float:
    """Return the CPU seconds of all sessions of this database, where they are on this machine."""
    import psycopg

    with psycopg.connect(url) as db:
        pids = db.execute(
            "SELECT pid FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    ticks = 0
    for (pid,) in pids:
        stat = Path(f"/proc/{pid}/stat")
        fields = stat.read_text().rpartition(")")[2].split() if stat.exists() else [0] * 13
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def search(journal: PostgresJournal) -> None:
    journal.history.list(Query(limit=1))  # connects
    for words in _LOOKED_FOR:
        times = []
        for _ in range(5):
            begun = time.perf_counter()
            found = journal.history.list(Query(text=words, limit=100))
            times.append(1000 * (time.perf_counter() - begun))
        first = f"{times[0]:.1f} ms at first, then {median(times):.1f} ms"
        print(f"searched at once: {words!r}, the newest {len(found)}: {first}")


async def watch(journal: PostgresJournal, url: str, count: int) -> None:
    with tempfile.TemporaryDirectory() as home:
        variables = {**environ(Path(home), _ELSEWHERE), "IMAGEDECK_DATABASE_URL": url}
        with Terminal(imagedeck(), variables, (120, 40)) as app:
            app.see("Jobs", "Prompt", "a batch")
            app.rest(3)
            times = [await seen(journal, app, number) for number in range(count)]
    last = quantiles(times, n=20)[-1]
    told = f"median {median(times):.0f} ms, 95 % within {last:.0f} ms"
    print(f"{count} jobs of one host seen in the other's table: {told}")


async def seen(journal: PostgresJournal, app: Terminal, number: int) -> float:
    """Add a job; return the milliseconds until the app's terminal shows it."""
    app.rest(random.uniform(0.3, 1.0))
    word = f"news-{number:04}."
    request = Request(model="gpt-image-2", values={"prompt": word})
    (like,) = new_jobs(1)
    await journal.add([replace(like, request=request, group=None, row=None)])
    return 1000 * app.until(lambda: word in app.text)


async def measure(options: argparse.Namespace, url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        journal = PostgresJournal.open(url, Path(folder), SystemClock())
        try:
            await add(journal, [*new_jobs(options.jobs)], url)
            search(journal)
            await watch(journal, url, options.changes)
        finally:
            await journal.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--jobs", type=int, default=5_000 if _SHORT else 100_000)
    parser.add_argument("--changes", type=int, default=10 if _SHORT else 60)
    options = parser.parse_args()
    with shared_database() as url:
        asyncio.run(measure(options, url))


if __name__ == "__main__":
    main()
