"""A row of the list of files."""

import time
from collections.abc import Callable

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.app.cells import fit, fit_end
from tui.core.references import measured
from tui.services.folders import Entry

MARK = 3  # cells at the left; a click there marks
_SIZE, _DAY = 9, 12
_WITH_SIZE, _WITH_DAY = 30, 60  # cells; narrower lists do without


def file_row(
    entry: Entry, width: int, style: Callable[[str], Style], *, number: int, is_cursor: bool
) -> Strip:
    """Return a row of that width: the number of a mark (0: none), name, size, day."""
    size = _SIZE if width >= _WITH_SIZE else 0
    day = _DAY if width >= _WITH_DAY else 0
    name = f"{entry.name}/" if entry.is_folder and entry.name != "/" else entry.name
    room = width - MARK - size - day
    if entry.name == entry.path:  # a place: its end tells it from others
        name = fit_end(name, room)
    parts = [
        (f"{number:>2} " if number else " " * MARK, "mark", MARK),
        (name, _kind(entry), room),
        (_size(entry).rjust(size), "muted", size),
        (_day(entry).rjust(day), "muted", day),
    ]
    under = style("cursor") if is_cursor else None
    segments = [
        Segment(_filled(text, cells), under or style(kind)) for text, kind, cells in parts if cells
    ]
    return Strip(segments, width)


def _filled(text: str, cells: int) -> str:
    # What is set to the right keeps the blanks before it.
    return text[:cells].ljust(cells) if text.startswith(" ") else fit(text, cells)


def _kind(entry: Entry) -> str:
    if entry.problem:
        return "fault"
    return "folder" if entry.is_folder else "image"


def _size(entry: Entry) -> str:
    if entry.is_folder:
        return ""
    return "✗" if entry.problem else measured(entry.bytes)


def _day(entry: Entry) -> str:
    if not entry.changed:
        return ""
    try:
        return time.strftime("%Y-%m-%d", time.localtime(entry.changed))
    except (ValueError, OverflowError, OSError):  # a clock may have been anywhere
        return ""
