"""The terminal as pictures are drawn on it, past Textual."""

import random
import re
from collections.abc import Callable, Iterator
from math import ceil
from typing import Protocol

from tui.app import kitty
from tui.app.glass import Glass
from tui.app.ladder import Choice
from tui.core.language import _
from tui.core.picture import Drawing, Graphics
from tui.core.size import Size

_LOWEST, _HIGHEST = 16, 254  # numbers of pictures: colours that no theme of a terminal changes
_PLAIN = Choice(Graphics.HALF, _("nobody asked"))
_USUAL, _SHAPES = 2.0, (1.4, 3.0)
_GUESSED = Size(6, 12)  # pixels; too small a guess leaves room, too large a one scrolls the screen


SKIP = "\U0010fffd"  # a cell that is to stay as it is; Textual knows no other way to say so
_SKIPPED = re.compile(f"{SKIP}+")


class View(Protocol):
    """A part of the screen with a picture on it."""

    def after_frame(self) -> None:
        """Draw what text can't, now that the text around it is written."""

    def draw_again(self) -> None:
        """Draw anew: the terminal has lost what was drawn."""


class Canvas:
    """Writes pictures between Textual's frames, and forgets none of those it has sent.

    `write` is the driver's, as long as the app draws; `measure` says what the system knows of a
    cell's size.
    """

    def __init__(
        self, choice: Choice = _PLAIN, measure: Callable[[], Size | None] = lambda: None
    ) -> None:
        self.choice = choice
        self.cell = choice.cell
        self._measure = measure
        self._measured = measure()
        self.glass = Glass()
        self.write: Callable[[str], None] | None = None
        self._views: list[View] = []
        self._numbers = _numbers(in_tmux=choice.in_tmux)
        self._sent: set[int] = set()

    @property
    def graphics(self) -> Graphics:
        """How pictures are drawn."""
        return self.choice.graphics

    @property
    def cell_pixels(self) -> Size:
        """A cell's width × height in pixels, guessed where nobody knows."""
        return self.cell or _GUESSED

    @property
    def cell_shape(self) -> float:
        """How many times a cell is as high as wide: 2 where nobody knows, or it can't be so."""
        if self.cell is None:
            return _USUAL
        shape = self.cell.height / self.cell.width
        return shape if _SHAPES[0] <= shape <= _SHAPES[1] else _USUAL

    def add(self, view: View) -> int:
        """Draw for a view from now on; return the number of its picture."""
        self._views.append(view)
        return next(self._numbers)

    def remove(self, view: View, number: int) -> None:
        """Draw no longer for a view."""
        if view in self._views:
            self._views.remove(view)
        self.delete(number)

    def send(self, number: int, drawing: Drawing, columns: int, lines: int) -> None:
        """Send kitty's picture of a view, in the place of an older one."""
        if self.write:
            in_tmux = self.choice.in_tmux
            self.glass.forget_text(kitty.CELL)
            self.write(kitty.send(number, drawing, columns, lines, in_tmux=in_tmux))
            self._sent.add(number)

    def delete(self, number: int) -> None:
        """Let the terminal forget a view's picture, if it has one."""
        if self.write and number in self._sent:
            self._sent.discard(number)
            self.write(kitty.delete(number, in_tmux=self.choice.in_tmux))

    def paint(self, column: int, line: int, drawing: Drawing) -> None:
        """Write sixels with their upper left corner in that cell, counted from 0."""
        if self.write:
            # The cursor comes back: Textual has put it where one types.
            cell = self.cell_pixels
            columns, lines = ceil(drawing.width / cell.width), ceil(drawing.height / cell.height)
            self.glass.forget_part(column, line, columns, lines)
            self.write(f"\x1b7\x1b[{line + 1};{column + 1}H{drawing.data.decode('ascii')}\x1b8")

    def begin(self, write: Callable[[str], None]) -> None:
        """Take over a terminal that shows nothing yet, also after a suspension."""
        self.write = write
        self._sent.clear()
        self.redraw()

    def redraw(self) -> None:
        """Let everything be written and sent anew: something else has drawn on the terminal."""
        self.glass.forget()
        for view in self._views:
            view.draw_again()

    def end(self) -> None:
        """Take everything back before the terminal is given to somebody else."""
        for number in list(self._sent):
            self.delete(number)
        self.write = None

    def after_frame(self) -> None:
        """Draw what belongs on top of the frame that was just written."""
        if self.graphics is not Graphics.SIXEL or not self._views:
            return
        # Measured each time, which takes a microsecond: a picture made for larger cells would
        # cover what is below it, or scroll the screen.
        if (size := self._measure()) != self._measured:
            self._measured = self.cell = size
            for view in self._views:
                view.draw_again()
        for view in self._views:
            view.after_frame()


def with_skips(text: str) -> str:
    """Return what is to be written, with the cursor going past the cells that stay as they are."""
    if SKIP not in text:
        return text
    return _SKIPPED.sub(lambda found: f"\x1b[{len(found[0])}C", text)


def _numbers(*, in_tmux: bool) -> Iterator[int]:
    """Yield numbers for pictures, round and round."""
    # Panes of tmux share one terminal, so that their pictures must not have the same numbers.
    high = random.randrange(1, 255) << 24 if in_tmux else 0  # noqa: S311 - no secret
    while True:
        for number in range(_LOWEST, _HIGHEST):
            yield high + number
