"""A picture drawn in half blocks: two pixels a cell, the upper one in front."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from rich.color import Color, ColorType
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.core.picture import CHANNELS, Picture

Rgb = tuple[int, int, int]

_UPPER_HALF = "▀"
_Pixel = bytes  # red, green, blue
# 32 steps a channel are hardly told apart at this size. They make colours meet again: 8 instead
# of 12 ms for a photo of 80 × 40 cells, and fewer bytes where it is smooth.
_COARSE = bytes((value >> 3) * 255 // 31 for value in range(256))


def blocks(
    picture: Picture, width: int, height: int, surface: Rgb, shape: float = 2.0
) -> list[Strip]:
    """Return `height` lines of `width` cells: the picture centred, `surface` around and behind it.

    A cell is `shape` times as high as wide. A picture larger than the place is shrunk roughly; one
    that fits is drawn pixel by pixel where half a cell is a square.
    """
    if width < 1 or height < 1:
        return []
    behind = bytes(surface).translate(_COARSE)
    rows = _rows(_on(_fitted(picture, width, 2 * height, shape / 2), surface))
    left = (width - len(rows[0])) // 2
    blank = Style(bgcolor=_color(behind))
    before, after = (Segment(" " * cells, blank) for cells in (left, width - left - len(rows[0])))
    if len(rows) % 2:
        rows.append([behind] * len(rows[0]))
    strips = [
        Strip([one for one in (before, *_line(upper, lower), after) if one.text], width)
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]
    return strips + [Strip([Segment(" " * width, blank)], width)] * (height - len(strips))


def _line(upper: list[_Pixel], lower: list[_Pixel]) -> Iterator[Segment]:
    for (front, back), run in groupby(zip(upper, lower, strict=True)):
        style = Style.from_color(_color(front), _color(back))
        yield Segment(_UPPER_HALF * len(list(run)), style)


@lru_cache(2048)
def _color(pixel: _Pixel) -> Color:
    # Without the name that Color.from_rgb writes for each, which would cost as much as the rest.
    return Color._make(("", ColorType.TRUECOLOR, None, ColorTriplet._make(pixel)))


def _rows(picture: Picture) -> list[list[_Pixel]]:
    data, width = picture.rgba.translate(_COARSE), picture.width
    pixels = [data[at : at + 3] for at in range(0, len(data), CHANNELS)]
    return [pixels[at : at + width] for at in range(0, len(pixels), width)]


def _fitted(picture: Picture, width: int, height: int, tall: float) -> Picture:
    """Return a picture of at most width × height pixels `tall` times as high as wide.

    Pixels are left out for it.
    """
    low = picture.height / tall
    factor = max(1.0, picture.width / width, low / height)
    columns, lines = max(1, int(picture.width / factor)), max(1, int(low / factor))
    if (columns, lines) == (picture.width, picture.height):
        return picture
    at_x = [int((x + 0.5) * picture.width / columns) * CHANNELS for x in range(columns)]
    line = picture.width * CHANNELS
    at_y = [int((y + 0.5) * picture.height / lines) * line for y in range(lines)]
    data = picture.rgba
    rgba = b"".join(data[y + x : y + x + CHANNELS] for y in at_y for x in at_x)
    return Picture(columns, lines, rgba)


def _on(picture: Picture, surface: Rgb) -> Picture:
    """Return a picture with its transparent pixels laid over a colour."""
    alphas = picture.rgba[3::CHANNELS]
    if min(alphas) == 255:
        return picture
    rgba = bytearray(picture.rgba)
    for at, alpha in enumerate(alphas):
        if alpha < 255:
            first = at * CHANNELS
            for channel, under in enumerate(surface, first):
                rgba[channel] = (rgba[channel] * alpha + under * (255 - alpha)) // 255
    return Picture(picture.width, picture.height, bytes(rgba))
