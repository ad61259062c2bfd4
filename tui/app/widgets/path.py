"""A line that takes a path."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.app.widgets.form.completion import PathSuggester
from tui.app.widgets.form.controls import Disarmed, LineInput
from tui.core.language import _


class PathInput(LineInput):
    """Tab completes the path, or goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab",
            "complete",
            _("Complete"),
            show=False,
            id="path.complete",
            tooltip=_("Complete the path, or go on"),
        )
    ]

    def __init__(
        self,
        placeholder: str,
        value: str = "",
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(
            value, placeholder, Disarmed(), suggester=PathSuggester(), compact=True, id=id
        )
        self.cursor_blink = False

    def action_complete(self) -> None:
        """Take the suggestion; without one go on."""
        before = self.value
        if self.cursor_at_end:
            self.action_cursor_right()
        if self.value == before:
            self.screen.focus_next()
