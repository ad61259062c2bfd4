"""The screen on which one chooses the table's columns."""

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
from tui.app.widgets.jobs.columns import STANDARD, Chosen, Shows
from tui.core.language import _


class ColumnList(OptionList):
    """All columns in their order, the chosen ones ticked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space", "tick", _("Show/hide"), id="columns.tick", tooltip=_("Show the column or not")
        ),
        Binding(
            "J,shift+down",
            "shift(1)",
            _("Further right"),
            id="columns.right",
            tooltip=_("Move the column to the right"),
        ),
        Binding(
            "K,shift+up",
            "shift(-1)",
            _("Further left"),
            id="columns.left",
            tooltip=_("Move the column to the left"),
        ),
    ]

    def __init__(self, chosen: Chosen) -> None:
        super().__init__(compact=True)
        self.take(chosen)

    @property
    def chosen(self) -> Chosen:
        """The ticked columns, from the left."""
        return tuple(one for one in self._order if one in self._ticked)

    def action_tick(self) -> None:
        """Tick the highlighted column, or take its tick away."""
        if self.highlighted is not None:
            self._ticked ^= {self._order[self.highlighted]}
            self._fill(self.highlighted)

    def action_shift(self, by: int) -> None:
        """Move the highlighted column."""
        at, order = self.highlighted, self._order
        if at is None or not 0 <= at + by < len(order):
            return
        order[at], order[at + by] = order[at + by], order[at]
        self._fill(at + by)

    def take(self, chosen: Chosen) -> None:
        """Tick these, in this order."""
        self._order = [*chosen, *(one for one in Shows if one not in chosen)]
        self._ticked = set(chosen)
        self._fill(0)

    def _fill(self, at: int) -> None:
        self.clear_options()
        ticks = ("✓" if one in self._ticked else " " for one in self._order)
        lines = zip(ticks, self._order, strict=True)
        self.add_options([Option(Content(f"{tick} {_(one.value)}")) for tick, one in lines])
        self.highlighted = at


class ColumnsScreen(Dialog[Chosen | None]):
    """Returns the chosen columns, None for those there were."""

    BINDING_GROUP_TITLE = _("Columns")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "take", _("Done"), priority=True, id="columns.done", tooltip=_("Show these")
        ),
        Binding(
            "escape", "leave", _("Leave"), id="columns.leave", tooltip=_("Leave them as they were")
        ),
        Binding(
            "0",
            "standard",
            _("Standard"),
            id="columns.standard",
            tooltip=_("The columns as they come"),
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
                Content(_("space: show or hide · J K: move\n0: standard · enter: done · esc")),
                id="columns-keys",
            )

    def action_take(self) -> None:
        """Show what is ticked; nothing at all can't be shown."""
        self.dismiss(self.names.chosen or None)

    @on(OptionList.OptionSelected)
    def tick(self, event: OptionList.OptionSelected) -> None:
        """Tick what was clicked."""
        event.stop()
        self.names.action_tick()

    def action_leave(self) -> None:
        """Leave them as they were."""
        self.dismiss(None)

    def action_standard(self) -> None:
        """Tick the columns as they come."""
        self.names.take(STANDARD)
