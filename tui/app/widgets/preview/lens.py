"""The part of an image that is looked at."""

from dataclasses import dataclass, replace

from tui.core.picture import Part

_MOST = 32.0


@dataclass(frozen=True, slots=True)
class Lens:
    """How many times an image is enlarged, and around which point, in shares of its sides."""

    scale: float = 1.0
    x: float = 0.5
    y: float = 0.5

    @property
    def is_whole(self) -> bool:
        """Whether the whole image is seen."""
        return self.scale == 1.0

    def zoomed(self, by: float) -> "Lens":
        """Return one that enlarges more, or less, around the same point."""
        return replace(self, scale=min(max(self.scale * by, 1.0), _MOST)).moved(0, 0)

    def moved(self, right: float, down: float) -> "Lens":
        """Return one further on, in shares of what is seen, never beyond the edge."""
        half = 0.5 / self.scale
        x = min(max(self.x + right / self.scale, half), 1 - half)
        y = min(max(self.y + down / self.scale, half), 1 - half)
        return replace(self, x=x, y=y)

    def part(self, width: int, height: int) -> Part | None:
        """Return the pixels seen of an image of that size; None for all of them."""
        if self.is_whole:
            return None
        wide, high = max(1, round(width / self.scale)), max(1, round(height / self.scale))
        left = min(max(round(self.x * width - wide / 2), 0), width - wide)
        top = min(max(round(self.y * height - high / 2), 0), height - high)
        return Part(left, top, wide, high)
