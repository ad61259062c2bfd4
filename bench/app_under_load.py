"""The app while thousands of jobs go through it: how it answers keys, its memory, nothing lost.

Two apps, each in a pseudo-terminal of 120 × 40 cells, are given the same keys in turn: one sends a
batch to the embedded gateway over HTTP, its group unfolded and in view; the other has as many jobs
with images, all done, and rests. So both have the same machine, however busy, at the same moment.
A key's time ends when what it changes has arrived at the terminal: a letter of the prompt, the
cursor of the table. Afterwards jobs, charges and files must be as many as rows.

Needs nothing but the project's environment.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

from apparatus.app import App
from apparatus.gateway import Gateway, assert_nothing_lost, database
from PIL import Image

from tui.core.job import Job, Saved, State, new_job_id
from tui.core.request import Request
from tui.services.clock import SystemClock
from tui.services.journal import SqliteJournal

_SHORT = os.environ.get("IMAGEDECK_BENCH") == "short"
_GAP = 0.1  # seconds between two keys, of somebody who holds none down
_KEYS = 10  # in a row, before the other app has its turn
_VALUES = {"size": "64x64"}
_MODEL = "gpt-image-2"


def times_of(app: App) -> tuple[list[float], list[float]]:
    """Return the milliseconds of some letters and of some moves of the cursor."""
    found = []
    for part, press in (("p", app.letter), ("j", app.cursor)):
        app.go_to(part)
        app.terminal.rest(0.3)
        found.append([])
        for _ in range(_KEYS):
            app.terminal.rest(_GAP)
            found[-1].append(1000 * press())
    return found[0], found[1]


def pictured(path: Path) -> Saved:
    """Return an image that is taken for another one than all before, and drawn anew."""
    sha256 = os.urandom(32).hex()
    size = path.stat().st_size
    return Saved(
        path=str(path), index=1, width=64, height=64, format="PNG", bytes=size, sha256=sha256
    )


async def fill(home: Path, count: int) -> None:
    """Give a home a group of jobs that are done."""
    database(home).parent.mkdir(parents=True)
    journal = SqliteJournal.open(database(home), SystemClock())
    now = time.time() - count
    picture = home / "picture.png"
    Image.new("RGB", (64, 64), "teal").save(picture)
    jobs = [
        Job(
            id=new_job_id(int((now + number) * 1000), os.urandom(10)),
            request=Request(model=_MODEL, values={"prompt": f"a lighthouse, {number}", **_VALUES}),
            state=State.SAVED,
            created=now + number,
            updated=now + number,
            finished=now + number,
            folder=str(home),
            template="{id}-{index}",
            group="earlier",
            files=(pictured(picture),),
        )
        for number in range(count)
    ]
    await journal.add(jobs)
    await journal.close()


def batch_of(place: Path, count: int) -> Path:
    """Write a batch file."""
    rows = ({"model": _MODEL, "prompt": f"a lighthouse, {n}", **_VALUES} for n in range(count))
    place.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return place


def line(name: str, idle: list[float], busy: list[float]) -> str:
    spread = [f"{median(one):6.1f} ({quantiles(one, n=20)[-1]:6.1f})" for one in (idle, busy)]
    blocks = range(0, len(idle), _KEYS)
    ratios = [median(busy[n : n + _KEYS]) / median(idle[n : n + _KEYS]) for n in blocks]
    middle = f"{median(ratios):5.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
    return f"{name:<22} {spread[0]:>17} {spread[1]:>17} {middle:>20}"


def measure(idle: App, busy: App, count: int) -> None:
    """Press keys in both until the batch is done; print the times."""
    pairs: list[tuple[App, tuple[list[float], list[float]]]] = []
    begun, cpu, memory = time.monotonic(), busy.terminal.cpu, 0
    written = busy.terminal.written
    while busy.saved < count:
        busy.look_at_work()
        pairs += [(app, times_of(app)) for app in (idle, busy)]
        memory = max(memory, busy.terminal.memory)
    took = time.monotonic() - begun
    print(f"{count:,} jobs in {took:.0f} s, {count / took:.0f} a second")
    print(f"{'ms, median (p95)':<22} {'resting':>17} {'at work':>17} {'ratio (spread)':>20}")
    for number, name in enumerate(("letter of the prompt", "cursor of the table")):
        sides = [
            [one for app, both in pairs if app is side for one in both[number]]
            for side in (idle, busy)
        ]
        print(line(name, *sides))
    print(
        f"memory at most {memory / 1e6:.0f} MB; of CPU {busy.terminal.cpu - cpu:.0f} s; "
        f"to the terminal {(busy.terminal.written - written) / took / 1000:.1f} kB/s, keys included"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--jobs", type=int, default=300 if _SHORT else 10_000)
    parser.add_argument("--pace", type=float, default=0.02 if _SHORT else 0.3)
    options = parser.parse_args()
    count: int = options.jobs
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        asyncio.run(fill(place / "idle", count))
        batch = batch_of(place / "batch.jsonl", count)
        with (
            Gateway(place / "gateway", options.pace) as gateway,
            App(place / "idle", gateway.url) as idle,
            App(place / "busy", gateway.url) as busy,
        ):
            idle.unfold()
            busy.send(batch, count)
            busy.unfold()
            measure(idle, busy, count)
            busy.terminal.rest(2)
            assert_nothing_lost(busy.home, count, gateway.charges())
    print(f"nothing lost: {count:,} jobs, {count:,} charges, {count:,} files")


if __name__ == "__main__":
    main()
