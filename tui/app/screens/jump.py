"""The screen that jumps to another part of the main one by a single key."""

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

TARGETS = {
    "p": ("prompt", "Prompt"),
    "m": ("picker", "Models"),
    "f": ("form", "Parameters"),
    "j": ("jobs", "Jobs"),
    "v": ("preview", "Preview"),
}


class JumpScreen(ModalScreen[str | None]):
    """Returns the id of the widget to go to, or None."""

    BINDING_GROUP_TITLE = "Jump"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, f"jump('{target}')", name, id=f"jump.{target}", tooltip=f"Go to: {name}")
            for key, (target, name) in TARGETS.items()
        ),
        Binding("escape,ctrl+o", "jump('')", "Stay", id="jump.stay", tooltip="Stay here"),
    ]

    def compose(self) -> ComposeResult:
        """List the keys."""
        lines = [Content.assemble((key, "bold"), f"  {name}") for key, (_, name) in TARGETS.items()]
        with Vertical(id="jump-box"):
            yield Static(Content("\n").join(lines))

    def action_jump(self, target: str) -> None:
        """Go there."""
        self.dismiss(target or None)


def go_to(screen: Screen[Any], target: str | None) -> None:
    """Give the focus to a part of a screen, or to the first in it that takes it."""
    if target is None:
        return
    part = screen.query_one(f"#{target}")
    inner = [one for one in part.query("*") if one.focusable]
    where = part if part.focusable else next(iter(inner), None)
    if where is not None and where.display:
        where.focus()
