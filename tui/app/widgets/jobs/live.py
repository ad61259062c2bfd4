"""A live table over snapshots of jobs, which repaints the cells that changed."""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from tui.app.looks import Tone, is_running, look_of
from tui.app.widgets.jobs.columns import STANDARD, Column, Shows, columns, text_of
from tui.app.widgets.jobs.expects import Expects
from tui.app.widgets.jobs.listing import HEADER, Listing
from tui.app.widgets.jobs.marks import Marks
from tui.app.widgets.jobs.paint import header_line, job_line, text_line
from tui.app.widgets.jobs.place import Place
from tui.app.widgets.jobs.rows import Rows
from tui.app.widgets.jobs.sorting import NEWEST
from tui.app.widgets.jobs.stock import Stock
from tui.core.job import Job
from tui.core.language import _, marked

if TYPE_CHECKING:
    from textual.timer import Timer

FLUSH_GAP = 0.25  # seconds between repaints; measured: 4 Hz costs half of what 10 Hz does
_TICK = 1.0
_EMPTY = (  # who has no jobs yet is new here
    marked("No jobs yet."),
    marked("Write a prompt, press ctrl+g."),
    marked("ctrl+o goes to models, fields, jobs or preview."),
    marked("On a job: enter looks, r remixes, x drops it."),
    marked("ctrl+p finds all there is to do, f1 lists the keys."),
    marked("Quitting (ctrl+q) loses nothing: jobs go on."),
)
_NOTHING_FOUND = (marked("No job is like that."), marked("Escape shows all again."))


class LiveTable(Listing):
    """Jobs in an order, the cursor on its job or the newest one; `now` gives Unix seconds."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"job-table--{part}" for part in ("header", "cursor", "mark", *Tone)
    }

    class Highlighted(Message):
        """The cursor is on another job, or its job has a new snapshot; None in an empty table."""

        def __init__(self, table: "LiveTable", job: Job | None) -> None:
            super().__init__()
            # Whoever moved the cursor is not the sender: at its sender a message goes no further.
            self.set_sender(table)
            self.table = table
            self.job = job

        @property
        def control(self) -> "LiveTable":
            """The table."""
            return self.table

        def can_replace(self, message: Message) -> bool:
            """Only the last one of several counts."""
            return isinstance(message, LiveTable.Highlighted) and message.table is self.table

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.time,
        expects: Expects | None = None,
        id: str | None = None,  # noqa: A002 - Textual's word
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._now = now
        self._expects = expects or Expects()
        self._stock = Stock()
        self._sort = NEWEST
        self._chosen = STANDARD
        self._marks = Marks()
        self._newer = 0
        self._pending: dict[str, Job] = {}
        self._told: Job | None = None
        self._flushed = 0.0
        self._flush_timer: Timer | None = None
        self._ticker: Timer | None = None

    @property
    def count(self) -> int:
        """How many jobs are shown."""
        return len(self._rows)

    @property
    def job(self) -> Job | None:
        """The job under the cursor."""
        return self._rows[self._cursor] if self.count else None

    @property
    def is_following(self) -> bool:
        """Whether the cursor stays on the newest job, whichever that is."""
        return not self._cursor and not self.scroll_offset.y and self._sort == NEWEST

    def reset(self, jobs: Iterable[Job]) -> None:
        """Hold these jobs and no others; the cursor stays on its job if that is among them."""
        self._pending.clear()
        kept = self.job
        self._stock.reset(jobs)
        self._cursor = (self._rows.row_of(kept.id) or 0) if kept else 0
        self._resize_rows()
        self._show_row(self._cursor)
        self.settle()

    def apply(self, jobs: Iterable[Job]) -> None:
        """Take new snapshots and new jobs; they are shown at the next flush."""
        for job in jobs:
            known = self._pending.get(job.id) or self._stock.get(job.id)
            if known is None or (job.change >= known.change and job != known):  # else told again
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
        place, before = self._where(), self.count
        change = self._stock.apply(jobs.values())
        if change.is_reshaped:
            self._reshape(place)
            self._newer += 0 if place.follows else max(0, self.count - before)
        else:
            cells = [cell for before in change.replaced for cell in self._changed(before)]
            self._repaint([*cells, *self._lines_of(change.leads)])
        self.settle()

    def catch_up(self) -> None:
        """Flush, so that keys count the rows there are."""
        self.flush()

    def settle(self) -> None:
        """Say which job is under the cursor if that is news; count seconds only if some run."""
        if not self.scroll_offset.y and self._sort == NEWEST:  # they can be seen
            self._newer = 0
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
            return header_line(self._columns(), width, self._style, self._sort)
        row = self._row_at(y)
        if row is None:
            hint = _NOTHING_FOUND if self._stock.is_filtered else _EMPTY
            line = y - HEADER - 1
            is_hint = not self.count and 0 <= line < len(hint)
            return text_line(f" {_(hint[line])}" if is_hint else "", width, self._style(Tone.MUTED))
        job, now = self._rows[row], self._now()
        group = self._stock.groups.summary(job)
        return job_line(
            self._columns(),
            width,
            self._style,
            says=lambda column: text_of(column, job, now, self._expects, group),
            tone=group.tone if group else look_of(job, now).tone,
            under_cursor=row == self._cursor,
            is_marked=job.id in self._marks,
        )

    @property
    def _rows(self) -> Rows:
        return self._stock.shown

    def _columns(self) -> tuple[Column, ...]:
        width, has_owners = self.scrollable_size.width, self._stock.has_owners
        return columns(width, self._chosen, has_owners=has_owners)

    def _where(self) -> Place:
        first = self.scroll_offset.y
        top = self._rows[first] if 0 < first < self.count else None
        was_visible = self._cursor in self._visible()
        return Place(self.job, self._cursor, top, self.is_following, was_visible)

    def _reshape(self, place: Place) -> None:
        """Stay where one was, as far as that is still there."""
        row = self._rows.row_of(place.under.id) if place.under and not place.follows else None
        if row is None:
            row = 0 if place.follows else max(0, min(place.row, self.count - 1))
        self._cursor = row
        self._resize_rows()
        top = self._rows.row_of(place.top.id) if place.top else None
        if top is not None:  # what one looks at stays where it is
            self._scroll_to_row(top)
        elif place.was_visible:
            self._show_row(self._cursor)

    def _changed(self, before: Job) -> Iterable[Region]:
        """Yield a job's cells, if in view, that no longer show what an older snapshot said."""
        row = self._rows.row_of(before.id)
        if row is None or row not in self._visible():
            return
        job, now = self._rows[row], self._now()
        if self._is_lead(job):
            return
        for column in self._columns():
            text = text_of(column, job, now, self._expects)
            # What stands in the cell of a running job's time was true at another moment.
            is_stale = column.shows is Shows.TIME and is_running(before)
            if is_stale or text != text_of(column, before, now, self._expects):
                yield self._cell(column, row)

    def _lines_of(self, ids: Iterable[str]) -> Iterable[Region]:
        """Yield the whole lines of jobs, as far as they are in view."""
        rows = (self._rows.row_of(job_id) for job_id in ids)
        width, visible = self.scrollable_size.width, self._visible()
        for row in rows:
            if row is not None and row in visible:
                yield Region(0, row - self.scroll_offset.y + HEADER, width, 1)

    def _cell(self, column: Column, row: int) -> Region:
        return Region(column.x, row - self.scroll_offset.y + HEADER, column.width, 1)

    def _repaint(self, cells: Iterable[Region]) -> None:
        if regions := list(cells):  # without any, all would be repainted
            self.refresh(*regions)

    def _running_rows(self) -> list[int]:
        jobs = ((row, self._rows[row]) for row in self._visible())
        return [row for row, job in jobs if is_running(job) and not self._is_lead(job)]

    def _is_lead(self, job: Job) -> bool:
        return self._stock.groups.summary(job) is not None

    def _tick(self) -> None:
        times = [one for one in self._columns() if one.shows is Shows.TIME]
        self._repaint(self._cell(one, row) for one in times for row in self._running_rows())
