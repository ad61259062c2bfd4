"""The screen that takes something into the form by its name, or keeps something under one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.app.screens.dialog import Dialog
from tui.app.widgets.form.controls import LineInput
from tui.core.language import _
from tui.core.text import one_line
from tui.services.settings.saved import check_name


@dataclass(frozen=True, slots=True)
class Load:
    """Take what has this name."""

    name: str


@dataclass(frozen=True, slots=True)
class Save:
    """Keep it under this name."""

    name: str


def named_bindings(area: str, leaves: str, keeps: str) -> list[BindingType]:
    """Return the keys of such a screen, with what leaving and keeping mean there."""
    return [
        Binding("escape", "close", _("Back"), id=f"{area}.close", tooltip=leaves),
        Binding("ctrl+s", "save", _("Save"), id=f"{area}.save", tooltip=keeps),
        Binding(
            "down", "move(1)", _("Down"), show=False, id=f"{area}.down", tooltip=_("The next one")
        ),
        Binding("up", "move(-1)", _("Up"), show=False, id=f"{area}.up", tooltip=_("The one above")),
    ]


class NamedScreen(Dialog[Load | Save | None]):
    """Returns what to do; what is typed is a part of a name or of its text, or a new name.

    `texts` are shown beside the names; `foot` says what the keys do.
    """

    TITLE: ClassVar = ""
    NOTHING: ClassVar = ""  # said where nothing has such a name
    found = query_one(OptionList)
    typed = query_one(Input)
    fault = query_one("#named-fault", Static)

    def __init__(self, texts: Mapping[str, str], foot: str) -> None:
        super().__init__()
        self._texts = {name: one_line(text, 200) for name, text in texts.items()}
        self._foot = foot
        self._names: list[str] = []

    def compose(self) -> ComposeResult:
        """Put the name over those that there are."""
        with Vertical():
            yield Static(str(self.TITLE), classes="title", markup=False)
            name = LineInput(placeholder=_("a name"), compact=True)
            name.cursor_blink = False
            yield name
            yield OptionList(compact=True, markup=False)
            yield Static(id="named-fault", classes="fault", markup=False)
            yield Static(self._foot, classes="foot", markup=False)

    def on_mount(self) -> None:
        """Begin with all of them."""
        self.found.can_focus = False
        self._list("")

    @on(Input.Changed)
    def look_again(self, event: Input.Changed) -> None:
        """Show those whose names or texts hold what is typed, by name first."""
        self.fault.update("")
        self._list(event.value)

    @on(Input.Submitted)
    def take(self) -> None:
        """Return the one under the cursor."""
        row = self.found.highlighted
        if row is None:
            self.fault.update(self.NOTHING)
        else:
            self.dismiss(Load(self._names[row]))

    @on(OptionList.OptionSelected)
    def take_clicked(self, event: OptionList.OptionSelected) -> None:
        """Return the one that was clicked."""
        self.dismiss(Load(self._names[event.option_index]))

    def action_save(self) -> None:
        """Return the name that was typed."""
        name = self.typed.value.strip()
        if problem := check_name(name):
            self.fault.update(_("{problem}: type one above", problem=problem))
        else:
            self.dismiss(Save(name))

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        if by > 0:
            self.found.action_cursor_down()
        else:
            self.found.action_cursor_up()

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    def _list(self, part: str) -> None:
        wanted = part.strip().casefold()
        ranked = {
            name: wanted not in name.casefold()
            for name in sorted(self._texts)
            if wanted in name.casefold() or wanted in self._texts[name].casefold()
        }
        self._names = sorted(ranked, key=ranked.__getitem__)
        self.found.clear_options()
        self.found.add_options(self._option(name) for name in self._names)
        self.found.highlighted = 0 if self._names else None

    def _option(self, name: str) -> Option:
        return Option(Content.assemble((one_line(name, 64), "bold"), f"  {self._texts[name]}"))
