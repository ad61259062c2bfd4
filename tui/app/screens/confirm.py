"""The screens that ask a question before something costs money."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from tui.app.screens.answer import AnswerScreen
from tui.core.language import _


class QuestionScreen(AnswerScreen):
    """Returns True for yes; `KEYS` stand behind the words for yes and for no."""

    KEYS: ClassVar = ("y", "n")

    def __init__(self, title: str, text: str, *, yes: str, no: str) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._yes = yes
        self._no = no

    def compose(self) -> ComposeResult:
        """Put the question over its two answers."""
        yes, no = self.KEYS
        with Vertical(id="confirm-box"):
            yield Static(Content(self._title), id="confirm-title")
            yield Static(Content(self._text), id="confirm-text")
            with Horizontal(id="confirm-buttons"):
                said = Content(f"{self._yes} ({yes})")
                yield Button(said, variant="primary", id="yes", compact=True)
                yield Button(Content(f"{self._no} ({no})"), id="no", compact=True)


class ConfirmScreen(QuestionScreen):
    """Asks about what was just asked for; escape means no."""

    BINDING_GROUP_TITLE = _("Question")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", _("Yes"), id="confirm.yes", tooltip=_("Do it")),
        Binding("n,escape", "answer(False)", _("No"), id="confirm.no", tooltip=_("Leave it")),
    ]


class UnsentScreen(QuestionScreen):
    """Asks about jobs that were never sent, by itself: no letter of a prompt may answer it."""

    AUTO_FOCUS = ""  # nor may enter
    KEYS: ClassVar = ("f4", "esc")
    BINDING_GROUP_TITLE = _("Question")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f4", "answer(True)", _("Send"), id="unsent.send", tooltip=_("Send them now")),
        Binding(
            "escape", "answer(False)", _("No"), id="unsent.leave", tooltip=_("Leave them unsent")
        ),
    ]
