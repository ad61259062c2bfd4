"""The lines on a terminal that change in place while jobs run."""

import shutil
import sys
from collections import Counter
from collections.abc import Callable, Sequence

from tui.core.job import Job, State
from tui.core.language import _
from tui.core.request import Request
from tui.core.schedule import Typical
from tui.core.state_words import STATES, state_count
from tui.core.text import one_line
from tui.core.units import lasted
from tui.core.widths import cut, pad
from tui.models import UnknownModelError

_MOST = 8
_ORDER = tuple(State)

TypicalOf = Callable[[Request], Typical]


def lines_of(jobs: Sequence[Job], now: float, typical: TypicalOf) -> list[str]:
    """Return a line for each running job, the furthest first, and one with the totals."""
    running = [job for job in jobs if not job.state.is_end]
    shown = sorted(running, key=lambda job: -_ORDER.index(job.state))[:_MOST]
    lines = [_line(job, now, typical) for job in shown]
    if len(running) > len(shown):
        lines.append(_("  and {count} more", count=len(running) - len(shown)))
    if len(jobs) > 1 and running:
        counts = Counter(job.state for job in jobs)
        lines.append("  ".join(state_count(str(counts[one]), one) for one in _ORDER if counts[one]))
    return lines


class Screen:
    """A few lines at the end of stderr, painted over and over."""

    def __init__(self) -> None:
        self._height = 0
        self._shown: list[str] = []

    def paint(self, lines: Sequence[str]) -> None:
        """Put these lines in place of the last ones."""
        width, height = shutil.get_terminal_size()
        # A line that fills the row would wrap, and the count of lines to go up would be wrong.
        fitting = [cut(line, width - 1) for line in lines[: max(1, height - 1)]]
        if fitting == self._shown:
            return
        self._write(self._back() + "".join(f"{line}\n" for line in fitting))
        self._height, self._shown = len(fitting), fitting

    def clear(self) -> None:
        """Take the lines away."""
        if self._height:
            self._write(self._back())
            self._height, self._shown = 0, []

    def _back(self) -> str:
        return f"\x1b[{self._height}F\x1b[J" if self._height else ""

    @staticmethod
    def _write(text: str) -> None:
        if not text:
            return
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:  # the terminal is gone; a hang-up says so
            return


def _line(job: Job, now: float, typical: TypicalOf) -> str:
    try:
        usual = f"~{lasted(typical(job.request).median)}"
    except UnknownModelError:  # from a newer version's journal
        usual = "?"
    return (
        f"{job.short_id}  {pad(STATES[job.state], 11)} {lasted(now - job.created):>6} / {usual}  "
        f"{one_line(job.prompt, 200)}"
    )
