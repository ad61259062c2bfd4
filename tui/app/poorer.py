"""Signs for terminals that know fewer of them: each as wide as what it stands for."""

import codecs
import unicodedata

NAME = "imagedeck-poorer"
_SIGNS = {
    **dict.fromkeys("─━═┄┅┈┉╌╍╴╶╸╺▁▔–—‒", "-"),
    **dict.fromkeys("│┃║┆┇┊┋╎╏╵╷╹╻▏▕▎▊▌▐‖", "|"),
    **dict.fromkeys("▀▂▃▄▅▆▇█▇▒▓", "#"),
    **dict.fromkeys("○◌◦◐", "o"),
    **dict.fromkeys("●•◉■▪", "*"),
    **dict.fromkeys("✗✘×", "x"),
    **dict.fromkeys("↑▲▴", "^"),
    **dict.fromkeys("↓▼▾", "v"),
    **dict.fromkeys("→▶▸›≥", ">"),
    **dict.fromkeys("←◀◂‹≤", "<"),
    **dict.fromkeys("…·", "."),
    **dict.fromkeys("‘’", "'"),
    **dict.fromkeys("“”„", '"'),
    "✓": "+",
    "⊘": "0",
    "≈": "~",
    "░": " ",
}


def poorer(text: str) -> str:
    """Return text in ASCII of the same width in cells."""
    return "".join(map(_sign, text))


def _sign(sign: str) -> str:
    if sign.isascii():
        return sign
    if found := _SIGNS.get(sign):
        return found
    if "\u2500" <= sign <= "\u257f":  # what is left of the boxes: corners and crossings
        return "+"
    if unicodedata.combining(sign) or unicodedata.category(sign) in {"Cf", "Me", "Mn"}:
        return ""
    return "??" if unicodedata.east_asian_width(sign) in "WF" else "?"


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return poorer(error.object[error.start : error.end]), error.end


codecs.register_error(NAME, _replace)
