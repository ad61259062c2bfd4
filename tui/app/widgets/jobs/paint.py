"""Lines of the table, made of cleaned text."""

from collections.abc import Callable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.app.cells import fit
from tui.app.looks import Tone
from tui.app.widgets.jobs.columns import Column, Shows
from tui.app.widgets.jobs.sorting import Sort
from tui.core.language import _

StyleOf = Callable[[str], Style]  # of a tone, "header", "cursor" or "mark"

MARK = "*"
_LOUD = frozenset({Shows.PROMPT, Shows.STATE})


def header_line(columns: Sequence[Column], width: int, style_of: StyleOf, sort: Sort) -> Strip:
    """Return the titles of the columns, an arrow beside the one that is sorted by."""
    style = style_of("header")
    titles = ((one, _(one.shows.value) + _arrow(one, sort), style) for one in columns)
    return _line([*titles], width, style)


def job_line(
    columns: Sequence[Column],
    width: int,
    style_of: StyleOf,
    *,
    says: Callable[[Column], str],
    tone: Tone,
    under_cursor: bool,
    is_marked: bool,
) -> Strip:
    """Return the row of a job, or of a folded group.

    Under the cursor one style rules, or colours would fight it.
    """
    rest = style_of("cursor" if under_cursor else "mark" if is_marked else Tone.PLAIN)
    cells = []
    for column in columns:
        style = rest
        if column.shows is Shows.STATE and not under_cursor:
            style = rest + style_of(tone)
        elif column.shows not in _LOUD and not under_cursor:
            style = rest + style_of(Tone.MUTED)
        cells.append((column, says(column), style))
    return _line(cells, width, rest, MARK if is_marked else " ")


def text_line(text: str, width: int, style: Style) -> Strip:
    """Return one text as a whole line."""
    return Strip([Segment(fit(text, width), style)], width)


def _arrow(column: Column, sort: Sort) -> str:
    return f" {sort.arrow}" if column.shows is sort.by else ""


def _line(
    cells: Sequence[tuple[Column, str, Style]], width: int, rest: Style, gutter: str = " "
) -> Strip:
    """Put cells beside each other, each with the gap behind it: a style costs 40 bytes to begin."""
    parts = [(fit(gutter, min(1, width)), rest)]
    shown = [cell for cell in cells if cell[0].width > 0]
    ends = [*(column.x for column, _, _ in shown[1:]), *([width] if shown else [])]
    for (column, text, style), end in zip(shown, ends, strict=True):
        padded = fit(text, column.width) + " " * (end - column.x - column.width)
        if parts[-1][1] == style:
            parts[-1] = (parts[-1][0] + padded, style)
        else:
            parts.append((padded, style))
    if not shown and width > 1:
        parts.append((" " * (width - 1), rest))
    return Strip([Segment(text, style) for text, style in parts], width)
