"""The screen that lets a profile be chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.app.screens.dialog import Dialog
from tui.core.language import _
from tui.core.text import one_line


@dataclass(frozen=True, slots=True)
class Offer:
    """A profile: its gateway, its folder, and in words where its key comes from."""

    name: str
    gateway: str
    folder: str
    key: str
    is_used: bool = False


class ProfilesScreen(Dialog[str | None]):
    """Returns the name of the profile that is to be used, None to leave it as it is."""

    BINDING_GROUP_TITLE = _("Profiles")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,f12,q", "close", _("Back"), id="profiles.close", tooltip=_("Leave it as it is")
        ),
    ]
    offered = query_one(OptionList)

    def __init__(self, offers: Sequence[Offer]) -> None:
        super().__init__()
        self._offers = offers

    def compose(self) -> ComposeResult:
        """List them, the one in use under the cursor."""
        with Vertical():
            yield Static(_("Profiles"), classes="title", markup=False)
            yield OptionList(*(_option(one) for one in self._offers), compact=True, markup=False)
            foot = _("enter goes over to it · `imagedeck config edit` adds one · esc")
            yield Static(foot, classes="foot", markup=False)

    def on_mount(self) -> None:
        """Begin with the one in use."""
        used = (at for at, one in enumerate(self._offers) if one.is_used)
        self.offered.highlighted = next(used, 0)

    @on(OptionList.OptionSelected)
    def take(self, event: OptionList.OptionSelected) -> None:
        """Return the one that was chosen."""
        self.dismiss(self._offers[event.option_index].name)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)


def _option(one: Offer) -> Option:
    used = _(" · in use") if one.is_used else ""
    return Option(
        Content.assemble(
            (one_line(one.name, 64), "bold"),
            used,
            f"\n  {one_line(one.gateway, 200)}",
            f"\n  {one_line(one.key, 80)} · {one_line(one.folder, 200)}\n",
        )
    )
