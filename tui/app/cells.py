"""Foreign text made into lines of an exact number of terminal cells."""

import re
from functools import lru_cache

from rich.cells import cell_len, set_cell_size, split_graphemes

from tui.core.text import clean, one_line

# Terminals disagree about how many cells these take, and a line that is wider than was thought
# breaks the screen: joiners, selectors, skin tones, soft hyphens, enclosing key caps.
_UNSTEADY = re.compile(
    "[\u00ad\u180e\u200b-\u200d\u2060-\u2064\u20e3\ufe00-\ufe0f"
    "\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]"
)
# Two marks write every language; towers of them paint over the lines above.
_TOWERS = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{2})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)
_FLAGS = {0x1F1E6 + at: chr(ord("A") + at) for at in range(26)}  # as the letters they stand for
_MOST_SOURCE = 16  # characters looked at for a cell: escapes get longer, joiners vanish


def fit(text: str, width: int) -> str:
    """Return foreign text on one line of exactly `width` cells, an ellipsis where it is cut."""
    if width <= 0:
        return ""
    line = _steady(one_line(text.lstrip()[: width * _MOST_SOURCE]))
    if cell_len(line) > width:
        line = set_cell_size(line, width - 1).rstrip() + "…"
    return set_cell_size(line, width)


def fit_end(text: str, width: int) -> str:
    """Return the end of foreign text in at most `width` cells, an ellipsis where it is cut."""
    line = _steady(clean(text))
    if cell_len(line) <= width:
        return line
    spans, _ = split_graphemes(line)
    room, at = width - 1, len(line)
    for begin, _end, cells in reversed(spans):
        room -= cells
        if room < 0:
            break
        at = begin
    return f"…{line[at:]}"


@lru_cache(64)  # a card is written anew each second while its job runs, and prompts are long
def wrap(text: str, width: int) -> tuple[str, ...]:
    """Return foreign text as lines of at most `width` cells; words longer than that are split."""
    lines: list[str] = []
    for paragraph in _steady(clean(text.strip(), lines=True)).expandtabs(4).split("\n"):
        lines += _wrap_paragraph(paragraph.rstrip(), max(2, width))
    return tuple(lines)


def _wrap_paragraph(paragraph: str, width: int) -> list[str]:
    lines, line = [], ""
    for word in paragraph.split(" "):
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= width:
            line = joined
        elif cell_len(word) <= width:
            lines.append(line)
            line = word
        else:  # a path, a hash, or a script without blanks
            *full, line = _chop(joined, width)
            lines += full
    return [*lines, line]


def _chop(text: str, width: int) -> list[str]:
    spans, _ = split_graphemes(text)
    lines, start, room = [], 0, width
    for begin, _end, cells in spans:
        if cells > room:
            lines.append(text[start:begin])
            start, room = begin, width
        room -= cells
    return [*lines, text[start:]]


def _steady(text: str) -> str:
    if text.isascii():
        return text
    return _TOWERS.sub(r"\1", _UNSTEADY.sub("", text.translate(_FLAGS)))
