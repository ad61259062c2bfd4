"""A small picture as plain pixels."""

from dataclasses import dataclass

CHANNELS = 4  # red, green, blue, alpha


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
