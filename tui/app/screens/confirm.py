"""The screen that asks a question before something costs money."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from tui.app.screens.answer import AnswerScreen
from tui.core.language import _


class ConfirmScreen(AnswerScreen):
    """Returns True for yes; escape means no."""

    BINDING_GROUP_TITLE = _("Question")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", _("Yes"), id="confirm.yes", tooltip=_("Do it")),
        Binding("n,escape", "answer(False)", _("No"), id="confirm.no", tooltip=_("Leave it")),
    ]

    def __init__(self, title: str, text: str, *, yes: str, no: str) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._yes = yes
        self._no = no

    def compose(self) -> ComposeResult:
        """Put the question over its two answers."""
        with Vertical(id="confirm-box"):
            yield Static(Content(self._title), id="confirm-title")
            yield Static(Content(self._text), id="confirm-text")
            with Horizontal(id="confirm-buttons"):
                yield Button(Content(f"{self._yes} (y)"), variant="primary", id="yes", compact=True)
                yield Button(Content(f"{self._no} (n)"), id="no", compact=True)
