"""Text drawn with the fonts that are there, whatever script it is written in."""

import os
import unicodedata
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

from PIL import ImageDraw, ImageFont

from tui.core.language import _

Ink = tuple[int, int, int]
Font = ImageFont.FreeTypeFont
# In the order in which they are tried after Pillow's own font, which knows Latin only.
_NAMES = (
    "NotoSansCJK*Regular.*",
    "NotoSansCJK*.*",
    "SourceHanSans*.ot?",
    "wqy-*.ttc",
    "DroidSansFallback*.ttf",
    "PingFang.ttc",
    "Hiragino Sans GB.ttc",
    "STHeiti Light.ttc",
    "msyh.ttc",
    "YuGoth*.ttc",
    "Arial Unicode.ttf",
    "DejaVuSans.ttf",
)
_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
    "/mnt/c/Windows/Fonts",
)
# Of what Pillow's own font lacks; letters with accents lose them, where nothing else is there.
_STAND_INS = {"—": "-", "–": "-", "×": "x", "≥": ">", "≤": "<", "ß": "ss"}
_OWN = ""  # stands for Pillow's own font among paths


@cache
def system_fonts() -> tuple[str, ...]:
    """Return the fonts of this machine that reach beyond Latin, the best one first."""
    found: dict[str, str] = {}
    for folder in _FOLDERS:
        for place, _folders, names in os.walk(Path(folder).expanduser()):
            for pattern in _NAMES:
                for name in sorted(name for name in names if fnmatch(name, pattern)):
                    found.setdefault(pattern, str(Path(place) / name))
    return tuple(found[pattern] for pattern in _NAMES if pattern in found)


class Lettering:
    """Letters of one size in pixels; what no font has is drawn as a box with its code point."""

    def __init__(self, pixels: int, fonts: Sequence[str] | None = None) -> None:
        self.pixels = pixels
        self.leading = round(pixels * 1.35)
        self._fonts = fonts

    def width(self, text: str) -> float:
        """Return how many pixels a line takes."""
        return sum(self._length(path, run) for path, run in self._runs(text))

    def draw(self, onto: ImageDraw.ImageDraw, x: float, y: float, text: str, ink: Ink) -> None:
        """Draw a line whose top left corner is there."""
        baseline = y + self.pixels
        for path, run in self._runs(text):
            if path is None:
                self._boxes(onto, x, y, run, ink)
            else:
                onto.text((x, baseline), run, fill=ink, font=_load(path, self.pixels), anchor="ls")
            x += self._length(path, run)

    def wrap(self, text: str, width: float, most: int) -> list[str]:
        """Break a text into at most `most` lines, the last one ending in … when more was there."""
        lines = [line for part in text.splitlines() for line in self._broken(part, width)]
        if len(lines) > most:
            last = lines[max(0, most - 1)]
            while last and self.width(last + "…") > width:
                last = last[:-1]
            lines = [*lines[: max(0, most - 1)], last + "…"]
        return lines[:most]

    def _broken(self, text: str, width: float) -> Iterator[str]:
        line, taken = "", 0.0
        for word in _words(text):
            length = self.width(word.rstrip())
            if line and taken + length > width:
                yield line.rstrip()
                line, taken = "", 0.0
            if length > width:
                *full, word = self._split(word, width)  # noqa: PLW2901 - only its rest goes on
                yield from full
            line += word
            taken += self.width(word)
        yield line.rstrip()

    def _split(self, word: str, width: float) -> list[str]:
        pieces = [""]
        for char in word:
            if pieces[-1] and self.width(pieces[-1] + char) > width:
                pieces.append("")
            pieces[-1] += char
        return pieces

    def _runs(self, text: str) -> Iterator[tuple[str | None, str]]:
        seen = (self._glyph(char) for char in text if not _is_invisible(char))
        for path, pairs in groupby(seen, key=lambda pair: pair[0]):
            yield path, "".join(char for _, char in pairs)

    def _glyph(self, char: str) -> tuple[str | None, str]:
        if _has(_OWN, char):
            return _OWN, char
        # Looked for only now: most prompts need none, and the folders may be slow.
        fonts = system_fonts() if self._fonts is None else self._fonts
        path = next((path for path in fonts if _has(path, char)), None)
        plain = _STAND_INS.get(char, unicodedata.normalize("NFD", char)[0])
        return (_OWN, plain) if path is None and _has(_OWN, plain) else (path, char)

    def _length(self, path: str | None, run: str) -> float:
        return (
            _load(path, self.pixels).getlength(run) if path is not None else self.pixels * len(run)
        )

    def _boxes(self, onto: ImageDraw.ImageDraw, x: float, y: float, run: str, ink: Ink) -> None:
        side = self.pixels
        font = _load(_OWN, max(4, round(side * 0.4)))
        for number, char in enumerate(run):
            left = x + number * side
            edge = max(1, side // 24)
            box = (left + side * 0.06, y + side * 0.16, left + side * 0.94, y + side * 1.08)
            onto.rectangle(box, outline=ink, width=edge)
            code = f"{ord(char):04X}"
            half = (len(code) + 1) // 2
            for row, digits in enumerate((code[:half], code[half:])):
                middle = (left + side / 2, y + side * (0.4 + 0.42 * row))
                onto.text(middle, digits, fill=ink, font=font, anchor="mm")


@lru_cache(maxsize=64)
def _load(path: str, pixels: int) -> Font:
    if path:
        return ImageFont.truetype(path, pixels)
    font = ImageFont.load_default(pixels)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError(_("This build of Pillow has no FreeType: the demo can't write on images."))
    return font


@lru_cache(maxsize=8192)
def _has(path: str, char: str) -> bool:
    if char.isspace():
        return True
    font = _load(path, 16)
    # A font draws everything that it has not in the one shape that U+FFFF gets.
    return bytes(font.getmask(char)) != bytes(font.getmask("\uffff"))


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) in {"Cf", "Mn", "Me"}


def _words(text: str) -> Iterator[str]:
    """Split where a line may end: after blanks, before and after wide characters."""
    word = ""
    for char in text:
        wide = unicodedata.east_asian_width(char) in {"W", "F"}
        # No line begins with a closing mark, so that 。 stays with what it ends.
        if wide and unicodedata.category(char) not in {"Po", "Pe", "Pf"}:
            if word:
                yield word
            word = char
        elif word and (word[-1] == " " != char or (_is_wide(word) and char.isalnum())):
            yield word
            word = char
        else:
            word += char
    if word:
        yield word


def _is_wide(word: str) -> bool:
    return unicodedata.east_asian_width(word[-1]) in {"W", "F"}
