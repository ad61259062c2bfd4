"""The screen on which one chooses the table's columns."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import SelectionList, Static
from textual.widgets.selection_list import Selection

from tui.app.widgets.jobs.columns import STANDARD, Chosen, Shows


class ColumnList(SelectionList[Shows]):
    """All columns in their order, the chosen ones ticked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "J,shift+down",
            "shift(1)",
            "Further right",
            id="columns.right",
            tooltip="Move the column to the right",
        ),
        Binding(
            "K,shift+up",
            "shift(-1)",
            "Further left",
            id="columns.left",
            tooltip="Move the column to the left",
        ),
    ]

    def __init__(self, chosen: Chosen) -> None:
        super().__init__(compact=True)
        self._order = [*chosen, *(one for one in Shows if one not in chosen)]
        self._fill(chosen, 0)

    @property
    def chosen(self) -> Chosen:
        """The ticked columns, from the left."""
        ticked = set(self.selected)
        return tuple(one for one in self._order if one in ticked)

    def action_shift(self, by: int) -> None:
        """Move the highlighted column."""
        at = self.highlighted
        if at is None or not 0 <= at + by < len(self._order):
            return
        chosen, order = self.chosen, self._order
        order[at], order[at + by] = order[at + by], order[at]
        self._fill(chosen, at + by)

    def take(self, chosen: Chosen) -> None:
        """Tick these, in this order."""
        self._order = [*chosen, *(one for one in Shows if one not in chosen)]
        self._fill(chosen, 0)

    def _fill(self, chosen: Chosen, at: int) -> None:
        self.clear_options()
        self.add_options([Selection(Content(one.value), one, one in chosen) for one in self._order])
        self.highlighted = at


class ColumnsScreen(ModalScreen[Chosen | None]):
    """Returns the chosen columns, None for those there were."""

    BINDING_GROUP_TITLE = "Columns"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "Done", priority=True, id="columns.done", tooltip="Show these"),
        Binding("escape", "leave", "Leave", id="columns.leave", tooltip="Leave them as they were"),
        Binding(
            "0", "standard", "Standard", id="columns.standard", tooltip="The columns as they come"
        ),
    ]
    names = query_one(ColumnList)

    def __init__(self, chosen: Chosen) -> None:
        super().__init__()
        self._chosen = chosen

    def compose(self) -> ComposeResult:
        """List them over the keys."""
        with Vertical(id="columns-box"):
            yield ColumnList(self._chosen)
            yield Static(
                Content("space: show or hide · J K: move\n0: standard · enter: done"),
                id="columns-keys",
            )

    def action_take(self) -> None:
        """Show what is ticked; nothing at all can't be shown."""
        self.dismiss(self.names.chosen or None)

    def action_leave(self) -> None:
        """Leave them as they were."""
        self.dismiss(None)

    def action_standard(self) -> None:
        """Tick the columns as they come."""
        self.names.take(STANDARD)
