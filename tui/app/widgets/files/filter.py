"""The line in which the files are filtered, or a path is typed."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.app.widgets.form.controls import Disarmed, LineInput
from tui.core.language import _


class FileFilter(LineInput):
    """A part of a name, or a path to go to."""

    BINDING_GROUP_TITLE = _("Filter")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape",
            "give_up",
            _("Show all"),
            id="files.give-up",
            tooltip=_("Show all files again"),
        ),
        Binding(
            "down", "leave", _("Files"), show=False, id="files.leave", tooltip=_("To the files")
        ),
    ]

    def __init__(self) -> None:
        super().__init__(
            placeholder=_("/ filters by name; a path leads there"),
            highlighter=Disarmed(),
            compact=True,
            id="files-filter",
        )
        self.cursor_blink = False

    def action_give_up(self) -> None:
        """Show all again."""
        self.value = ""
        self.action_leave()

    def action_leave(self) -> None:
        """Go to what was found."""
        # At once, and not by a message: the next key may be on its way.
        self.screen.focus_next()

    async def action_submit(self) -> None:
        """Go to what was found, or to the path that was typed."""
        await super().action_submit()
        self.action_leave()


def is_path(text: str) -> bool:
    """Whether a path is being typed, and not a part of a name."""
    return text.lstrip().startswith(("/", "~", "./", "../"))
