"""A row of the form: one field."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input, Select, Static

from tui.app.widgets.form.controls import control_for
from tui.app.widgets.form.faults import NEAREST, FaultLines, alternatives
from tui.core.fault import Fault
from tui.core.field_words import field_label
from tui.core.fields import Field


class FormRow(Vertical):
    """A field's name, its control, its faults below."""

    faults: reactive[tuple[Fault, ...]] = reactive(())
    key = reactive("")  # the key that takes the nearest value, while the row has the focus

    def __init__(self, field: Field, faults: Iterable[Fault]) -> None:
        super().__init__(id=f"row-{field.name}")
        self.field = field
        self.label_width = (
            cell_len(field_label(field.name)) + 1
        )  # cells; the form makes its labels equal
        self.set_reactive(FormRow.faults, tuple(faults))

    def take_nearest(self) -> None:
        """Put the nearest valid value in, if there is one."""
        raise NotImplementedError

    @property
    def name_shown(self) -> str:
        """The field's name, for people."""
        return field_label(self.field.name)

    def label(self) -> Static:
        """Make the field's name, with its help a hover away."""
        name = Static(Content(self.name_shown), classes="label")
        name.styles.width = self.label_width
        name.tooltip = Content(f"{self.field.help} {self.field.allowed}")
        return name

    def fault_lines(self, *, named: bool = False) -> FaultLines:
        """Make the lines below the control; `named` ones say which value they mean."""
        return FaultLines(named=named).data_bind(FormRow.faults, FormRow.key)

    @on(events.DescendantFocus)
    def show_key(self) -> None:
        """Name the key that takes the nearest value here."""
        active = self.screen.active_bindings.values()
        here = (one.binding for one in active if one.binding.id == NEAREST)
        self.key = next((self.app.get_key_display(one) for one in here), "")

    @on(events.DescendantBlur)
    def hide_key(self) -> None:
        """Name no key: it means another row now."""
        self.key = ""

    @on(FaultLines.Clicked)
    def take_clicked(self, event: FaultLines.Clicked) -> None:
        """Put the nearest valid value in."""
        event.stop()
        self.take_nearest()


class FieldRow(FormRow):
    """A field that holds one value."""

    @dataclass
    class Edited(Message):
        """The field has another value."""

        field: Field
        value: str

    def __init__(self, field: Field, value: str, faults: Iterable[Fault]) -> None:
        super().__init__(field, faults)
        self.control = control_for(field, value)
        self._alternatives: list[str] = []

    def compose(self) -> ComposeResult:
        """Lay the row out."""
        with Horizontal():
            yield self.label()
            yield self.control
        yield self.fault_lines()

    def take_nearest(self) -> None:
        """Put the nearest valid value in; of several the next with each press."""
        fresh = alternatives(self.faults)
        if fresh:
            self._alternatives = fresh
        values = self._alternatives
        if not values:
            return
        here = values.index(self.control.value) if self.control.value in values else -1
        if fresh or here >= 0:
            self.control.value = values[(here + 1) % len(values)]

    @on(Input.Changed)
    @on(Select.Changed)
    def tell(self, event: Input.Changed | Select.Changed) -> None:
        """Tell the new value."""
        event.stop()
        self.post_message(self.Edited(self.field, str(event.value)))

    @on(Input.Submitted)
    def go_on(self, event: Input.Submitted) -> None:
        """Enter leads to the next field."""
        event.stop()
        self.screen.focus_next()
