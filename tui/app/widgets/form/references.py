"""The row of the form that takes reference images."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.app.widgets.form.completion import PathSuggester
from tui.app.widgets.form.controls import Disarmed, LineInput
from tui.app.widgets.form.draft import GivenReference
from tui.app.widgets.form.faults import told
from tui.app.widgets.form.row import FormRow
from tui.core.fault import Fault
from tui.core.references import References
from tui.core.text import one_line


class ReferenceInput(LineInput):
    """Takes a path or a URL; tab completes a path."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab",
            "complete",
            "Complete",
            show=False,
            id="reference.complete",
            tooltip="Complete the path, or go to the next field",
        )
    ]

    def __init__(self) -> None:
        super().__init__(
            placeholder="file or URL, enter adds it",
            highlighter=Disarmed(),
            suggester=PathSuggester(),
            compact=True,
            id="new-reference",
        )
        self.cursor_blink = False

    def action_complete(self) -> None:
        """Take the suggestion; without one go on to the next field."""
        before = self.value
        if self.cursor_at_end:
            self.action_cursor_right()
        if self.value == before:
            self.screen.focus_next()


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
    """One reference that was given; backspace, delete or the cross removes it."""

    BINDING_GROUP_TITLE = "Reference"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "backspace,delete",
            "remove",
            "Remove",
            id="reference.remove",
            tooltip="Take this reference out of the request",
        )
    ]

    number = reactive(0)
    given: reactive[GivenReference] = reactive(GivenReference(""))
    key = reactive("")  # the key that takes the nearest value, while this has the focus

    @dataclass
    class Removed(Message):
        """It is to go."""

        item: "ReferenceItem"

    def __init__(self, number: int, given: GivenReference) -> None:
        super().__init__()
        self.set_reactive(ReferenceItem.number, number)
        self.set_reactive(ReferenceItem.given, given)

    def compose(self) -> ComposeResult:
        """Lay the line out."""
        item = ReferenceItem
        yield GivenLine().data_bind(item.number, item.given, item.key)
        yield Static("✕", classes="remove", markup=False)

    def action_remove(self) -> None:
        """Ask to be removed."""
        self.post_message(self.Removed(self))

    @on(events.Click, ".remove")
    def remove_clicked(self) -> None:
        """Ask to be removed."""
        self.action_remove()


class ReferencesRow(FormRow):
    """The input for a new reference, how many there are, a line for each."""

    DEFAULT_CLASSES = "references"
    count = query_one("#reference-count", Static)
    lines = query_one("#given-references", Vertical)

    @dataclass
    class Given(Message):
        """A reference was given."""

        source: str

    @dataclass
    class Removed(Message):
        """The reference at that index is to go, or `instead` shall take its place."""

        index: int
        instead: str | None = None

    given: reactive[tuple[GivenReference, ...]] = reactive((), init=False)

    def __init__(
        self, field: References, given: tuple[GivenReference, ...], faults: Iterable[Fault]
    ) -> None:
        super().__init__(field, faults)
        self._most = field.most
        self._items: list[ReferenceItem] = []
        self.set_reactive(ReferencesRow.given, given)

    def compose(self) -> ComposeResult:
        """Lay the row out."""
        with Horizontal():
            yield self.label()
            yield ReferenceInput()
            yield Static(self._counted(), id="reference-count")
        yield Vertical(id="given-references")
        yield self.fault_lines(named=True)

    @on(events.Mount)
    def show_given(self) -> None:
        """Show the references; a line that stays keeps the focus."""
        given = self.given
        for item, one in zip(self._items, given, strict=False):
            item.given = one
        for item in self._items[len(given) :]:
            item.remove()
        kept = self._items[: len(given)]
        more = enumerate(given[len(kept) :], len(kept) + 1)
        new = [ReferenceItem(number, one) for number, one in more]
        self._items = [*kept, *new]
        self.lines.mount_all(new)
        self.count.update(self._counted())

    def watch_given(self) -> None:
        """Show the references as they are now."""
        if self.is_mounted:
            self.show_given()

    def watch_key(self, key: str) -> None:
        """Name the key at the line that has the focus."""
        for item in self._items:
            item.key = key if item.has_focus else ""

    def take_nearest(self) -> None:
        """Put the nearest existing file in the place of the one that has the focus."""
        for index, item in enumerate(self._items):
            nearest = next((one.nearest for one in item.given.faults if one.nearest), None)
            if item.has_focus and nearest:
                self.post_message(self.Removed(index, nearest))

    @on(Input.Submitted)
    def give(self, event: Input.Submitted) -> None:
        """Hand the text over."""
        event.stop()
        source = event.value.strip()
        if source:
            event.input.value = ""
            self.post_message(self.Given(source))
        else:
            self.screen.focus_next()

    @on(Input.Changed)
    def keep_to_itself(self, event: Input.Changed) -> None:
        """Let nobody take for a value what is only half typed."""
        event.stop()

    @on(ReferenceItem.Removed)
    def remove_item(self, event: ReferenceItem.Removed) -> None:
        """Tell which one it was."""
        event.stop()
        if event.item in self._items:
            self.post_message(self.Removed(self._items.index(event.item)))

    def _counted(self) -> Content:
        return Content(f"{len(self.given)} of {self._most}")


def _described(given: GivenReference) -> str:
    if given.is_checking:
        return f"{one_line(given.source, 200)} · checking…"
    one = given.reference
    if one is None:
        return one_line(given.source, 200)
    parts = [one_line(one.name, 200)]
    if one.width and one.height:
        parts.append(f"{one.width}x{one.height}")
    if one.bytes is not None:
        mega, kilo = one.bytes / 1024**2, one.bytes / 1024
        parts.append(f"{mega:.1f} MB" if mega >= 1 else f"{kilo:.0f} kB")
    return " · ".join(parts)
