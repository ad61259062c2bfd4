"""Durable updates a second: the journal against a commit for each update.

Both write the same table with the same durability (TRUNCATE, EXTRA); 64 producers on one asyncio
loop each wait until their update is durable before they make the next. The naive way is the usual
one: one sqlite3 connection in a thread of its own, one transaction an update. Rounds are
interleaved, so that a busy machine is busy for both.

Needs nothing but the project's environment and a folder on the disk in question:

    python -m bench.journal [--rounds 5] [--seconds 2] [--folder /tmp]
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from statistics import median

from tui.core.job import Job, State, new_job_id
from tui.core.request import Request
from tui.services.clock import SystemClock
from tui.services.journal import SqliteJournal
from tui.services.journal.storage import connect

PRODUCERS = 64
JOBS = 5000
UPDATE = "UPDATE jobs SET state = ?, started = ?, updated = ? WHERE id = ? AND fence = ?"

Step = Callable[[Job, State], Awaitable[Job]]


def new_jobs() -> list[Job]:
    request = Request(model="gpt-image-2", values={"prompt": "a lighthouse in a storm, " * 8})
    now = time.time()
    return [
        Job(
            id=new_job_id(int(now * 1000), os.urandom(10)),
            request=request,
            state=State.PENDING,
            created=now,
            updated=now,
            folder="/home/somebody/Pictures/imagedeck",
            template="{date}-{slug}-{id}-{index}",
            task_id="task-" + "0" * 32,
        )
        for _ in range(JOBS)
    ]


async def produce(step: Step, jobs: list[Job], seconds: float) -> float:
    """Return the updates a second that all producers together wait for."""
    end = time.perf_counter() + seconds

    async def producer(mine: list[Job]) -> int:
        made = 0
        while time.perf_counter() < end:
            place = made % len(mine)
            after = State.PENDING if mine[place].state is State.PROCESSING else State.PROCESSING
            mine[place] = await step(mine[place], after)
            made += 1
        return made

    start = time.perf_counter()
    made = await asyncio.gather(*(producer(jobs[n::PRODUCERS]) for n in range(PRODUCERS)))
    return sum(made) / (time.perf_counter() - start)


async def grouped(path: Path, seconds: float) -> float:
    journal = SqliteJournal.open(path, SystemClock())

    async def step(job: Job, state: State) -> Job:
        return await journal.to(job, state, started=1.5)

    try:
        return await produce(step, await journal.add(new_jobs()), seconds)
    finally:
        await journal.close()


async def naive(path: Path, seconds: float) -> float:
    journal = SqliteJournal.open(path, SystemClock())
    jobs = await journal.add(new_jobs())
    await journal.close()
    loop = asyncio.get_running_loop()
    with closing(connect(path)) as db, ThreadPoolExecutor(1) as thread:

        def update(job: Job, state: State) -> Job:
            db.execute("BEGIN IMMEDIATE")
            db.execute(UPDATE, (state.value, 1.5, time.time(), job.id, job.fence))
            db.execute("COMMIT")
            return job

        async def step(job: Job, state: State) -> Job:
            return await loop.run_in_executor(thread, update, job, state)

        return await produce(step, jobs, seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    is_short = os.environ.get("IMAGEDECK_BENCH") == "short"
    parser.add_argument("--rounds", type=int, default=2 if is_short else 5)
    parser.add_argument("--seconds", type=float, default=0.5 if is_short else 2.0)
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args()
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(options.rounds):
        for contender, rates in ((grouped, ours), (naive, theirs)):
            with tempfile.TemporaryDirectory(dir=options.folder) as folder:
                rates.append(asyncio.run(contender(Path(folder, "bench.db"), options.seconds)))
    ratios = [our / their for our, their in zip(ours, theirs, strict=True)]
    print(f"{PRODUCERS} producers, durable updates a second: median (lowest–highest)")
    print(f"journal, group commit  {median(ours):8,.0f} ({min(ours):,.0f}–{max(ours):,.0f})")
    print(f"one commit an update   {median(theirs):8,.0f} ({min(theirs):,.0f}–{max(theirs):,.0f})")
    print(f"ratio                  {median(ratios):8.1f} ({min(ratios):.1f}–{max(ratios):.1f})")


if __name__ == "__main__":
    main()
