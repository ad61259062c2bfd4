"""The lines of the references that were given."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from tui.app.widgets.form.draft import GivenReference
from tui.app.widgets.form.faults import told
from tui.core.language import _, sense
from tui.core.references import measured
from tui.core.text import one_line


class GivenLine(Widget):
    """What is known about a reference."""

    number = reactive(0)
    given: reactive[GivenReference] = reactive(GivenReference(""), layout=True)
    key = reactive("", layout=True)

    def render(self) -> Content:
        """Draw a line, and one more for each fault."""
        line = Content(f"{self.number} {_described(self.given)}")
        return Content("\n").join([line, *(told(one, self.key) for one in self.given.faults)])


class ReferenceItem(Horizontal, can_focus=True):
    """One reference that was given; keys and the signs at its end move it, or take it out."""

    BINDING_GROUP_TITLE = _("Reference")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "backspace,delete",
            "remove",
            _("Remove"),
            id="reference.remove",
            tooltip=_("Take this reference out of the request"),
        ),
        Binding(
            "K,shift+up",
            "shift(-1)",
            sense("order", "Earlier"),
            id="reference.earlier",
            tooltip=_("Move this reference up; prompts speak of them by number (image 1, image 2)"),
        ),
        Binding(
            "J,shift+down",
            "shift(1)",
            _("Later"),
            id="reference.later",
            tooltip=_("Move this reference down"),
        ),
        Binding(
            "up,k",
            "move(-1)",
            _("Up"),
            show=False,
            id="reference.up",
            tooltip=_("To the line above"),
        ),
        Binding(
            "down,j",
            "move(1)",
            _("Down"),
            show=False,
            id="reference.down",
            tooltip=_("To the next line"),
        ),
    ]

    number = reactive(0)
    given: reactive[GivenReference] = reactive(GivenReference(""))
    key = reactive("")  # the key that takes the nearest value, while this has the focus

    @dataclass
    class Removed(Message):
        """It is to go."""

        item: "ReferenceItem"

    @dataclass
    class Shifted(Message):
        """It is to change places with the one `by` lines below."""

        item: "ReferenceItem"
        by: int

    def __init__(self, number: int, given: GivenReference) -> None:
        super().__init__()
        self.set_reactive(ReferenceItem.number, number)
        self.set_reactive(ReferenceItem.given, given)

    def compose(self) -> ComposeResult:
        """Lay the line out."""
        item = ReferenceItem
        yield GivenLine().data_bind(item.number, item.given, item.key)
        yield Static("↑", classes="earlier sign", markup=False)
        yield Static("↓", classes="later sign", markup=False)
        yield Static("✕", classes="remove sign", markup=False)

    def action_remove(self) -> None:
        """Ask to be removed."""
        self.post_message(self.Removed(self))

    def action_shift(self, by: int) -> None:
        """Ask for another place."""
        self.post_message(self.Shifted(self, by))

    def action_move(self, by: int) -> None:
        """Give the focus to a neighbour."""
        if by < 0:
            self.screen.focus_previous()
        else:
            self.screen.focus_next()

    @on(events.Click, ".remove")
    def remove_clicked(self) -> None:
        """Ask to be removed."""
        self.action_remove()

    @on(events.Click, ".earlier")
    def earlier_clicked(self) -> None:
        """Ask for the place above."""
        self.action_shift(-1)

    @on(events.Click, ".later")
    def later_clicked(self) -> None:
        """Ask for the place below."""
        self.action_shift(1)


def _described(given: GivenReference) -> str:
    if given.is_checking:
        return _("{source} · checking…", source=one_line(given.source, 200))
    one = given.reference
    if one is None:
        return one_line(given.source, 200)
    parts = [one_line(one.name, 200)]
    if one.width and one.height:
        parts.append(f"{one.width}x{one.height}")
    if one.bytes is not None:
        parts.append(measured(one.bytes))
    return " · ".join(parts)
