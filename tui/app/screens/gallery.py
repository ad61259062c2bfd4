"""The screen that shows many images at once, small."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from tui.app.canvas import Canvas
from tui.app.estimates import Estimates
from tui.app.screens.compare import CompareScreen
from tui.app.screens.look import JobsScreen, LookScreen
from tui.app.widgets.keybar import KeyBar
from tui.app.widgets.preview.parameters import around
from tui.app.widgets.preview.picture_view import Detail
from tui.app.widgets.preview.tile import Tile
from tui.core.job import Job, Saved
from tui.core.language import _, sense

_CELLS = (24, 11)  # of a tile, about; its text is in them
_MOST_TILES = 40
TINY = Detail(png_pixels=160, sixel_pixels=200, png=8 * 1024, sixels=20 * 1024)


class GalleryScreen(JobsScreen):
    """A page of thumbnails, newest first, with a cursor on one of them."""

    BINDING_GROUP_TITLE = _("Gallery")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "look", _("Look"), id="gallery.look", tooltip=_("Look at the image")),
        Binding("space", "mark", _("Mark"), id="gallery.mark", tooltip=_("Mark it, or no longer")),
        Binding(
            "c", "compare", _("Compare"), id="gallery.compare", tooltip=_("Compare the marked ones")
        ),
        Binding(
            "right,l", "go(1)", _("Next"), show=False, id="gallery.next", tooltip=_("The next one")
        ),
        Binding(
            "left,h",
            "go(-1)",
            _("Before"),
            show=False,
            id="gallery.last",
            tooltip=_("The one before"),
        ),
        Binding(
            "down,j", "line(1)", _("Down"), show=False, id="gallery.down", tooltip=_("A line down")
        ),
        Binding("up,k", "line(-1)", _("Up"), show=False, id="gallery.up", tooltip=_("A line up")),
        Binding(
            "pagedown",
            "page(1)",
            sense("next", "Page"),
            show=False,
            id="gallery.page",
            tooltip=_("A page on"),
        ),
        Binding(
            "pageup",
            "page(-1)",
            sense("page", "Back"),
            show=False,
            id="gallery.back",
            tooltip=_("A page back"),
        ),
    ]
    _grid = query_one(Grid)
    _head = query_one("#gallery-head", Static)

    def __init__(self, jobs: Sequence[Job], estimates: Estimates, canvas: Canvas) -> None:
        super().__init__(jobs, estimates, canvas)
        self._cursor = 0
        self._marked: dict[str, None] = {}
        self._columns = 0
        self._tiles: list[Tile] = []
        self._images = _images(self.jobs)

    def compose(self) -> ComposeResult:
        """Put the pages between a line about them and the keys."""
        yield Static(id="gallery-head", markup=False)
        yield Grid(id="gallery-grid")
        yield KeyBar()

    @on(events.Resize)
    async def _lay_out(self) -> None:
        """Make as many tiles as there is room for."""
        width, height = self.size.width, self.size.height - 2
        self._columns = max(1, width // _CELLS[0])
        lines = max(1, min(height // _CELLS[1], _MOST_TILES // self._columns))
        self._grid.styles.grid_size_columns, self._grid.styles.grid_size_rows = self._columns, lines
        if (count := self._columns * lines) != len(self._tiles):
            await self._grid.remove_children()
            self._tiles = [Tile(self.canvas, TINY) for _ in range(count)]
            await self._grid.mount_all(self._tiles)
        self.call_after_refresh(self.show_jobs)

    @on(events.Click)
    def _go_to_clicked(self, event: events.Click) -> None:
        """Put the cursor on the tile that was clicked; look at the image at the second click."""
        under, _ = self.get_widget_at(*event.screen_offset)
        tile = next((one for one in under.ancestors_with_self if isinstance(one, Tile)), None)
        if tile in self._tiles:
            size = len(self._tiles)
            self._cursor = self._cursor // size * size + self._tiles.index(tile)
            self.show_jobs()
            if event.chain == 2:
                self.action_look()

    @on(events.MouseScrollDown)
    def _page_on(self) -> None:
        self.action_page(1)

    @on(events.MouseScrollUp)
    def _page_back(self) -> None:
        self.action_page(-1)

    def apply(self, jobs: Sequence[Job]) -> None:
        """Take new snapshots, and new jobs; the cursor stays on its image."""
        under = self._under
        newer = {job.id: job for job in jobs}
        known = {job.id for job in self.jobs}
        new = sorted((job for job in jobs if job.id not in known), key=_age, reverse=True)
        self.jobs = [*new, *(newer.get(job.id, job) for job in self.jobs)]
        if (images := _images(self.jobs)) != self._images:
            self._images = images
            if under in images:
                self._cursor = images.index(under)
            self.show_jobs()

    def show_jobs(self) -> None:
        """Show the page that the cursor is on."""
        images, size = self._images, len(self._tiles)
        if not size:
            return
        self._cursor = max(0, min(self._cursor, len(images) - 1))
        first = self._cursor // size * size
        for at, tile in enumerate(self._tiles, first):
            job, file = images[at] if at < len(images) else (None, None)
            tile.set_class(at == self._cursor and job is not None, "-cursor")
            mark = "● " if job and job.id in self._marked else ""
            text = f"{mark}{job.prompt}" if job else ""
            tile.call_later(tile.show, file, text)
        place = (
            _("{cursor} of {count}", cursor=self._cursor + 1, count=len(images))
            if images
            else _("No images yet.")
        )
        marked = _(" · {count} marked", count=len(self._marked)) if self._marked else ""
        self._head.update(Content(f"{place}{marked}"), layout=False)

    def action_go(self, by: int) -> None:
        """Move the cursor."""
        self._cursor += by
        self.show_jobs()

    def action_line(self, by: int) -> None:
        """Move the cursor by a line."""
        self.action_go(by * self._columns)

    def action_page(self, by: int) -> None:
        """Move the cursor by a page."""
        self.action_go(by * len(self._tiles))

    def action_mark(self) -> None:
        """Mark the job under the cursor, or no longer."""
        if job := self._job:
            if job.id in self._marked:
                del self._marked[job.id]
            else:
                self._marked[job.id] = None
            self.show_jobs()

    def action_look(self) -> None:
        """Look at the job under the cursor."""
        if job := self._job:
            self.app.push_screen(LookScreen(job, self.estimates, self.canvas))

    def action_compare(self) -> None:
        """Compare the marked jobs; without any, the one under the cursor with its neighbours."""
        jobs = [job for job in self.jobs if job.id in self._marked] or around(self.jobs, self._job)
        if jobs:
            self.app.push_screen(CompareScreen(jobs, self.estimates, self.canvas))

    @property
    def _under(self) -> tuple[Job, Saved] | None:
        return self._images[self._cursor] if self._cursor < len(self._images) else None

    @property
    def _job(self) -> Job | None:
        return self._under[0] if self._under else None


def _images(jobs: Sequence[Job]) -> list[tuple[Job, Saved]]:
    return [(job, file) for job in jobs for file in job.files]


def _age(job: Job) -> float:
    return job.created
