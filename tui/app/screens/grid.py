"""The screen that shows a comparison as a grid whose cells fill as they finish."""

import time
from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid as GridLayout
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from tui.app.canvas import Canvas
from tui.app.cells import fit
from tui.app.estimates import Estimates
from tui.app.looks import full_name, look_of, short_name, time_of
from tui.app.screens.gallery import TINY
from tui.app.screens.look import JobsScreen, LookScreen
from tui.app.widgets.jobs.pane import JobsPane
from tui.app.widgets.jobs.verbs import Verb
from tui.app.widgets.keybar import KeyBar
from tui.app.widgets.preview.tile import Tile
from tui.core.grid import Axis, Grid, grid_of
from tui.core.job import Job
from tui.core.language import _
from tui.core.price import total
from tui.core.text import one_line
from tui.core.units import lasted

_CELLS = (20, 9)  # of a tile, at least; its text is in them
_LABEL = 14  # cells at the left


class GridScreen(JobsScreen):
    """A part of the grid, as large as there is room for, around a cursor on one cell."""

    BINDING_GROUP_TITLE = _("Grid")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "look", _("Look"), id="grid.look", tooltip=_("Look at the image")),
        Binding("R", "retry", _("Retry"), id="grid.retry", tooltip=_("Make this cell alone anew")),
        Binding("right,l", "go(0, 1)", _("Right"), show=False, id="grid.right", tooltip=_("Right")),
        Binding("left,h", "go(0, -1)", _("Left"), show=False, id="grid.left", tooltip=_("Left")),
        Binding("down,j", "go(1, 0)", _("Down"), show=False, id="grid.down", tooltip=_("Down")),
        Binding("up,k", "go(-1, 0)", _("Up"), show=False, id="grid.up", tooltip=_("Up")),
    ]
    head = query_one("#grid-head", Static)
    names = query_one("#grid-columns", Static)
    labels = query_one("#grid-rows", Vertical)
    layout_of_tiles = query_one("#grid-tiles", GridLayout)

    def __init__(self, jobs: Sequence[Job], estimates: Estimates, canvas: Canvas) -> None:
        super().__init__(jobs, estimates, canvas)
        self._group = jobs[0].group
        self._grid = _laid_out(jobs)
        self._cursor = (0, 0)
        self._first = (0, 0)  # the topmost row and the leftmost column in view
        self._shape = (0, 0)
        self._tiles: list[Tile] = []

    def compose(self) -> ComposeResult:
        """Put the columns' names over the tiles, the rows' at their left."""
        yield Static(id="grid-head", markup=False)
        yield Static(id="grid-columns", markup=False)
        with Horizontal(id="grid-body"):
            yield Vertical(id="grid-rows")
            yield GridLayout(id="grid-tiles")
        yield KeyBar()

    def apply(self, jobs: Sequence[Job]) -> None:
        """Take new snapshots, and jobs that were made anew."""
        own = {job.id: job for job in jobs if job.group == self._group}
        if own:
            known = {job.id: job for job in self.jobs} | own
            self.jobs = [job for job in known.values() if job.deleted is None]
            self._grid = grid_of(self.jobs) or self._grid  # of deleted ones the last look stays
            self.show_jobs()

    @on(events.Resize)
    async def _lay_out(self) -> None:
        """Make as many tiles as there is room for."""
        width, height = self.size.width - _LABEL, self.size.height - 3
        rows = max(1, min(len(self._grid.rows.values), height // _CELLS[1]))
        columns = max(1, min(len(self._grid.columns.values), width // _CELLS[0]))
        layout = self.layout_of_tiles
        layout.styles.grid_size_columns, layout.styles.grid_size_rows = columns, rows
        if self._shape != (rows, columns):
            self._shape = rows, columns
            await layout.remove_children()
            await self.labels.remove_children()
            self._tiles = [Tile(self.canvas, TINY) for _ in range(rows * columns)]
            await layout.mount_all(self._tiles)
            await self.labels.mount_all([Static(markup=False) for _ in range(rows)])
        self.call_after_refresh(self.show_jobs)

    def show_jobs(self) -> None:
        """Show the cells around the cursor."""
        if not self._tiles:
            return
        grid, columns = self._grid, self._shape[1]
        top, left = self._follow()
        for at, label in enumerate(self.labels.query(Static), top):
            label.update(Content(_name(grid.rows, at)))
        width = max(1, (self.size.width - _LABEL) // columns)
        named = [f" {fit(_name(grid.columns, left + at), width - 1)}" for at in range(columns)]
        self.names.update(Content(" " * _LABEL + "".join(named)))
        for number, tile in enumerate(self._tiles):
            place = top + number // columns, left + number % columns
            jobs = grid.cells.get(place, ())
            job = jobs[0] if jobs else None
            file = job.files[0] if job and job.files else None
            tile.set_class(place == self._cursor, "-cursor")
            tile.set_class(bool(job and job.is_fault), "-fault")
            # Later, by itself: a wish that is posted from here would end at this screen.
            tile.call_later(tile.show, file, _caption(jobs))
        self.head.update(Content(self._about()))

    def action_go(self, down: int, right: int) -> None:
        """Move the cursor."""
        row, column = self._cursor[0] + down, self._cursor[1] + right
        if row in range(len(self._grid.rows.values)) and column in range(
            len(self._grid.columns.values)
        ):
            self._cursor = row, column
            self.show_jobs()

    def action_look(self) -> None:
        """Look at the job under the cursor."""
        if job := self._job:
            self.app.push_screen(LookScreen(job, self.estimates, self.canvas))

    def action_retry(self) -> None:
        """Make the job under the cursor anew; it takes the cell."""
        if job := self._job:
            # To the app itself: it asks where that costs more than one would think.
            self.app.post_message(JobsPane.Asked(Verb.RETRY, (job,)))

    def _follow(self) -> tuple[int, int]:
        """Bring the cursor into view; return the topmost row and the leftmost column there."""
        both = zip(self._first, self._cursor, self._shape, strict=True)
        top, left = (max(min(first, at), at - size + 1) for first, at, size in both)
        self._first = top, left
        return self._first

    @property
    def _job(self) -> Job | None:
        jobs = self._grid.cells.get(self._cursor, ())
        return jobs[0] if jobs else None

    def _about(self) -> str:
        jobs = [job for cell in self._grid.cells.values() for job in cell]
        ended = sum(job.state.is_end for job in jobs)
        faults = sum(job.is_fault for job in jobs)
        wrong = _(", {faults} went wrong", faults=faults) if faults else ""
        price = total(self.estimates.price(job) for job in jobs)
        prompt = one_line(jobs[0].prompt, 100)
        axes = (("rows", self._grid.rows), ("columns", self._grid.columns))
        seen = [
            _(
                "{name} {first}–{first2} of {count}",
                name=name,
                first=first + 1,
                first2=first + size,
                count=len(axis.values),
            )
            for (name, axis), first, size in zip(axes, self._first, self._shape, strict=True)
            if size < len(axis.values)
        ]
        return " · ".join(
            [
                _("{ended} of {count}{wrong}", ended=ended, count=len(jobs), wrong=wrong),
                str(price),
                *seen,
                prompt,
            ]
        )


def _laid_out(jobs: Sequence[Job]) -> Grid:
    grid = grid_of(jobs)
    if grid is None:
        raise ValueError(_("these jobs are no comparison"))
    return grid


def _name(axis: Axis, at: int) -> str:
    if at >= len(axis.values):
        return ""
    value = axis.values[at]
    if axis.name == "model":
        return full_name(value) if full_name(value) != value else short_name(value)
    return one_line(f"{axis.name} {value}" if axis.name else value, 60)


def _caption(jobs: Sequence[Job]) -> str:
    """Say how a cell stands; several jobs of one are counted."""
    if not jobs:
        return "–"
    job = jobs[0]
    seconds = time_of(job, time.time()) if job.state.is_end else None
    parts = [str(look_of(job)), *([lasted(seconds)] if seconds is not None else [])]
    parts += [_("1 of {count}", count=len(jobs))] if len(jobs) > 1 else []
    return " · ".join(parts)
