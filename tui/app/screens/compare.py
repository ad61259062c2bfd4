"""The screen that holds the images of two to four jobs against each other."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.app.canvas import Canvas
from tui.app.estimates import Estimates
from tui.app.screens.beside import BesideScreen
from tui.app.widgets.jobs.pane import JobsPane
from tui.app.widgets.jobs.verbs import Verb
from tui.app.widgets.preview.card import Card
from tui.core.job import Job, Saved
from tui.core.language import _, sense


class CompareScreen(BesideScreen):
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
        super().__init__(jobs, estimates, canvas)
        self._shown: int | None = None

    def caption(self, at: int, job: Job, file: Saved | None) -> str:
        """Name the job."""
        place = _(
            "{at} of {count} · {short_id}", at=at + 1, count=len(self.jobs), short_id=job.short_id
        )
        return _("{place} · no image", place=place) if file is None else place

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

    def _arrange(self) -> None:
        for at, column in enumerate(self.query(".column")):
            column.display = self._shown is None or at == self._shown
