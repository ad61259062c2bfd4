"""The screen that puts a snippet into the prompt, or keeps a part of the prompt as one."""

from collections.abc import Mapping
from typing import ClassVar

from textual.binding import BindingType

from tui.app.screens.named import NamedScreen, named_bindings


class SnippetsScreen(NamedScreen):
    """Shows snippets with their texts; `kept` says what would be kept as a new one."""

    BINDING_GROUP_TITLE = "Snippets"
    BINDINGS: ClassVar[list[BindingType]] = named_bindings(
        "snippets",
        "Leave the prompt as it is",
        "Keep what is selected, or the whole prompt, under this name",
    )
    TITLE = "Snippets"
    NOTHING = "There is no such snippet; ctrl+s makes one of the prompt."

    def __init__(self, snippets: Mapping[str, str], kept: str) -> None:
        super().__init__(snippets, f"enter inserts it · ctrl+s keeps {kept} under this name · esc")
