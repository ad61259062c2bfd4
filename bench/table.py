"""The table of jobs against Textual's DataTable: what a change, a key and live rows take.

Both in the same headless run. First CPU and bytes of one changed job in view, and of opening the
table, 120 × 40 cells, at 100 and at 100,000 rows. Then 10,000 rows: how long from a cursor key to
its paint while nothing happens and while 500 changes a second come in, a second each in turn; how
many bytes a key takes. Last 40 rows in view, of jobs that run (their time goes on), then with ten
changes of state a second each. Ours is written through `tui.app.glass`, as in the app.

Needs nothing but the project's environment.
"""

import asyncio
import os
import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from unittest.mock import patch

from rich.console import RenderableType
from textual import events
from textual.app import App, ComposeResult
from textual.drivers.headless_driver import HeadlessDriver
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import DataTable

from tui.app.glass import Glass
from tui.app.looks import look_of, short_name
from tui.app.widgets.jobs import JobTable
from tui.core.job import Job, State
from tui.core.request import Request

Made = tuple[Widget, Callable[[], None], Callable[[int, int], None]]  # with fill, change
Make = Callable[[int], Made]

_SIZE = (120, 40)
_IN_VIEW = 30
_SHORT = os.environ.get("IMAGEDECK_BENCH") == "short"
_SIZES = (100, 100_000)
_ROUNDS = 10 if _SHORT else 40
_MANY, _EVENTS, _TURNS = 10_000, 500, 2 if _SHORT else 8
_LIVE, _LIVE_SECONDS = 40, 2.0 if _SHORT else 6.0
_NOW, _BEGUN = 1_800_000_000.0, time.monotonic()
_STYLES = Path(__file__).parents[1] / "styles"


def job(number: int, change: int = 0) -> Job:
    state = (State.PENDING, State.PROCESSING)[change % 2]
    return Job(
        id=f"{number:032x}",
        request=Request(model="gpt-image-2", values={"prompt": f"a lighthouse, number {number}"}),
        state=state,
        created=_NOW + number,
        updated=_NOW,
        submitted=_NOW,
        folder="/tmp",  # noqa: S108 - nothing is written
        template="{id}-{index}",
        change=change,
    )


class Host(App[None]):
    """An app around one table."""

    CSS_PATH = _STYLES / "jobs.tcss"

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self._widget = widget
        self._glass = Glass() if isinstance(widget, JobTable) else None

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Write as our app does: our table stands in no other."""
        glass = self._glass
        super()._display(screen, glass.over(renderable) if glass else renderable)

    def compose(self) -> ComposeResult:
        """Put the table in."""
        yield self._widget


def ours(count: int) -> Made:
    table = JobTable(now=lambda: _NOW + time.monotonic() - _BEGUN)
    jobs = [job(number) for number in range(count)]

    def change(number: int, to: int) -> None:
        table.apply([replace(job(count - 1 - number), change=to, state=job(0, to).state)])
        table.flush()

    return table, lambda: table.reset(jobs), change


def textuals(count: int) -> Made:
    table: DataTable[str] = DataTable(cursor_type="row")
    jobs = [job(number) for number in range(count)]

    def fill() -> None:
        for name, width in (("State", 13), ("Time", 13), ("Model", 12), ("Prompt", 60)):
            table.add_column(name, key=name, width=width)
        for one in reversed(jobs):
            cells = (str(look_of(one)), "0s", short_name(one.request.model), one.prompt)
            table.add_row(*cells, key=one.id)

    def change(number: int, to: int) -> None:
        table.update_cell(job(count - 1 - number).id, "State", str(look_of(job(0, to))))

    return table, fill, change


async def measure(make: Make, count: int) -> tuple[float, float, float]:
    """Return seconds of CPU to open, milliseconds of CPU a change, bytes a change."""
    widget, fill, change = make(count)
    app = Host(widget)
    async with app.run_test(size=_SIZE) as pilot:
        begun = time.process_time()
        fill()
        await pilot.pause()
        opened = time.process_time() - begun
        written: list[str] = []
        with patch.object(HeadlessDriver, "is_headless", new=False):  # or nothing is written
            app._driver.write = written.append  # type: ignore[method-assign, union-attr]  # noqa: SLF001
            begun = time.process_time()
            for turn in range(_ROUNDS):
                change(turn % _IN_VIEW, 1 + turn // _IN_VIEW)
                await pilot.pause()
            spent = (time.process_time() - begun) / _ROUNDS * 1000
    return opened, spent, sum(map(len, written)) / _ROUNDS


async def until_painted(app: Host, widget: Widget, key: str, written: list[str]) -> float:
    """Press a key; return the milliseconds until the cursor that it moves is written."""
    place, begun = row_of(widget), time.perf_counter()
    app.post_message(events.Key(key, None))
    while row_of(widget) == place:  # noqa: ASYNC110 - an event would tell of it too late
        await asyncio.sleep(0)
    before = len(written)
    while len(written) == before:  # noqa: ASYNC110 - the same
        await asyncio.sleep(0)
    return 1000 * (time.perf_counter() - begun)


def row_of(widget: Widget) -> int:
    return widget.cursor if isinstance(widget, JobTable) else widget.cursor_row  # type: ignore[attr-defined,no-any-return]


async def change_often(change: Callable[[int, int], None], rows: int, a_second: int) -> None:
    """Change rows, any of them, so many a second, until cancelled."""
    chance, turn = random.Random(1), 0
    while True:
        for _ in range(a_second // 50):
            turn += 1
            change(chance.randrange(rows), 1 + turn)
        await asyncio.sleep(1 / 50)


async def keys(make: Make) -> tuple[list[float], list[float], float]:
    """Return milliseconds from key to paint, at rest and under load, and bytes a key."""
    widget, fill, change = make(_MANY)
    app, at_rest, loaded, size = Host(widget), list[float](), list[float](), list[int]()
    async with app.run_test(size=_SIZE) as pilot:
        fill()
        widget.focus()
        await pilot.pause()
        written: list[str] = []
        with patch.object(HeadlessDriver, "is_headless", new=False):
            app._driver.write = written.append  # type: ignore[method-assign, union-attr]  # noqa: SLF001
            for _ in range(_TURNS):
                for times, a_second in ((at_rest, 0), (loaded, _EVENTS)):
                    load = asyncio.create_task(change_often(change, _MANY, a_second or 50))
                    if not a_second:
                        load.cancel()
                    await asyncio.sleep(0.3)
                    for key in ("down", "down", "up", "down", "up", "up"):
                        before = len(written)
                        times.append(await until_painted(app, widget, key, written))
                        if not a_second:
                            size.append(sum(len(one.encode()) for one in written[before:]))
                        await asyncio.sleep(0.1)
                    load.cancel()
                    await asyncio.gather(load, return_exceptions=True)
                    await asyncio.sleep(0.3)
    return at_rest, loaded, median(size)


async def live(make: Make, a_second: int) -> float:
    """Return the bytes a second of 40 rows that run, and change so often besides."""
    widget, fill, change = make(_LIVE)
    app = Host(widget)
    async with app.run_test(size=(_SIZE[0], _LIVE + 2)) as pilot:
        fill()
        for row in range(_LIVE):
            change(row, 1)  # they run from now on
        await pilot.pause()
        await asyncio.sleep(1.0)
        written: list[str] = []
        with patch.object(HeadlessDriver, "is_headless", new=False):
            app._driver.write = written.append  # type: ignore[method-assign, union-attr]  # noqa: SLF001
            begun, turn = time.perf_counter(), 1
            while time.perf_counter() - begun < _LIVE_SECONDS:
                turn += 1
                for row in range(_LIVE if a_second else 0):
                    change(row, turn)
                await asyncio.sleep(1 / (a_second or 10))
            took = time.perf_counter() - begun
    return sum(len(one.encode()) for one in written) / took


async def main() -> None:
    """Print both, and how many times more the other one takes."""
    await costs()
    print(f"\n{_MANY:,} rows, ms from key to paint: median (p95); bytes a key; then the bytes of")
    print(f"{_LIVE} rows whose jobs run, and with ten changes a second each")
    for name, make in _TABLES.items():
        at_rest, loaded, size = await keys(make)
        ratio = median(loaded) / median(at_rest)
        rest, load = (
            f"{median(one):.1f} ({quantiles(one, n=20)[-1]:.1f})" for one in (at_rest, loaded)
        )
        runs, changes = [await live(make, a_second) / 1000 for a_second in (0, 10)]
        print(
            f"{name:<10} at rest {rest:>16}, {_EVENTS} events/s {load:>16}, ratio {ratio:.2f}; "
            f"{size:,.0f} bytes; {runs:.1f} and {changes:.1f} kB/s"
        )


async def costs() -> None:
    """Print what opening and a change take."""
    print(f"{'rows':>8}  {'table':<10} {'open, CPU s':>12} {'change, CPU ms':>15} {'bytes':>7}")
    for count in _SIZES:
        results = {name: await measure(make, count) for name, make in _TABLES.items()}
        for name, (opened, spent, size) in results.items():
            print(f"{count:>8,}  {name:<10} {opened:>12.2f} {spent:>15.1f} {size:>7,.0f}")
        ratios = (theirs / mine for mine, theirs in zip(*results.values(), strict=True))
        first, second, third = (f"{ratio:.0f} ×" for ratio in ratios)
        print(f"{count:>8,}  {'ratio':<10} {first:>12} {second:>15} {third:>7}")


_TABLES: dict[str, Make] = {"JobTable": ours, "DataTable": textuals}

if __name__ == "__main__":
    asyncio.run(main())
