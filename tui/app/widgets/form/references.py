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
from textual.widgets import Input, Static

from tui.app.widgets.form.completion import CompletingInput
from tui.app.widgets.form.draft import GivenReference
from tui.app.widgets.form.given import ReferenceItem
from tui.app.widgets.form.row import FormRow
from tui.core.fault import Fault
from tui.core.language import _
from tui.core.pasted import sources_in
from tui.core.references import References

FILES = Binding(
    "ctrl+l",
    "app.references",
    _("Files"),
    id="work.references",
    tooltip=_("Find images on this machine to be references"),
)


class ReferenceInput(CompletingInput):
    """Takes a path or a URL; tab completes a path, and what is dragged here is taken at once."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab",
            "complete",
            _("Complete"),
            show=False,
            id="reference.complete",
            tooltip=_("Complete the path, or go to the next field"),
        ),
        Binding(
            "down",
            "leave",
            _("References"),
            show=False,
            id="reference.leave",
            tooltip=_("To the references below"),
        ),
    ]

    @dataclass
    class Pasted(Message):
        """Nothing but references was pasted."""

        sources: tuple[str, ...]

    def __init__(self) -> None:
        super().__init__(_("file or URL, enter adds it"), id="new-reference")

    def action_leave(self) -> None:
        """Go on to what was given."""
        self.screen.focus_next()

    @on(events.Paste)
    def take_pasted(self, event: events.Paste) -> None:
        """Take whole paths and URLs; anything else is text, as if it was typed."""
        sources = () if self.value.strip() else sources_in(event.text)
        if sources:
            event.stop()
            event.prevent_default()
            self.post_message(self.Pasted(sources))


class ReferencesRow(FormRow):
    """The input for a new reference, how many there are, a line for each."""

    DEFAULT_CLASSES = "references"
    BINDING_GROUP_TITLE = _("References")
    BINDINGS: ClassVar[list[BindingType]] = [
        FILES,
        Binding(
            "ctrl+z",
            "undo",
            _("Undo"),
            show=False,
            id="reference.undo",
            tooltip=_(
                "Bring a reference back; takes back the last deletion, or change of the form"
            ),
        ),
    ]
    new = query_one(ReferenceInput)
    count = query_one("#reference-count", Static)
    lines = query_one("#given-references", Vertical)

    @dataclass
    class Given(Message):
        """References were given."""

        sources: tuple[str, ...]

    @dataclass
    class Removed(Message):
        """The reference at that index is to go, or `instead` shall take its place."""

        index: int
        instead: str | None = None

    @dataclass
    class Moved(Message):
        """The reference at that index is to move by some places."""

        index: int
        by: int

    class UndoWanted(Message):
        """What was done last is to be taken back."""

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
        gone, kept = self._items[len(given) :], self._items[: len(given)]
        if any(item.has_focus for item in gone):
            (kept[-1] if kept else self.new).focus()
        for item in gone:
            item.remove()
        more = enumerate(given[len(kept) :], len(kept) + 1)
        new = [ReferenceItem(number, one) for number, one in more]
        self._items = [*kept, *new]
        self.lines.mount_all(new)
        self.lines.set_class(len(given) < 2, "-one")
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

    def action_undo(self) -> None:
        """Ask for what was there before."""
        self.post_message(self.UndoWanted())

    @on(Input.Submitted)
    def give(self, event: Input.Submitted) -> None:
        """Hand the text over."""
        event.stop()
        source = event.value.strip()
        if source:
            event.input.value = ""
            self.post_message(self.Given((source,)))
        else:
            self.screen.focus_next()

    @on(ReferenceInput.Pasted)
    def give_pasted(self, event: ReferenceInput.Pasted) -> None:
        """Hand over what was pasted."""
        event.stop()
        self.post_message(self.Given(event.sources))

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

    @on(ReferenceItem.Shifted)
    def shift_item(self, event: ReferenceItem.Shifted) -> None:
        """Tell which one moves, and follow it."""
        event.stop()
        index = self._items.index(event.item) if event.item in self._items else -1
        if index >= 0 and 0 <= index + event.by < len(self._items):
            self._items[index + event.by].focus()
            self.post_message(self.Moved(index, event.by))

    def _counted(self) -> Content:
        return Content(_("{count} of {most}", count=len(self.given), most=self._most))
