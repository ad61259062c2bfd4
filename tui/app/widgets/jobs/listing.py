"""A scrolling list of one-line rows under a header, with a cursor."""

from typing import ClassVar

from rich.style import Style
from textual import events, on
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView

from tui.core.language import _

HEADER = 1  # lines


class Listing(ScrollView, can_focus=True):
    """Knows how many rows there are, which of them are in view, and where the cursor is.

    What a row says is its subclass's business, and never looked at beyond what is in view.
    """

    BINDING_GROUP_TITLE = _("Jobs")
    ALLOW_SELECT = False  # every mouse move would repaint all of it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", _("Up"), show=False, id="jobs.up", tooltip=_("A newer job")),
        Binding(
            "down,j", "move(1)", _("Down"), show=False, id="jobs.down", tooltip=_("An older job")
        ),
        Binding(
            "pageup",
            "page(-1)",
            _("Page up"),
            show=False,
            id="jobs.page-up",
            tooltip=_("A page of newer jobs"),
        ),
        Binding(
            "pagedown",
            "page(1)",
            _("Page down"),
            show=False,
            id="jobs.page-down",
            tooltip=_("A page of older jobs"),
        ),
        Binding(
            "home,g",
            "first",
            _("Newest"),
            show=False,
            id="jobs.newest",
            tooltip=_("The newest job, and whatever comes after it"),
        ),
        Binding(
            "end,G", "last", _("Oldest"), show=False, id="jobs.oldest", tooltip=_("The oldest job")
        ),
        Binding("enter", "open", _("Look"), id="jobs.open", tooltip=_("Look at the job's images")),
    ]

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id, classes=classes)
        self.set_reactive(Listing.auto_links, False)  # else each mouse move repaints
        self._cursor = 0
        self._styles: dict[str, Style] = {}

    @property
    def cursor(self) -> int:
        """The cursor's row, from 0."""
        return self._cursor

    @property
    def count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def settle(self) -> None:
        """Do what follows from a moved cursor or other rows in view."""

    def moved(self) -> None:
        """Do what follows from a cursor that a person has moved."""

    def catch_up(self) -> None:
        """Take in what is new before a key moves the cursor, so that it moves among what is."""

    def action_open(self) -> None:
        """Do with the row under the cursor what enter and a double click do."""

    def action_move(self, by: int) -> None:
        """Move the cursor by some rows, down if positive."""
        self.catch_up()
        self._go(self._cursor + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by some pages."""
        self.action_move(by * self._page)

    def action_first(self) -> None:
        """Move the cursor to the first row."""
        self.action_move(-self.count)

    def action_last(self) -> None:
        """Move the cursor to the last row."""
        self.action_move(self.count)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Settle, as other rows are in view."""
        super().watch_scroll_y(old_value, new_value)
        self.settle()

    def notify_style_update(self) -> None:
        """Forget the styles: the theme or the focus has changed."""
        self._styles.clear()
        super().notify_style_update()

    def press_header(self, x: int) -> None:
        """Do what a click on the header asks for."""

    def press_row(self, row: int, *, extends: bool) -> None:
        """Do what a click on a row asks for; `extends` with shift or ctrl held."""
        del extends
        self._go(row)

    @on(events.Click)
    def _clicked(self, event: events.Click) -> None:
        # What was clicked is what was painted, so nothing is caught up with before.
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y < HEADER:
            self.press_header(offset.x)
            return
        row = self._row_at(offset.y)
        if row is None:
            return
        self.press_row(row, extends=event.shift or event.ctrl)
        if event.chain == 2:
            self.action_open()

    @on(events.Resize)
    @on(events.Show)
    @on(events.Hide)
    def _reshaped(self) -> None:
        self._resize_rows()
        self.settle()

    @property
    def _page(self) -> int:
        return max(1, self.scrollable_size.height - HEADER)

    def _row_at(self, y: int) -> int | None:
        row = y - HEADER + self.scroll_offset.y
        return row if y >= HEADER and row < self.count else None

    def _visible(self) -> range:
        first = self.scroll_offset.y
        return range(first, min(self.count, first + max(0, self.scrollable_size.height - HEADER)))

    def _resize_rows(self) -> None:
        self.virtual_size = Size(0, self.count + HEADER)
        self.refresh()

    def _show_row(self, row: int) -> None:
        first = self.scroll_offset.y
        if row < first:
            self._scroll_to_row(row)
        elif row >= first + self._page:
            self._scroll_to_row(row - self._page + 1)

    def _scroll_to_row(self, row: int) -> None:
        self.scroll_to(y=row, animate=False, force=True)

    def _go(self, row: int) -> None:
        before = self._cursor
        self._cursor = max(0, min(row, self.count - 1))
        self.moved()
        if self._cursor != before:
            self.refresh_lines(before + HEADER)
            self.refresh_lines(self._cursor + HEADER)
        self._show_row(self._cursor)
        self.settle()

    def _style(self, part: str) -> Style:
        if part not in self._styles:
            self._styles[part] = self.get_component_rich_style(f"job-table--{part}")
        return self._styles[part]
