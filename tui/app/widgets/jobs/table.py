"""A live table over snapshots of jobs, which repaints the cells that changed."""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from tui.app.looks import Tone, is_running, typical_of
from tui.app.widgets.jobs.columns import Column, Shows, Typical, columns, text_of
from tui.app.widgets.jobs.listing import HEADER, Listing
from tui.app.widgets.jobs.paint import header_line, job_line, text_line
from tui.app.widgets.jobs.rows import Rows
from tui.core.job import Job

if TYPE_CHECKING:
    from textual.timer import Timer

FLUSH_GAP = 0.25  # seconds between repaints; measured: 4 Hz costs half of what 10 Hz does
_TICK = 1.0


class JobTable(Listing):
    """Jobs, newest first, with a cursor that stays on its job, or on the newest one.

    `now` gives Unix seconds, `typical` how many a job is expected to take.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"job-table--{part}" for part in ("header", "cursor", *Tone)
    }

    class Highlighted(Message):
        """The cursor is on another job, or its job has a new snapshot; None in an empty table."""

        def __init__(self, table: "JobTable", job: Job | None) -> None:
            super().__init__()
            self.table = table
            self.job = job

        @property
        def control(self) -> "JobTable":
            """The table."""
            return self.table

        def can_replace(self, message: Message) -> bool:
            """Only the last one of several counts."""
            return isinstance(message, JobTable.Highlighted) and message.table is self.table

    class Opened(Message):
        """Somebody wants to look at a job."""

        def __init__(self, table: "JobTable", job: Job) -> None:
            super().__init__()
            self.table = table
            self.job = job

        @property
        def control(self) -> "JobTable":
            """The table."""
            return self.table

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.time,
        typical: Typical = typical_of,
        empty: tuple[str, ...] = ("No jobs yet.", "Write a prompt, press ctrl+g."),
        id: str | None = None,  # noqa: A002 - Textual's word
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._now = now
        self._typical = typical
        self._empty = empty
        self._rows = Rows()
        self._pending: dict[str, Job] = {}
        self._told: Job | None = None
        self._flushed = 0.0
        self._flush_timer: Timer | None = None
        self._ticker: Timer | None = None

    @property
    def count(self) -> int:
        """How many jobs it holds."""
        return len(self._rows)

    @property
    def job(self) -> Job | None:
        """The job under the cursor."""
        return self._rows[self._cursor] if self.count else None

    def reset(self, jobs: Iterable[Job]) -> None:
        """Show these jobs and no others; the cursor stays on its job if that is among them."""
        self._pending.clear()
        kept = self.job
        self._rows.reset(jobs)
        self._cursor = (self._rows.row_of(kept.id) or 0) if kept else 0
        self._resize_rows()
        self._show_row(self._cursor)
        self.settle()

    def apply(self, jobs: Iterable[Job]) -> None:
        """Take new snapshots and new jobs; they are shown at the next flush."""
        for job in jobs:
            waiting = self._pending.get(job.id)
            if waiting is None or job.change >= waiting.change:
                self._pending[job.id] = job
        if self._pending and self._flush_timer is None:
            # Never zero (a timer divides by it), never long because the clock was set back.
            wait = self._flushed + FLUSH_GAP - self._now()
            self._flush_timer = self.set_timer(min(max(wait, 0.001), FLUSH_GAP), self.flush)

    def flush(self) -> None:
        """Show what was applied, now."""
        if self._flush_timer is not None:
            self._flush_timer.stop()
            self._flush_timer = None
        if not self._pending:
            return
        self._flushed = self._now()
        jobs, self._pending = self._pending, {}
        under, first = self.job, self.scroll_offset.y
        top = self._rows[first] if 0 < first < self.count else None
        was_visible = self._cursor in self._visible()
        change = self._rows.apply(jobs.values())
        if change.grew:
            self._grow(under, top, was_visible=was_visible)
        else:
            self._repaint(cell for before in change.replaced for cell in self._changed(before))
        self.settle()

    def catch_up(self) -> None:
        """Flush, so that keys count the rows there are."""
        self.flush()

    def action_open(self) -> None:
        """Open the job under the cursor."""
        if self.job:
            self.post_message(self.Opened(self, self.job))

    def settle(self) -> None:
        """Say which job is under the cursor if that is news; count seconds only if some run."""
        if self.job is not self._told:
            self._told = self.job
            self.post_message(self.Highlighted(self, self.job))
        runs = self.is_mounted and self.display and bool(self._running_rows())
        if runs and self._ticker is None:
            self._ticker = self.set_interval(_TICK, self._tick)
        elif not runs and self._ticker is not None:
            self._ticker.stop()
            self._ticker = None

    def render_line(self, y: int) -> Strip:
        """Return the header, a job's row, or a blank line."""
        width = self.scrollable_size.width
        if y < HEADER:
            return header_line(columns(width), width, self._style)
        row = self._row_at(y)
        if row is None:
            line = y - HEADER - 1
            is_hint = not self.count and 0 <= line < len(self._empty)
            return text_line(self._empty[line] if is_hint else "", width, self._style(Tone.MUTED))
        return job_line(
            self._rows[row],
            columns(width),
            width,
            self._style,
            now=self._now(),
            typical=self._typical,
            under_cursor=row == self._cursor,
        )

    def _grow(self, under: Job | None, top: Job | None, *, was_visible: bool) -> None:
        if under and self._cursor:  # on the newest it stays there
            self._cursor = self._rows.row_of(under.id) or 0
        self._resize_rows()
        if top:  # what one looks at stays where it is
            self._scroll_to_row(self._rows.row_of(top.id) or 0)
        elif was_visible:
            self._show_row(self._cursor)

    def _changed(self, before: Job) -> Iterable[Region]:
        """Yield a job's cells, if in view, that no longer show what an older snapshot said."""
        row = self._rows.row_of(before.id)
        if row is None or row not in self._visible():
            return
        job, now = self._rows[row], self._now()
        for column in columns(self.scrollable_size.width):
            text = text_of(column, job, now, self._typical)
            # What stands in the cell of a running job's time was true at another moment.
            is_stale = column.shows is Shows.TIME and is_running(before)
            if is_stale or text != text_of(column, before, now, self._typical):
                yield self._cell(column, row)

    def _cell(self, column: Column, row: int) -> Region:
        return Region(column.x, row - self.scroll_offset.y + HEADER, column.width, 1)

    def _repaint(self, cells: Iterable[Region]) -> None:
        if regions := list(cells):  # without any, all would be repainted
            self.refresh(*regions)

    def _running_rows(self) -> list[int]:
        return [row for row in self._visible() if is_running(self._rows[row])]

    def _tick(self) -> None:
        times = [one for one in columns(self.scrollable_size.width) if one.shows is Shows.TIME]
        self._repaint(self._cell(one, row) for one in times for row in self._running_rows())
