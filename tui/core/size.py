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

    def at_least(self, pixels: int) -> "Size":
        """Return the same shape with at least that many pixels."""
        factor = math.sqrt(pixels / self.pixels)
        # A hair above a whole number is a rounding error of the root, no need for one more.
        return Size(*(math.ceil(side * factor - 1e-9) for side in (self.width, self.height)))

    def at_most(self, pixels: int) -> "Size":
        """Return the same shape with at most that many pixels."""
        factor = math.sqrt(pixels / self.pixels)
        return Size(
            *(max(1, math.floor(side * factor + 1e-9)) for side in (self.width, self.height))
        )

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"
