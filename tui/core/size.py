"""The pixel size of an image."""

import math
import re
from dataclasses import dataclass
from typing import Self

_SIZE = re.compile(r"\s*(\d{1,6})\s*[x×X*]\s*(\d{1,6})\s*")


@dataclass(frozen=True, slots=True)
class Size:
    """Width × height in pixels, both at least 1."""

    width: int
    height: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read `1920x1080` (also with × or *); None when it is not a size."""
        found = _SIZE.fullmatch(text)
        if not found:
            return None
        width, height = int(found[1]), int(found[2])
        return cls(width, height) if width and height else None

    @property
    def pixels(self) -> int:
        """How many pixels it has."""
        return self.width * self.height

    @property
    def ratio(self) -> float:
        """Width over height."""
        return self.width / self.height

    def scaled(self, pixels: int, step: int = 1) -> "Size":
        """Return the same shape with at least `pixels` pixels, both sides multiples of `step`."""
        factor = math.sqrt(pixels / self.pixels)
        width, height = self.width * factor, self.height * factor
        return Size(_up(width, step), _up(height, step))

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


def _up(length: float, step: int) -> int:
    # A hair below a whole number is a rounding error of the square root, not a need for one more.
    return max(step, math.ceil(length / step - 1e-9) * step)
