"""A line that takes a path."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.app.widgets.form.completion import CompletingInput
from tui.core.language import _


class PathInput(CompletingInput):
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
