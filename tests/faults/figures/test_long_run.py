"""Ten thousand jobs through one process, a fifth of all answers faulty."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import tui

# Of each kind of answer a fifth is faulty.
FAULTS = (
    "submit:503,retry-after=0.02@8%",
    "submit:429,retry-after=0.02@6%",
    "submit:drop-after@2%",
    "submit:504,charged@2%",
    "submit:drop-before@2%",
    "poll:html@6%",
    "poll:503@6%",
    "poll:hostile@4%",
    "poll:drop-before@4%",
    "image:404@4%",
    "image:short@6%",
    "image:truncated@4%",
    "image:503@6%",
)

MOST_MEMORY = 128e6  # bytes
# Adds its jobs bit by bit, as a script would; says how it stands every so many.
WORKER = """
import gc, json, os, queue, sys
from pathlib import Path
from tui.deck import Deck
from tui.models import find_model
from tui.services.keys import Key
from tui.services.places import Places
from tui.services.settings import Settings

home, url, count, every = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
news = queue.SimpleQueue()
data = home / ".local/share/imagedeck"
places = Places(config=home / "c", data=data, state=home / "s", images=home / "Pictures/imagedeck")
settings = Settings(output_dir=places.images, base_url=url)
ignore = lambda _text: None
deck = Deck(settings, places, Key(os.environ["KEY"]), publish=news.put, tell=ignore)

def mark(done):
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    gc.collect()
    print(json.dumps({"done": done, "memory": pages * os.sysconf("SC_PAGE_SIZE"),
                      "blocks": sys.getallocatedblocks(),
                      "files": len(os.listdir("/proc/self/fd"))}), flush=True)

with deck:
    added, live, done = 0, set(), 0
    while done < count:
        while added < count and len(live) < 100:
            values = {"prompt": f"lighthouse {added}", "size": "64x64"}
            jobs = deck.new_jobs(find_model("gpt").validate(values).request)
            live.add(jobs[0].id)
            deck.engine.add(jobs).result()
            added += 1
        job = news.get(timeout=300)
        if job.state.is_end and job.id in live:
            live.discard(job.id)
            done += 1
            if done % every == 0:
                mark(done)
"""


@pytest.mark.parametrize(
    ("jobs", "faults"),
    [
        # Without those that make a job rest for half a minute.
        (100, FAULTS[:10]),
        pytest.param(10_000, FAULTS, marks=pytest.mark.soak),
    ],
    ids=["short", "long"],
)
def test_nothing_is_lost_and_nothing_grows(
    nursery: Any,
    new_home: Any,
    tmp_path: Path,
    http_gateway: Any,
    examine: Callable[..., Any],
    figure: Callable[[str, str], None],
    jobs: int,
    faults: tuple[str, ...],
) -> None:
    gateway = http_gateway(faults=faults)
    home = new_home(tmp_path / "home", gateway.url)
    marks = list(marks_of(home, gateway.url, jobs, jobs // 10))
    gateway.play()
    assert nursery.run(home, "resume") == 0, home.said  # images gone twice in a row are there again
    verdict = examine(home, gateway.ledger())
    assert not verdict.faults
    assert verdict.states.total() == jobs
    assert set(verdict.states) <= {"saved", "unknown"}
    assert verdict.states["unknown"] < jobs * 0.1
    if jobs >= 10_000:
        early, late = marks[1], marks[-1]
        growth = 100 * (late["memory"] / early["memory"] - 1)
        held = 100 * (late["blocks"] / early["blocks"] - 1)
        figure(
            f"{jobs} jobs, 20 % faulty answers",
            f"0 lost, 0 double ({dict(verdict.states)}); memory {early['memory'] / 1e6:.0f} MB "
            f"after {early['done']}, {late['memory'] / 1e6:.0f} MB after {late['done']} "
            f"({growth:+.1f} %; what Python holds {held:+.1f} %); "
            f"open files {early['files']} and {late['files']}",
        )
        assert held < 10
        # The rest is what SQLite keeps of the growing file, and holes between its pages.
        assert late["memory"] < MOST_MEMORY
        assert abs(late["files"] - early["files"]) <= 16


def marks_of(home: Any, url: str, jobs: int, every: int) -> Iterator[dict[str, int]]:
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", WORKER, str(home.place), url, str(jobs), str(every)],
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(tui.__file__).parents[1]),
            "KEY": home.environ["IMAGEDECK_API_KEY"],
        },
    )
    assert process.stdout
    with process:
        for line in process.stdout:
            yield json.loads(line)
    assert process.returncode == 0
