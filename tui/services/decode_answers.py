"""What the decoder's child process is asked and answers, checked as foreign data."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from sys import intern
from typing import Any

from tui.core.picture import Drawing, Graphics, Picture, Wish
from tui.core.text import clean

MOST_THUMBNAIL = 320  # pixels a side
_MOST_DRAWING, _MOST_SKETCH = 1024, 200
_SIXEL = re.compile(rb"\x1bP[\d;]*q[\x21-\x7e]*\x1b\\")
_EXTENSIONS = {
    "PNG": "png",
    "JPEG": "jpg",
    "WEBP": "webp",
    "BMP": "bmp",
    "TIFF": "tiff",
    "GIF": "gif",
}


class DeadChildError(Exception):
    """The child ended, or answered something that is no answer."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What an image is: Pillow's name of its format, width × height in pixels, what is odd.

    `has_c2pa`: a C2PA manifest is in it, which nobody has verified.
    """

    format: str
    width: int
    height: int
    notes: tuple[str, ...] = ()
    is_opaque: bool = True
    has_c2pa: bool = False

    @property
    def extension(self) -> str:
        """The ending of a file of that format, without the dot."""
        return _EXTENSIONS[self.format]

    @property
    def media_type(self) -> str:
        """The media type of that format."""
        return f"image/{self.format.lower()}"


def read_decoded(answer: Mapping[str, Any]) -> Decoded | str:
    """Return what an image is, or why it is none; raises DeadChildError.

    The child had hostile bytes in its hands.
    """
    match answer:
        case {"error": str(error)}:
            return clean(error, 300)
        case {
            "format": str(name),
            "width": int(width),
            "height": int(height),
            "notes": list(notes),
            "opaque": bool(is_opaque),
            "c2pa": bool(has_c2pa),
        } if name in _EXTENSIONS and width > 0 and height > 0:
            said = tuple(clean(str(one), 200) for one in notes)
            return Decoded(intern(name), width, height, said, is_opaque, has_c2pa)
        case _:
            raise DeadChildError


def question_of(wish: Wish) -> dict[str, object]:
    """Return a wish as the child takes it."""
    most = MOST_THUMBNAIL if wish.graphics is Graphics.HALF else _MOST_DRAWING
    part = wish.part
    return {
        "box": [min(wish.box.width, most), min(wish.box.height, most)],
        "graphics": wish.graphics.value,
        "part": [part.left, part.top, part.width, part.height] if part else None,
        "sketch": [min(wish.sketch.width, _MOST_SKETCH), min(wish.sketch.height, _MOST_SKETCH)],
        "ground": list(wish.ground),
        "most": wish.most,
    }


def read_picture(
    answer: Mapping[str, Any], graphics: Graphics = Graphics.HALF
) -> Picture | Drawing | str:
    """Return what was drawn, or why it was not; raises DeadChildError."""
    try:
        match answer:
            case {"error": str(error)}:
                return clean(error, 300)
            case {"width": int(width), "height": int(height), "rgba": str(rgba)}:
                return Picture(width, height, base64.b64decode(rgba, validate=True))
            case {"width": int(width), "height": int(height), "data": str(data), "sketch": sketch}:
                picture = read_picture(sketch)
                raw = base64.b64decode(data, validate=True)
                if isinstance(picture, Picture) and _is_drawing(raw, graphics):
                    return Drawing(graphics, width, height, raw, picture)
    except (ValueError, TypeError) as error:
        raise DeadChildError from error
    raise DeadChildError


def _is_drawing(data: bytes, graphics: Graphics) -> bool:
    """Whether it is safe to write: it goes to the terminal as it is."""
    if graphics is Graphics.SIXEL:
        return _SIXEL.fullmatch(data) is not None
    return data.startswith(b"\x89PNG\r\n\x1a\n")
