"""Small pictures of images, as plain pixels and as terminals take them."""

from dataclasses import dataclass
from enum import StrEnum

from tui.core.size import Size

CHANNELS = 4  # red, green, blue, alpha
# PNG bytes of one picture: with base64 and its frames under 50 kB, 0.4 s at 1 Mbit/s.
MOST_SENT = 36 * 1024
_SKETCH = Size(80, 80)


class Graphics(StrEnum):
    """How a terminal shows pictures, the best first; OFF: not at all, the card says everything."""

    KITTY = "kitty"
    SIXEL = "sixel"
    HALF = "half"
    OFF = "off"


AUTO = "auto"
PREVIEWS = (AUTO, *(one.value for one in Graphics))  # what a person may ask for


@dataclass(frozen=True, slots=True)
class Picture:
    """Width × height pixels, four bytes each (red, green, blue, alpha), row by row from the top."""

    width: int
    height: int
    rgba: bytes

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"a picture of {self.width}x{self.height} has no pixels")
        if len(self.rgba) != self.width * self.height * CHANNELS:
            raise ValueError(f"{len(self.rgba)} bytes are not {self.width}x{self.height} pixels")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture as a terminal takes it: `data` is a PNG for kitty, or a whole sixel sequence.

    `sketch` is the same, coarser, for where nothing but text can stand.
    """

    graphics: Graphics
    width: int
    height: int
    data: bytes
    sketch: Picture


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an image, in pixels of the image."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be drawn of an image: into a box of pixels, for a kind of graphics.

    `sketch` is the box of a drawing's sketch, `ground` what shows through where the image is
    transparent, `most` the bytes that a drawing may take. A picture of plain pixels keeps its
    transparency.
    """

    box: Size
    graphics: Graphics = Graphics.HALF
    part: Part | None = None
    sketch: Size = _SKETCH
    ground: tuple[int, int, int] = (0, 0, 0)
    most: int = MOST_SENT

    @property
    def name(self) -> str:
        """What tells its picture from others of the same image."""
        if self.graphics is Graphics.HALF:
            name = f"{self.box}.rgba"
        else:
            ground = bytes(self.ground).hex()
            name = f"{self.box}.{self.sketch}.{ground}.{self.most}.{self.graphics}"
        if self.part is None:
            return name
        part = self.part
        return f"{part.left}+{part.top}+{part.width}x{part.height}.{name}"
