"""CPU and bytes of one changed job in view, and of opening the table: ours against DataTable.

Both in the same headless run, 120 × 40 cells, at 100 and at 100,000 rows.
"""

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from textual.app import App, ComposeResult
from textual.drivers.headless_driver import HeadlessDriver
from textual.widget import Widget
from textual.widgets import DataTable

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
_NOW = 1_800_000_000.0
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

    def compose(self) -> ComposeResult:
        """Put the table in."""
        yield self._widget


def ours(count: int) -> Made:
    table = JobTable(now=lambda: _NOW)
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
                change(turn % _IN_VIEW, 1 + turn)
                await pilot.pause()
            spent = (time.process_time() - begun) / _ROUNDS * 1000
    return opened, spent, sum(map(len, written)) / _ROUNDS


async def main() -> None:
    """Print both, and how many times more the other one takes."""
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
