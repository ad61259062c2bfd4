"""The screen that takes a preset into the form, or keeps the form as one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.app.looks import short_name
from tui.app.widgets.form.controls import LineInput
from tui.core.text import one_line
from tui.services.settings import Preset
from tui.services.settings.presets import check_preset_name


@dataclass(frozen=True, slots=True)
class Load:
    """Take this preset into the form."""

    name: str


@dataclass(frozen=True, slots=True)
class Save:
    """Keep the form under this name."""

    name: str


class PresetsScreen(ModalScreen[Load | Save | None]):
    """Returns what to do; what is typed is a part of a name, or a new one."""

    BINDING_GROUP_TITLE = "Presets"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Back", id="presets.close", tooltip="Leave the form as it is"),
        Binding(
            "ctrl+s", "save", "Save", id="presets.save", tooltip="Keep the form under this name"
        ),
        Binding("down", "move(1)", "Down", show=False, id="presets.down", tooltip="The next one"),
        Binding("up", "move(-1)", "Up", show=False, id="presets.up", tooltip="The one above"),
    ]
    found = query_one(OptionList)
    typed = query_one(Input)
    fault = query_one("#presets-fault", Static)

    def __init__(self, presets: Mapping[str, Preset]) -> None:
        super().__init__()
        self._presets = presets
        self._names: list[str] = []

    def compose(self) -> ComposeResult:
        """Put the name over the presets there are."""
        with Vertical():
            yield Static("Presets", classes="title", markup=False)
            name = LineInput(placeholder="a name", compact=True)
            name.cursor_blink = False
            yield name
            yield OptionList(compact=True, markup=False)
            yield Static(id="presets-fault", classes="fault", markup=False)
            foot = "enter takes it into the form · ctrl+s keeps the form under this name · esc"
            yield Static(foot, classes="foot", markup=False)

    def on_mount(self) -> None:
        """Begin with all of them."""
        self.found.can_focus = False
        self._list("")

    @on(Input.Changed)
    def look_again(self, event: Input.Changed) -> None:
        """Show those whose names hold what is typed."""
        self.fault.update("")
        self._list(event.value)

    @on(Input.Submitted)
    def take(self) -> None:
        """Return the preset under the cursor."""
        row = self.found.highlighted
        if row is None:
            self.fault.update("There is no such preset; ctrl+s makes one of the form.")
        else:
            self.dismiss(Load(self._names[row]))

    @on(OptionList.OptionSelected)
    def take_clicked(self, event: OptionList.OptionSelected) -> None:
        """Return the preset that was clicked."""
        self.dismiss(Load(self._names[event.option_index]))

    def action_save(self) -> None:
        """Return the name that was typed."""
        name = self.typed.value.strip()
        if problem := check_preset_name(name):
            self.fault.update(f"{problem}: type one above")
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
        self._names = [name for name in sorted(self._presets) if wanted in name.casefold()]
        self.found.clear_options()
        self.found.add_options(self._option(name) for name in self._names)
        self.found.highlighted = 0 if self._names else None

    def _option(self, name: str) -> Option:
        preset = self._presets[name]
        values = [f"{field} {value}" for field, value in preset.values.items()]
        values += [f"{len(preset.references)} references"] if preset.references else []
        about = one_line(", ".join([short_name(preset.model), *values]), 200)
        return Option(Content.assemble((one_line(name, 64), "bold"), f"  {about}"))
