"""A thousand images from the prompt to the disk, 64 tasks in flight: the app against scripts.

The gateway works on each task for 8 ± 2 s, the same for all, and delivers an image of 2 MB. Against
it run, one after the other, in interleaved rounds: `xargs -P 64` with a shell script around curl;
an asyncio script on bare aiohttp; imagedeck's app in a pseudo-terminal of 120 × 40 cells, sending a
batch file with `in_flight = 64`, journal, verification and table on. Both scripts look once a
second and write what comes to the disk, nothing else. `--pace` scales the tasks and those looks.

Needs the project's environment, curl and xargs.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median

from apparatus.app import App
from apparatus.gateway import jobs_of
from apparatus.image_server import MODEL, SUBMIT, TASKS, ImageServer

from tui.core.job import State

_SHORT = os.environ.get("IMAGEDECK_BENCH") == "short"
_IN_FLIGHT = 64
_SHELL = f"""
set -e
task=$(curl -sS -H 'X-API-Key: sk-bench' -H 'Content-Type: application/json' \\
    -d "{{\\"model\\": \\"{MODEL.id}\\", \\"prompt\\": \\"a lighthouse, $1\\"}}" "$URL{SUBMIT}" |
    sed 's/.*"task_id": "\\([^"]*\\)".*/\\1/')
while :; do
    answer=$(curl -sS -H 'X-API-Key: sk-bench' "$URL{TASKS}$task")
    case $answer in *succeeded*) break ;; esac
    sleep "$GAP"
done
curl -sS -o "$FOLDER/$1.png" "$(echo "$answer" | sed 's/.*"url": "\\([^"]*\\)".*/\\1/')"
"""

# The process whose peak of memory counts is a child, as the others' are.
_SCRIPT = f"""
import asyncio, os, sys
import aiohttp

async def make(session, number, url, gap, folder):
    body = {{"model": "{MODEL.id}", "prompt": f"a lighthouse, {{number}}"}}
    async with session.post(url + "{SUBMIT}", json=body) as answer:
        task = (await answer.json())["task_id"]
    while True:
        async with session.get(url + "{TASKS}" + task) as answer:
            look = await answer.json()
        if look["status"] == "succeeded":
            break
        await asyncio.sleep(gap)
    async with session.get(look["result"]["images"][0]["url"]) as answer:
        with open(os.path.join(folder, f"{{number}}.png"), "wb") as file:
            async for piece in answer.content.iter_chunked(1 << 20):
                file.write(piece)

async def main(url, gap, folder, count):
    places = asyncio.Semaphore({_IN_FLIGHT})
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, headers={{"X-API-Key": "sk"}}) as session:
        async def one(number):
            async with places:
                await make(session, number, url, gap, folder)
        await asyncio.gather(*(one(number) for number in range(count)))

asyncio.run(main(sys.argv[1], float(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
"""


def with_curl(place: Path, url: str, count: int, gap: float) -> float:
    script = place / "one.sh"
    script.write_text(_SHELL)
    numbers = "\n".join(map(str, range(count)))
    variables = {**os.environ, "URL": url, "GAP": str(gap), "FOLDER": str(place)}
    begun = time.monotonic()
    subprocess.run(
        ["xargs", "-P", str(_IN_FLIGHT), "-n", "1", "sh", str(script)],  # noqa: S607 - the one in use
        input=numbers,
        text=True,
        check=True,
        env=variables,
    )
    return time.monotonic() - begun


def with_aiohttp(place: Path, url: str, count: int, gap: float) -> float:
    begun = time.monotonic()
    command = [sys.executable, "-c", _SCRIPT, url, str(gap), str(place), str(count)]
    subprocess.run(command, check=True)
    return time.monotonic() - begun


def with_imagedeck(place: Path, url: str, count: int, _gap: float) -> float:
    settings = place / ".config/imagedeck/config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f"[in_flight]\nall = {_IN_FLIGHT}\n")
    batch = place / "batch.jsonl"
    rows = ({"model": MODEL.id, "prompt": f"a lighthouse, {number}"} for number in range(count))
    batch.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with App(place, url) as app:
        app.send(batch, count)
        begun, memory = time.monotonic(), 0
        app.unfold()
        while app.saved < count:
            app.terminal.rest(0.1)
            memory = max(memory, app.terminal.memory)
        took = time.monotonic() - begun
        _MEMORY.append(memory)
        app.terminal.until(lambda: _states(place) == {State.SAVED: count})
    return took


def _states(home: Path) -> Counter[State]:
    return Counter(job.state for job in jobs_of(home))


_MEMORY: list[int] = []
_CONTENDERS: dict[str, Callable[[Path, str, int, float], float]] = {
    "xargs -P 64, curl": with_curl,
    "asyncio, bare aiohttp": with_aiohttp,
    "imagedeck, the app": with_imagedeck,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--jobs", type=int, default=96 if _SHORT else 1000)
    parser.add_argument("--pace", type=float, default=0.5 if _SHORT else 1.0)
    parser.add_argument("--rounds", type=int, default=1 if _SHORT else 2)
    options = parser.parse_args()
    times: dict[str, list[float]] = {name: [] for name in _CONTENDERS}
    for _ in range(options.rounds):
        for name, contender in _CONTENDERS.items():
            with tempfile.TemporaryDirectory() as place, ImageServer(options.pace) as server:
                took = contender(Path(place), server.url, options.jobs, options.pace)
                times[name].append(took)
    bare = times["asyncio, bare aiohttp"]
    print(f"{options.jobs:,} jobs of {8 * options.pace:g} s, seconds in all; times bare aiohttp")
    for name, took in times.items():
        ratios = [one / other for one, other in zip(took, bare, strict=True)]
        spread = f"({min(ratios):.2f}-{max(ratios):.2f})"
        print(f"{name:<24}{median(took):8.1f} {median(ratios):8.2f} {spread:>14}")
    print(f"memory of imagedeck at most {max(_MEMORY) / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
