"""The line in which the jobs are filtered."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from tui.app.widgets.bindings import editing_bindings
from tui.app.widgets.form.controls import Disarmed
from tui.core.language import _


class FilterLine(Input, inherit_bindings=False):
    """A query, read as it is typed; hidden while nothing is asked."""

    BINDING_GROUP_TITLE = _("Filter")
    BINDINGS: ClassVar[list[BindingType]] = [
        *editing_bindings(Input, "filter"),
        Binding(
            "escape",
            "give_up",
            _("Show all"),
            id="filter.give-up",
            tooltip=_("Show all jobs again"),
        ),
        Binding(
            "down", "leave", _("Jobs"), show=False, id="filter.leave", tooltip=_("To the jobs")
        ),
    ]

    class GivenUp(Message):
        """Nothing is to be filtered any more."""

    class Left(Message):
        """The filter stays; the cursor goes to the jobs."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(
            placeholder=_("words, model:gpt, state:failed, -cat, cost>0.1, age<1d"),
            highlighter=Disarmed(),
            compact=True,
            id=id,
        )
        self.cursor_blink = False
        self.display = False

    def action_give_up(self) -> None:
        """Show all again."""
        self.post_message(self.GivenUp())

    def action_leave(self) -> None:
        """Go to what was found."""
        self.post_message(self.Left())
