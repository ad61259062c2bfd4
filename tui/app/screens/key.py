"""The screen that asks for the gateway's key."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Button, Input, Static

from tui.app.screens.dialog import Dialog
from tui.app.widgets.bindings import RESERVED, editing_bindings
from tui.core.language import _, marked
from tui.core.text import one_line
from tui.services.keys.key import BadKeyError, Key

_PLACE = marked("the system's keyring or, where there is none, in a file that only you can read")


@dataclass(frozen=True, slots=True)
class KeyGiven:
    """A key that may be a good one."""

    key: Key


@dataclass(frozen=True, slots=True)
class DemoChosen:
    """No key: the demo, then."""


class KeyInput(Input, inherit_bindings=False):
    """A line that shows dots, and gives what is in it to nobody's clipboard."""

    BINDINGS: ClassVar[list[BindingType]] = editing_bindings(
        Input, "key", RESERVED | {"ctrl+c", "super+c", "ctrl+d", "ctrl+x", "ctrl+j"}
    )

    def __init__(self) -> None:
        super().__init__(placeholder=_("paste the key here"), password=True, id="key")
        self.cursor_blink = False


class KeyScreen(Dialog[KeyGiven | DemoChosen | None]):
    """Explains what is missing; returns a key, the choice of the demo, or None for neither."""

    BINDING_GROUP_TITLE = _("Key")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+d,d", "demo", _("Demo"), id="key.demo", tooltip=_("Go on in demo mode")),
        Binding("escape", "leave", _("Leave"), id="key.leave", tooltip=_("Leave without a key")),
    ]
    entry = query_one("#key", KeyInput)
    fault_line = query_one("#key-fault", Static)

    def __init__(
        self, origin: str, fault: str = "", *, place: str = _PLACE, leave: str = _("Quit")
    ) -> None:
        super().__init__()
        self._leave = leave
        self._origin = origin
        self._fault = fault
        self._place = place

    def compose(self) -> ComposeResult:
        """Lay it out."""
        with VerticalScroll(id="key-box", can_focus=False):
            yield Static(_("imagedeck needs a key"), id="key-title", markup=False)
            yield Static(self._explained(), id="key-text")
            yield KeyInput()
            yield Static(_told(self._fault), id="key-fault")
            with Horizontal(id="key-buttons"):
                yield Button(_("Save and go on"), variant="primary", id="key-save", compact=True)
                yield Button(_("Go on in demo mode (ctrl+d)"), id="key-demo", compact=True)
                yield Button(
                    Content(_("{leave} (esc)", leave=self._leave)), id="key-leave", compact=True
                )

    @on(Input.Submitted)
    @on(Button.Pressed, "#key-save")
    def save(self, event: Input.Submitted | Button.Pressed) -> None:
        """Take the key, or say why it can't be one."""
        event.stop()
        try:
            key = Key(self.entry.value)
        except BadKeyError as error:
            self.fault_line.update(_told(str(error)))
            self.entry.focus()
        else:
            self.entry.value = ""
            self.dismiss(KeyGiven(key))

    @on(Input.Changed)
    def forget_fault(self, event: Input.Changed) -> None:
        """Another key is another chance."""
        event.stop()
        if event.value:
            self.fault_line.update(_told(""))

    @on(Button.Pressed, "#key-demo")
    def action_demo(self) -> None:
        """Go on in demo mode."""
        self.dismiss(DemoChosen())

    @on(Button.Pressed, "#key-leave")
    def action_leave(self) -> None:
        """Leave without a key."""
        self.dismiss(None)

    def _explained(self) -> Content:
        said = _("Images are made by the gateway {origin}. It wants a key with every request.")
        before, _place, after = said.partition("{origin}")
        return Content.assemble(
            before,
            (one_line(self._origin, 200), "bold"),
            after,
            "\n\n",
            _(
                "The key will be kept in {place}. It belongs to this gateway and goes to no "
                "other; it is never shown again and never written to a log.",
                place=_(self._place),
            ),
            "\n\n",
            _(
                "Without a key there is the demo: the whole app, with simulated images, "
                "no network and no cost."
            ),
        )


def _told(fault: str) -> Content:
    return Content.assemble((one_line(fault, 400), "$text-error")) if fault else Content()
