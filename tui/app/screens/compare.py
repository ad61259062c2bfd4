"""The screen that holds the images of two to four jobs against each other."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from tui.app.canvas import Canvas
from tui.app.estimates import Estimates
from tui.app.screens.look import JobsScreen
from tui.app.widgets.jobs.pane import JobsPane
from tui.app.widgets.jobs.verbs import Verb
from tui.app.widgets.keybar import KeyBar
from tui.app.widgets.preview.card import Card
from tui.app.widgets.preview.parameters import compared
from tui.app.widgets.preview.picture_view import SMALL
from tui.app.widgets.preview.tile import Tile
from tui.core.job import Job
from tui.core.language import _, sense

MOST = 4


class CompareScreen(JobsScreen):
    """Images side by side, what differs below them; or one in the place of the other."""

    BINDING_GROUP_TITLE = _("Compare")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space", "flip(1)", _("Flip"), id="compare.flip", tooltip=_("The next in its place")
        ),
        Binding("s", "side", _("Side by side"), id="compare.side", tooltip=_("All side by side")),
        Binding("b", "vote", _("Blind vote"), id="compare.vote", tooltip=_("Vote without names")),
        Binding(
            "right,l", "flip(1)", _("Next"), show=False, id="compare.next", tooltip=_("The next")
        ),
        Binding(
            "left,h",
            "flip(-1)",
            sense("previous", "Back"),
            show=False,
            id="compare.last",
            tooltip=_("The one before"),
        ),
        Binding(
            "down,j",
            "scroll(1)",
            _("Down"),
            show=False,
            id="compare.down",
            tooltip=_("Scroll down"),
        ),
        Binding("up,k", "scroll(-1)", _("Up"), show=False, id="compare.up", tooltip=_("Scroll up")),
        Binding(
            "right_square_bracket",
            "image(1)",
            _("Next image"),
            show=False,
            id="compare.image",
            tooltip=_("Each job's next image"),
        ),
    ]

    def __init__(self, jobs: Sequence[Job], estimates: Estimates, canvas: Canvas) -> None:
        super().__init__(jobs[:MOST], estimates, canvas)
        self._shown: int | None = None
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
        for at, (column, job, facts) in enumerate(zip(columns, self.jobs, sheets, strict=True), 1):
            file = job.files[self._image % len(job.files)] if job.files else None
            place = _(
                "{at} of {count} · {short_id}", at=at, count=len(self.jobs), short_id=job.short_id
            )
            tile = column.query_one(Tile)
            # Later, by itself: a wish that is posted from here would end at this screen.
            tile.call_later(
                tile.show, file, _("{place} · no image", place=place) if file is None else place
            )
            column.query_one(Card).show(facts)

    def action_flip(self, by: int) -> None:
        """Show one alone, then the next in its place."""
        self._shown = 0 if self._shown is None else (self._shown + by) % len(self.jobs)
        self._arrange()

    def action_vote(self) -> None:
        """Ask for a vote on these jobs instead."""
        # To the app itself: what this screen posts to its own queue ends with it.
        self.app.post_message(JobsPane.Asked(Verb.VOTE, tuple(self.jobs)))
        self.dismiss()

    def action_side(self) -> None:
        """Show all side by side."""
        self._shown = None
        self._arrange()

    def action_scroll(self, by: int) -> None:
        """Scroll what is below the pictures."""
        for card in self.query(Card):
            card.scroll_relative(y=by, animate=False)

    def action_image(self, by: int) -> None:
        """Show the next image of each job that has several."""
        self._image += by
        self.show_jobs()

    def _arrange(self) -> None:
        for at, column in enumerate(self.query(".column")):
            column.display = self._shown is None or at == self._shown
