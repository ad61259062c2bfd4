"""A screen that holds the images of a few jobs beside each other, a card below each."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from tui.app.canvas import Canvas
from tui.app.estimates import Estimates
from tui.app.screens.look import JobsScreen
from tui.app.widgets.keybar import KeyBar
from tui.app.widgets.preview.card import Card
from tui.app.widgets.preview.facts import Fact
from tui.app.widgets.preview.parameters import compared
from tui.app.widgets.preview.picture_view import SMALL
from tui.app.widgets.preview.tile import Tile
from tui.core.job import Job, Saved

MOST = 4


class BesideScreen(JobsScreen):
    """A column a job; at most four."""

    def __init__(self, jobs: Sequence[Job], estimates: Estimates, canvas: Canvas) -> None:
        super().__init__(jobs[:MOST], estimates, canvas)
        self._image = 0

    def compose(self) -> ComposeResult:
        """Give each job a column."""
        with Horizontal(id="compare"):
            for _job in self.jobs:
                with Vertical(classes="column"):
                    yield Tile(self.canvas, SMALL)
                    yield Card()
        yield KeyBar()

    def on_mount(self) -> None:
        """Show the jobs."""
        self.call_after_refresh(self.show_jobs)

    def show_jobs(self) -> None:
        """Show the jobs as they are now."""
        sheets = compared(self.jobs, now=self.estimates.now(), price=self.estimates.price)
        columns = self.query(".column")
        for at, (column, job, facts) in enumerate(zip(columns, self.jobs, sheets, strict=True)):
            file = job.files[self._image % len(job.files)] if job.files else None
            tile = column.query_one(Tile)
            # Later, by itself: a wish that is posted from here would end at this screen.
            tile.call_later(tile.show, file, self.caption(at, job, file))
            column.query_one(Card).show(self.known(facts))

    def caption(self, at: int, job: Job, file: Saved | None) -> str:
        """Return what stands below the image of the job at that place, from 0."""
        raise NotImplementedError

    def known(self, facts: Sequence[Fact]) -> Sequence[Fact]:
        """Return what may be told of a job."""
        return facts

    def action_image(self, by: int) -> None:
        """Show the next image of each job that has several."""
        self._image += by
        self.show_jobs()
