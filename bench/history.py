"""A history of 100,000 jobs: `jobs --json`, a search at every keystroke, start-up and memory.

Rivals: for the command an empty click command and a script that reads the same rows with sqlite3
and writes them as JSON; for the search LIKE over the same rows; for start-up and memory ourselves
with 100 jobs. Rounds are interleaved. Needs nothing but the project's environment:

    python -m bench.history [--jobs 100000] [--rounds 9]

With `--posting PROGRAM` the help of another terminal program is a rival, too:

    python -m venv rival && rival/bin/pip install posting==2.11.1
    python -m bench.history --posting rival/bin/posting
"""

import argparse
import asyncio
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import RenderableType
from textual import on
from textual.app import App, ComposeResult
from textual.events import Key
from textual.screen import Screen

from tui.app.earlier import NEWEST
from tui.app.widgets.jobs.expects import Expects
from tui.app.widgets.jobs.pane import JobsPane
from tui.core.job import Job, State, new_job_id
from tui.core.query import parse
from tui.core.request import Request
from tui.models import parameters
from tui.services.clock import SystemClock
from tui.services.journal import Query, SqliteHistory, SqliteJournal
from tui.services.journal.listing import newest_rows
from tui.services.journal.rows import SELECT_JOBS
from tui.services.journal.search import open_vocabulary
from tui.services.places import Places

_SHORT = os.environ.get("IMAGEDECK_BENCH") == "short"
_FEW, _PAGE = 100, 50
_RARE, _COMMON, _SECOND = "obsidian", "harbour", "copper"
_VOCABULARY = 6000  # words, of which prompts have 30
_CHINESE = "山海经里的灯塔在暴风雨中发光水彩画风格的猫坐在窗边看雪一座古老的石桥横跨河流晨雾弥漫"
# What is typed, letter by letter: a rare word, a common one, two, one of one letter, Chinese.
_TYPED = (_RARE, _COMMON, f"{_COMMON} {_SECOND}", "o", "灯塔", "雪", "青铜")
_SELECT = """
SELECT jobs.*, requests.request FROM jobs JOIN requests USING (seq)
WHERE deleted IS NULL ORDER BY seq DESC LIMIT 1000
"""
_BARE = f"""
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.row_factory = sqlite3.Row
for row in db.execute('''{_SELECT}'''):
    print(json.dumps(dict(row)))
"""
_CLICK = "import click; click.Command('bare', help='Nothing.')(['--help'])"
_OPEN = """
import sys
from pathlib import Path
from tui.services.journal import Query, SqliteHistory
history = SqliteHistory(Path(sys.argv[1]))
history.list(Query(limit=100))
print(*(line for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def prompts(number: int) -> list[str]:
    """Return prompts with a word that every third has, a rare one, and Chinese in every fourth."""
    dice = random.Random(7)
    parts = ["".join(pair) for pair in product("bdfgklmnprstvz", "aeiou")]
    vocabulary = ["".join(dice.choices(parts, k=3)) for _ in range(_VOCABULARY)]
    made = []
    for at in range(number):
        words = dice.choices(vocabulary, k=30)
        words[4:6] = [_COMMON] * (at % 3 == 0) + [_SECOND] * (at % 5 == 0)
        words += [_RARE] * (at % 2000 == 0) + ["青铜器"] * (at % 5000 == 0)
        start = dice.randrange(len(_CHINESE) - 12)
        words += [_CHINESE[start : start + 12]] * (at % 4 == 0)
        made.append(" ".join(words))
    return made


async def fill(path: Path, number: int) -> None:
    """Make so many jobs that have ended, and wait until all of them are indexed."""
    journal = SqliteJournal.open(path, SystemClock())
    now = time.time()
    jobs = [
        Job(
            id=new_job_id(int(now * 1000) + at, os.urandom(10)),
            request=Request(model="gpt-image-2", values={"prompt": prompt}),
            state=State.FAILED,
            created=now + at / 1000,
            updated=now + at / 1000,
            folder="/home/somebody/Pictures/imagedeck",
            template="{date}-{slug}-{id}-{index}",
        )
        for at, prompt in enumerate(prompts(number))
    ]
    for at in range(0, number, 5000):
        await journal.add(jobs[at : at + 5000])
    await journal.release(jobs)
    with closing(sqlite3.connect(path)) as db:
        indexed = "SELECT indexed FROM journal"
        while db.execute(indexed).fetchone()[0] < number:  # noqa: ASYNC110 - another thread does it
            await asyncio.sleep(0.1)
    await journal.close()


def run(command: Sequence[str], environ: dict[str, str]) -> tuple[float, float]:
    """Return how many milliseconds a program took, and how many MB it says that it had at most."""
    begun = time.perf_counter()
    ended = subprocess.run(command, capture_output=True, text=True, env=environ, check=True)
    took = 1000 * (time.perf_counter() - begun)
    size = ended.stdout.split()[1] if ended.stdout.startswith("VmHWM") else "0"
    return took, int(size) / 1024


def timed(work: Callable[[], object]) -> float:
    """Return milliseconds of CPU: the file is in the system's cache, and there is no other wait."""
    begun = time.thread_time()
    work()
    return 1000 * (time.thread_time() - begun)


def commands(home: Path, few: Path, many: Path, rounds: int, posting: str | None) -> None:
    kept = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(home)}
    environ = {**kept, "PYTHONPATH": str(Path(__file__).parents[1])}
    ours = [sys.executable, "-P", "-m", "tui"]
    programs = {
        "click, an empty command's --help": [sys.executable, "-c", _CLICK],
        "imagedeck --help": [*ours, "--help"],
        "sqlite3 + json, newest 1,000": [sys.executable, "-c", _BARE, str(many)],
        "imagedeck jobs --json, newest 1,000": [*ours, "jobs", "--demo", "--json"],
        "open + newest, few jobs": [sys.executable, "-c", _OPEN, str(few)],
        "open + newest, all jobs": [sys.executable, "-c", _OPEN, str(many)],
    }
    names = list(programs)
    rivals = list(zip(names[::2], names[1::2], strict=True))
    if posting:
        programs["posting --help"] = [posting, "--help"]
        rivals.append(("posting --help", "imagedeck --help"))
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    for number in range(rounds + 1):
        for name, command in programs.items():
            one = run(command, environ)
            if number:
                measured[name].append(one)
    for rival, mine in rivals:
        for name in (rival, mine):
            took = [ms for ms, _ in measured[name]]
            size = median(mb for _, mb in measured[name])
            memory = f"  {size:.1f} MB" if size else ""
            print(f"{name:<42}{median(took):7.0f} ms ({span(took)}){memory}")
        pairs = zip(measured[mine], measured[rival], strict=True)
        ratios = [one[0] / two[0] for one, two in pairs]
        print(f"{'  ratio':<42}{median(ratios):7.2f}    ({span(ratios, '.2f')})")


def searches(path: Path, rounds: int) -> None:
    """Print what each keystroke takes in SQL, and LIKE for the same text."""
    db = sqlite3.connect(path, isolation_level=None)
    open_vocabulary(db)
    like = f"{SELECT_JOBS} WHERE words LIKE ? AND deleted IS NULL ORDER BY jobs.seq DESC LIMIT ?"
    total: list[float] = []
    print(f"\n{'typed, at each letter; CPU ms':<32}{'ours':>18}{'LIKE':>20}{'ratio':>9}")
    for typed in _TYPED:
        mine: list[float] = []
        theirs: list[float] = []
        for _ in range(rounds):
            for end in range(1, len(typed) + 1):
                query = Query(search=parse(typed[:end], parameters()), limit=_PAGE)
                mine.append(timed(lambda q=query: newest_rows(db, q, full_text=True)))
                values = [f"%{typed[:end]}%", _PAGE]
                theirs.append(timed(lambda v=values: db.execute(like, v).fetchall()))
        total += mine
        row = f"{typed:<32}{median(mine):7.2f} ({span(mine, '.1f')})"
        row += f"{median(theirs):9.2f} ({span(theirs, '.1f')})"
        print(f"{row}{median(mine) / median(theirs):8.3f}")
    print(f"newest {_PAGE}, all keystrokes: {median(total):.2f} ms ({span(total, '.2f')})")


class Host(App[None]):
    """An app around the table with its filter, which looks into the history as ours does."""

    CSS_PATH = Path(__file__).parents[1] / "styles" / "jobs.tcss"

    def __init__(self, history: SqliteHistory) -> None:
        super().__init__()
        self._history = history
        self.pane = JobsPane(Expects())
        self.shown = asyncio.Event()

    def compose(self) -> ComposeResult:
        """Put the pane in."""
        yield self.pane

    def on_mount(self) -> None:
        """Show what the app shows at the start."""
        self.pane.reset(self._history.list(Query(limit=NEWEST)))

    @on(JobsPane.OlderWanted)
    def find_older(self, wanted: JobsPane.OlderWanted) -> None:
        """Look in a thread."""
        self.run_worker(self._find(wanted))

    async def _find(self, wanted: JobsPane.OlderWanted) -> None:
        query = Query(
            search=wanted.search, known=wanted.known, before=wanted.before, limit=wanted.limit
        )
        self.pane.take_older(wanted, await asyncio.to_thread(self._history.list, query))

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        super()._display(screen, renderable)
        self.shown.set()


async def on_screen(path: Path, rounds: int) -> None:
    """Print how long after a letter its first answer is on the screen."""
    sys.setswitchinterval(0.0001)  # as the app does
    app = Host(SqliteHistory(path))
    times: list[float] = []
    worked: list[float] = []
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        for typed in _TYPED * rounds:
            app.pane.action_filter()
            await pilot.pause()
            for letter in typed:
                app.shown.clear()
                begun, cpu = time.perf_counter(), time.thread_time()
                app.post_message(Key("space" if letter == " " else letter, letter))
                await app.shown.wait()
                times.append(1000 * (time.perf_counter() - begun))
                worked.append(1000 * (time.thread_time() - cpu))
                await pilot.pause(0.05)
            app.pane.give_up()
            await pilot.pause(0.05)
    for name, values in (("letter to screen", times), ("of it the app's own CPU", worked)):
        most = sorted(values)[int(len(values) * 0.95)]
        print(f"{name}: {median(values):.1f} ms ({span(values, '.1f')}), 95 % within {most:.1f}")


def span(values: Sequence[float], form: str = ".0f") -> str:
    return f"{min(values):{form}} to {max(values):{form}}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--jobs", type=int, default=20_000 if _SHORT else 100_000)
    parser.add_argument("--rounds", type=int, default=3 if _SHORT else 9)
    parser.add_argument("--posting", metavar="PROGRAM", help="where it is installed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ["HOME"] = folder
        for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
            os.environ.pop(name, None)
        few, many = home / "few.db", Places.standard(demo=True).database
        many.parent.mkdir(parents=True, exist_ok=True)
        asyncio.run(fill(few, _FEW))
        begun = time.perf_counter()
        asyncio.run(fill(many, options.jobs))
        size = many.stat().st_size / 2**20
        print(f"{options.jobs:,} jobs, {size:.0f} MB, made in {time.perf_counter() - begun:.0f} s")
        commands(home, few, many, options.rounds, options.posting)
        searches(many, options.rounds)
        asyncio.run(on_screen(many, max(1, options.rounds // 3)))


if __name__ == "__main__":
    main()
