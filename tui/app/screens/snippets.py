"""The screen that puts a snippet into the prompt, or keeps a part of the prompt as one."""

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import BindingType

from tui.app.screens.named import NamedScreen, named_bindings
from tui.core.language import _


class SnippetsScreen(NamedScreen):
    """Shows snippets with their texts; `kept` says what would be kept as a new one."""

    BINDING_GROUP_TITLE = _("Snippets")
    BINDINGS: ClassVar[list[BindingType]] = named_bindings(
        "snippets",
        _("Leave the prompt as it is"),
        _("Keep what is selected, or the whole prompt, under this name"),
    )
    TITLE = _("Snippets")
    NOTHING = _("There is no such snippet; ctrl+s makes one of the prompt.")

    def __init__(self, snippets: Mapping[str, str], kept: str) -> None:
        super().__init__(
            snippets, _("enter inserts it · ctrl+s keeps {kept} under this name · esc", kept=kept)
        )
