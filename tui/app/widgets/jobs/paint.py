"""Lines of the table, made of cleaned text."""

from collections.abc import Callable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.app.cells import fit
from tui.app.looks import Tone, look_of
from tui.app.widgets.jobs.columns import Column, Shows, Typical, text_of
from tui.core.job import Job

StyleOf = Callable[[str], Style]  # of a tone, "header" or "cursor"

_TONES = {Shows.TIME: Tone.MUTED, Shows.MODEL: Tone.MUTED, Shows.FILE: Tone.MUTED}


def header_line(columns: Sequence[Column], width: int, style_of: StyleOf) -> Strip:
    """Return the titles of the columns."""
    style = style_of("header")
    return _line([(column, column.shows.value, style) for column in columns], width, style)


def job_line(
    job: Job,
    columns: Sequence[Column],
    width: int,
    style_of: StyleOf,
    *,
    now: float,
    typical: Typical,
    under_cursor: bool,
) -> Strip:
    """Return the row of a job. Under the cursor one style rules, or colours would fight it."""
    rest = style_of("cursor" if under_cursor else Tone.PLAIN)
    cells = []
    for column in columns:
        tone = look_of(job).tone if column.shows is Shows.STATE else _TONES.get(column.shows)
        style = rest if under_cursor or tone is None else style_of(tone)
        cells.append((column, text_of(column, job, now, typical), style))
    return _line(cells, width, rest)


def text_line(text: str, width: int, style: Style) -> Strip:
    """Return one text as a whole line."""
    return Strip([Segment(fit(text, width), style)], width)


def _line(cells: Sequence[tuple[Column, str, Style]], width: int, rest: Style) -> Strip:
    segments, x = [], 0
    for column, text, style in cells:
        if column.width <= 0:
            continue
        if column.x > x:
            segments.append(Segment(" " * (column.x - x), rest))
        segments.append(Segment(fit(text, column.width), style))
        x = column.x + column.width
    if x < width:
        segments.append(Segment(" " * (width - x), rest))
    return Strip(segments, width)
