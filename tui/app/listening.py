"""What the terminal answers while the app starts, told apart from what is typed meanwhile."""

import os
import re
import select
import time
from codecs import getincrementaldecoder
from collections.abc import Callable
from dataclasses import dataclass

from tui.app.replies import Replies
from tui.core.size import Size

DEADLINE = 0.5  # seconds after the question; a terminal that answers later has half blocks
_MOST_READ = 4096  # bytes

_ATTRIBUTES = re.compile(r"\x1b\[\?([\d;]+)c")
_NAME = re.compile(r"\x1bP>\|([^\x1b]*)\x1b\\")
_CELL = re.compile(r"\x1b\[6;(\d{1,4});(\d{1,4})t")
_KITTY = re.compile(r"\x1b_Gi=31;OK\x1b\\")


@dataclass(slots=True)
class Answers:
    """What a terminal said about itself; None and "" where it said nothing.

    `attributes` are those of DA1, `name` that of XTVERSION, `cell` is width × height in pixels.
    """

    attributes: frozenset[int] | None = None
    name: str = ""
    cell: Size | None = None
    has_kitty_graphics: bool = False

    def take(self, answer: str) -> None:
        """Understand one answer."""
        if found := _ATTRIBUTES.fullmatch(answer):
            self.attributes = frozenset(int(one) for one in found[1].split(";") if one)
        elif found := _NAME.fullmatch(answer):
            self.name = found[1]
        elif (found := _CELL.fullmatch(answer)) and int(found[1]) and int(found[2]):
            self.cell = Size(int(found[2]), int(found[1]))
        elif _KITTY.fullmatch(answer):
            self.has_kitty_graphics = True


class Listening:
    """Reads the terminal until it has answered; what was typed is kept for the app."""

    def __init__(self, number: int, now: Callable[[], float] = time.monotonic) -> None:
        self._number = number
        self._now = now
        self.answers = Answers()
        self.replies = Replies(now, self.answers.take)
        self.decode = getincrementaldecoder("utf-8")("replace").decode
        self._typed: list[str] = []

    def until(self, end: float) -> Answers:
        """Return what was answered, at the last answer or at that moment.

        What has come by then counts also when nobody was there to read it.
        """
        while self.answers.attributes is None and self._read(max(0, end - self._now())):
            pass
        return self.answers

    def typed(self) -> str:
        """Return what was typed up to now, once."""
        while self._read(0):
            pass
        typed, self._typed = "".join(self._typed), []
        return typed

    def _read(self, seconds: float) -> bool:
        """Read what comes within so many seconds; return whether there was anything."""
        try:
            if not select.select([self._number], [], [], seconds)[0]:
                return False
            data = os.read(self._number, _MOST_READ)
        except (OSError, ValueError):
            return False
        self._typed.append(self.replies.take_out(self.decode(data)))
        return bool(data)
