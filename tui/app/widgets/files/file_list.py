"""The list of what is in a folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual import events, on
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.app.widgets.files.rows import MARK, file_row
from tui.core.language import _
from tui.services.folders import Entry


def _key(keys: str, action: str, name: str, about: str) -> Binding:
    return Binding(keys, action, about, show=False, id=f"files.{name}", tooltip=about)


class FileList(ScrollView, can_focus=True):
    """Shows entries, however many, with a cursor and marks that outlast a change of folder.

    Only rows in view are looked at. Marks are numbered from `first` on.
    """

    ALLOW_SELECT = False
    BINDING_GROUP_TITLE = _("Files")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"file-list--{part}" for part in ("cursor", "folder", "image", "mark", "muted", "fault")
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("up,k", "move(-1)", "up", _("The one above")),
        _key("down,j", "move(1)", "down", _("The next one")),
        _key("pageup", "page(-1)", "page-up", _("A page up")),
        _key("pagedown", "page(1)", "page-down", _("A page down")),
        _key("home,g", "first", "first", _("The first")),
        _key("end,G", "last", "last", _("The last")),
        _key("right,l", "enter_folder", "into", _("Into the folder")),
        Binding(
            "enter",
            "open",
            _("Take"),
            id="files.open",
            tooltip=_("Open the folder; take the marked images, or the one under the cursor"),
        ),
        Binding(
            "space", "mark", _("Mark"), id="files.mark", tooltip=_("Mark the image, or no longer")
        ),
    ]

    @dataclass
    class Highlighted(Message):
        """The cursor is on another entry; None in an empty list."""

        entry: Entry | None

        def can_replace(self, message: Message) -> bool:
            """Only the last one of several counts."""
            return isinstance(message, FileList.Highlighted)

    @dataclass
    class Opened(Message):
        """A folder is to be opened, or images are to be taken."""

        entry: Entry

    @dataclass
    class MarkWanted(Message):
        """An image is to be marked, or no longer; then the cursor may go on."""

        entry: Entry
        goes_on: bool = False

    def __init__(self, first: int = 1, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._first = first
        self.set_reactive(FileList.auto_links, False)  # else each mouse move repaints
        self.marked: dict[str, Entry] = {}  # by path, as they were marked
        self._entries: Sequence[Entry] = ()
        self._cursor = 0
        self._styles: dict[str, Style] = {}

    @property
    def entry(self) -> Entry | None:
        """What is under the cursor."""
        return self._entries[self._cursor] if self._entries else None

    def show(self, entries: Sequence[Entry], at: str = "") -> None:
        """Show these, with the cursor on the one of that path, or on the first."""
        self._entries = entries
        self.virtual_size = Size(0, len(entries))
        rows = (row for row, one in enumerate(entries) if one.path == at)
        self._cursor = next(rows, 0)
        self.refresh()
        self._show_cursor()
        self.post_message(self.Highlighted(self.entry))

    def mark(self, entry: Entry) -> None:
        """Mark an entry, or take its mark away."""
        if entry.path in self.marked:
            del self.marked[entry.path]
        else:
            self.marked[entry.path] = entry
        self.refresh()

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self._go(self._cursor + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by what is in view."""
        self._go(self._cursor + by * max(1, self.scrollable_size.height - 1))

    def action_first(self) -> None:
        """Move the cursor to the first row."""
        self._go(0)

    def action_last(self) -> None:
        """Move the cursor to the last row."""
        self._go(len(self._entries) - 1)

    def action_open(self) -> None:
        """Open or take what is under the cursor."""
        if self.entry:
            self.post_message(self.Opened(self.entry))

    def action_enter_folder(self) -> None:
        """Open a folder."""
        if self.entry and self.entry.is_folder:
            self.action_open()

    def action_mark(self) -> None:
        """Mark what is under the cursor, and go on to the next."""
        if self.entry and not self.entry.is_folder:
            self.post_message(self.MarkWanted(self.entry, goes_on=True))

    @on(events.Click)
    def press(self, event: events.Click) -> None:
        """Go there; a click on the row of the cursor opens it, one on the mark marks."""
        row = event.y + self.scroll_offset.y
        if not 0 <= row < len(self._entries):
            return
        entry, was_here = self._entries[row], row == self._cursor
        self._go(row)
        if event.x < MARK and not entry.is_folder:
            self.post_message(self.MarkWanted(entry))
        elif was_here:
            self.action_open()

    def notify_style_update(self) -> None:
        """Forget the styles: the theme has changed."""
        self._styles.clear()
        super().notify_style_update()

    @on(events.Resize)
    def _show_cursor(self) -> None:
        region = Region(0, self._cursor, 1, 1)
        self.scroll_to_region(region, animate=False, force=True, x_axis=False)

    def render_line(self, y: int) -> Strip:
        """Return one row."""
        width, row = self.scrollable_size.width, y + self.scroll_offset.y
        if row >= len(self._entries):
            return Strip.blank(width, self._style("image"))
        entry = self._entries[row]
        return file_row(
            entry,
            width,
            self._style,
            number=self._number(entry),
            is_cursor=row == self._cursor,
        )

    def _number(self, entry: Entry) -> int:
        if entry.path not in self.marked:
            return 0
        return self._first + list(self.marked).index(entry.path)

    def _go(self, row: int) -> None:
        row = max(0, min(row, len(self._entries) - 1))
        if row == self._cursor:
            return
        before, self._cursor = self._cursor, row
        width, top = self.size.width, self.scroll_offset.y
        self.refresh(*(Region(0, one - top, width, 1) for one in (before, row)))
        self._show_cursor()
        self.post_message(self.Highlighted(self.entry))

    def _style(self, part: str) -> Style:
        if part not in self._styles:
            self._styles[part] = self.get_component_rich_style(f"file-list--{part}")
        return self._styles[part]
