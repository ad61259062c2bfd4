"""What stands on the terminal, so that nothing is written twice."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console, RenderableType
from rich.segment import Segment
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

# Terminals disagree on how wide these are: what stands behind them may be somewhere else.
_UNSURE = re.compile(
    "[\u0300-\u036f\u0483-\u1cff\u200b-\u200f\u20d0-\u20ff\u231a\u231b\u23e9-\u23f3\u2614\u2615"
    "\u2648-\u26fd\u2705\u270a\u270b\u2728\u274c-\u2757\u2795-\u2797\u2b1b-\u2b55\ufe00-\ufe2f"
    "\U00010000-\U0010ffff]"
)


class Piece(NamedTuple):
    """Cells of one style, as they are written."""

    cells: int
    ansi: str


class Glass:
    """Knows what was written where, and leaves out of each frame what stands there already.

    Textual repaints whole widgets, for the focus the whole screen: over a slow line a typed letter
    would cost 1.3 to 2.6 kB instead of 0.3, and coming back to the window 60 kB instead of none.
    """

    def __init__(self) -> None:
        self._lines: dict[int, dict[int, Piece]] = {}

    def forget(self) -> None:
        """Know nothing any more: the terminal has lost what was written, or may have."""
        self._lines.clear()

    def forget_part(self, x: int, y: int, width: int, height: int) -> None:
        """Know nothing of some cells: something else was drawn over them."""
        for at in range(y, y + height):
            if line := self._lines.get(at):
                self._lines[at] = _without(line, x, x + width)

    def forget_text(self, sign: str) -> None:
        """Know nothing of where such a sign stands: it means something else from now on."""
        for y, line in self._lines.items():
            self._lines[y] = {x: piece for x, piece in line.items() if sign not in piece.ansi}

    def over(self, frame: RenderableType | None) -> RenderableType | None:
        """Return a frame that writes only what differs from what stands there by then."""
        return _Difference(self, frame) if isinstance(frame, CompositorUpdate) else frame

    def difference(self, frame: CompositorUpdate, console: Console) -> str:
        """Return what a frame changes, and know it as written."""
        if not isinstance(frame, LayoutUpdate | ChopsUpdate):
            self.forget()
            return frame.render_segments(console)
        colors = console._color_system or ColorSystem.TRUECOLOR  # noqa: SLF001 - Textual's own way
        written, here = [], (-1, -1)
        for y, left, strip in _strips(frame):
            for x, piece in self._changed(y, left, list(_pieces(left, strip, colors))):
                if here != (y, x):
                    written.append(f"\x1b[{y + 1};{x + 1}H")
                written.append(piece.ansi)
                here = (-1, -1) if _UNSURE.search(piece.ansi) else (y, x + piece.cells)
        return "".join(written)

    def _changed(
        self, y: int, left: int, pieces: list[tuple[int, Piece]]
    ) -> list[tuple[int, Piece]]:
        """Know these pieces as a line's; return those that were not there."""
        line = self._lines.get(y, {})
        changed = [(x, piece) for x, piece in pieces if line.get(x) != piece]
        if not changed:
            return []
        x, last = pieces[-1]
        right = x + last.cells
        kept = _without(line, left, right)
        self._lines[y] = kept | dict(pieces)
        gone = (one for x, one in line.items() if x not in kept)
        if any(_UNSURE.search(one.ansi) for one in (*gone, *(one for _, one in pieces))):
            return pieces
        return changed


class _Difference(CompositorUpdate):
    """A frame as what differs from what stands on the terminal."""

    def __init__(self, glass: Glass, frame: CompositorUpdate) -> None:
        self._glass = glass
        self._frame = frame

    def render_segments(self, console: Console) -> str:
        """Return what is to be written; only once, since it counts as written then."""
        return self._glass.difference(self._frame, console)


def _without(line: dict[int, Piece], left: int, right: int) -> dict[int, Piece]:
    """Return what of a line stands wholly outside of some columns."""
    return {x: one for x, one in line.items() if x + one.cells <= left or x >= right}


def _strips(frame: LayoutUpdate | ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Yield line, first column and text of each part of a frame."""
    if isinstance(frame, LayoutUpdate):
        for y, strips in enumerate(frame.strips, frame.region.y):
            x = frame.region.x
            for strip in strips:
                yield y, x, strip
                x += strip.cell_length
        return
    for y, left, right in frame.spans:
        for end, (x, part) in zip(frame.chop_ends[y], frame.chops[y].items(), strict=True):
            if part is not None and x < right and end > left:
                yield y, x, part if end <= right else part.crop(0, right - x)


def _pieces(
    x: int, segments: Iterable[Segment], colors: ColorSystem
) -> Iterator[tuple[int, Piece]]:
    for text, style, _ in segments:
        if cells := cell_len(text):
            # Not as Strip does, which remembers 16,384 styles: pictures have hundreds each.
            yield x, Piece(cells, style.render(text, color_system=colors) if style else text)
            x += cells
