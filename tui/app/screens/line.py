"""The screen that asks for one line of text."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.suggester import Suggester
from textual.widgets import Input, Static

from tui.app.screens.dialog import Dialog
from tui.app.widgets.form.controls import Disarmed, LineInput
from tui.app.widgets.path import PathInput
from tui.core.language import _


class LineScreen(Dialog[str | None]):
    """Returns what was written, also when it is empty; None where it was left."""

    BINDING_GROUP_TITLE = _("Line")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", _("Leave"), id="line.leave", tooltip=_("Leave it as it was"))
    ]

    def __init__(
        self, title: str, value: str, placeholder: str, suggester: Suggester | None = None
    ) -> None:
        super().__init__()
        self._title = title
        self._value = value
        self._placeholder = placeholder
        self._suggester = suggester

    def compose(self) -> ComposeResult:
        """Put the line below what it is about."""
        with Vertical(id="line-box"):
            yield Static(Content(self._title), id="line-title")
            yield self.line()
            yield Static(Content(_("enter: done · esc: leave it")), id="line-keys")

    def line(self) -> LineInput:
        """Make the line itself."""
        line = LineInput(
            self._value,
            self._placeholder,
            Disarmed(),
            suggester=self._suggester,
            compact=True,
            id="line",
        )
        line.cursor_blink = False
        return line

    @on(Input.Submitted)
    def take(self, event: Input.Submitted) -> None:
        """Take what is written."""
        event.stop()
        self.dismiss(event.value)

    def action_leave(self) -> None:
        """Leave it as it was."""
        self.dismiss(None)


class PathScreen(LineScreen):
    """The same for a path, which tab completes."""

    def line(self) -> LineInput:
        """Make the line itself."""
        return PathInput(self._placeholder, self._value, id="line")
