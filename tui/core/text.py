"""Foreign text made safe to show."""

import re
import unicodedata

# C0 and C1 controls, DEL, line and paragraph separators, bidi controls, BOM, tag characters,
# halves of surrogate pairs: a terminal acts on them, or a reader is deceived by them.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_UNSAFE_BUT_LINES = re.compile(_UNSAFE.pattern.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f"))


def clean(text: str, most: int | None = None, *, lines: bool = False) -> str:
    """Return text with every control shown as a visible escape, at most `most` characters long.

    `lines` keeps line feeds and tabs, for places that show more than one line.
    """
    pattern = _UNSAFE_BUT_LINES if lines else _UNSAFE
    # Foreign text may be megabytes long; NFC makes at most four characters into one.
    text = text if most is None else text[: 4 * most + 1]
    shown = unicodedata.normalize("NFC", pattern.sub(_visible, text))
    return shown if most is None or len(shown) <= most else shown[: most - 1] + "…"


def one_line(text: str, most: int | None = None) -> str:
    """Return text on a single line: white space folded to single blanks, then cleaned."""
    return clean(" ".join(text.split()), most)


def disarm(text: str) -> str:
    """Return text with every control replaced by one invisible character, line feeds and tabs kept.

    For editors, which count characters and columns: both stay as they are.
    """
    return _UNSAFE_BUT_LINES.sub("\u2060", text)


def _visible(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:x}}}"
