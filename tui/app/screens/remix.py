"""The screen that shows what will change in the form before it changes."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from tui.app.screens.answer import AnswerScreen
from tui.core.difference import Difference
from tui.core.field_words import field_label
from tui.core.language import _
from tui.core.text import one_line

_MOST = 300  # characters of a text


class RemixScreen(AnswerScreen):
    """Returns True for taking the request into the form; escape leaves the form as it is."""

    BINDING_GROUP_TITLE = _("Remix")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "y,enter", "answer(True)", _("Take it"), id="remix.take", tooltip=_("Change the form")
        ),
        Binding(
            "n,escape", "answer(False)", _("Leave"), id="remix.leave", tooltip=_("Leave the form")
        ),
    ]

    def __init__(self, title: str, differences: Sequence[Difference]) -> None:
        super().__init__()
        self._title = title
        self._differences = differences

    def compose(self) -> ComposeResult:
        """List what stands in the form now over what will stand there."""
        with Vertical(id="remix-box"):
            yield Static(Content(self._title), id="remix-title")
            with VerticalScroll(id="remix-list", can_focus=False):
                for one in self._differences:
                    yield Static(_lines(one), classes="remix-difference")
            with Horizontal(id="remix-buttons"):
                yield Button(
                    Content(_("Change the form (y)")), variant="primary", id="yes", compact=True
                )
                yield Button(Content(_("Leave it (n)")), id="no", compact=True)


def _lines(one: Difference) -> Content:
    name = field_label(one.name)
    before, after = (one_line(text, _MOST) for text in (one.before, one.after))
    return Content.assemble(
        (f"{name}\n", "bold"),
        ("- ", "$text-error"),
        (before or _("nothing"), "" if before else "$text-muted"),
        ("\n+ ", "$text-success"),
        (after or _("nothing"), "" if after else "$text-muted"),
    )
