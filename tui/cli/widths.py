"""Text by the number of terminal cells it takes."""

import unicodedata

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


def _cell(char: str) -> int:
    if unicodedata.category(char) in _INVISIBLE:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
