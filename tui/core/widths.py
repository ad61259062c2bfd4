"""Text by the number of terminal cells it takes."""

import re
import unicodedata

# A word with what may not stand apart from it, or one letter of a script without blanks.
_WIDE, _BEFORE, _AFTER = "\u2e80-\uff00", "（「“《", "，。、；：！？）」”》…"
_PIECE = re.compile(
    rf"\s+|[{_BEFORE}]*(?:[^\s{_WIDE}{_BEFORE}{_AFTER}]+|[{_WIDE}])?[{_AFTER}]*(?=.|\Z)"
)
_MORE = " …"
_INVISIBLE = frozenset({"Mn", "Me", "Cf"})


def cells(text: str) -> int:
    """Return how many cells wide a cleaned text is."""
    if text.isascii():
        return len(text)
    return sum(_cell(char) for char in text)


def cut(text: str, most: int) -> str:
    """Return text at most that many cells wide, with an ellipsis where something is gone."""
    if cells(text) <= most:
        return text
    taken, room = [], most - 1
    for char in text:
        room -= _cell(char)
        if room < 0:
            break
        taken.append(char)
    return "".join(taken) + "…" if most > 0 else ""


def pad(text: str, width: int) -> str:
    """Return text filled up with blanks to that many cells."""
    return text + " " * (width - cells(text))


def wrap(text: str, width: int, most: int | None = None) -> list[str]:
    """Return text as lines of at most that many cells; a longer word stands alone.

    Of more than `most` lines the last one ends with an ellipsis.
    """
    lines = [""]
    for piece in _PIECE.findall(text):
        if cells((lines[-1] + piece).rstrip()) <= width or not lines[-1]:
            lines[-1] += piece
        elif not piece.isspace():
            lines[-1] = lines[-1].rstrip()
            lines.append(piece)
    lines = [line.rstrip() for line in lines]
    if most is None or len(lines) <= most:
        return lines
    last = _PIECE.findall(lines[most - 1])
    while last and cells("".join(last).rstrip() + _MORE) > width:
        last.pop()
    return [*lines[: most - 1], "".join(last).rstrip() + _MORE]


def labelled(label: str, text: str, width: int = 10) -> str:
    """Return a text behind its label, which takes that many cells."""
    return (pad(label, width) + text).rstrip()


def _cell(char: str) -> int:
    if unicodedata.category(char) in _INVISIBLE:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
