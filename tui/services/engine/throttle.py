"""How many steps of a lane run at once, by how the other side takes it."""

from collections.abc import Callable

from tui.core.schedule import backoff
from tui.services.engine.lanes import Lane


class Throttle:
    """Widens a lane by one for each round of good answers, halves it at a bad one (AIMD).

    At its narrowest a lane pauses at each bad answer, ever longer: in an outage thousands of
    jobs ask no more often than one would. `random` gives numbers from -1 to 1.
    """

    def __init__(self, lane: Lane, *, start: int, most: int, random: Callable[[], float]) -> None:
        self._lane = lane
        self._most = most
        self._random = random
        self._width = float(min(start, most))
        self._bad = 0
        lane.resize(int(self._width))

    def good(self) -> None:
        """Note an answer that could be read."""
        self._bad = 0
        self._resize(min(float(self._most), self._width + 1 / self._width))

    def bad(self) -> None:
        """Note an answer that could not be read, or none at all."""
        self._bad += 1
        self._resize(max(1.0, self._width / 2))
        if self._width < 2:
            self._lane.hold(backoff(self._bad, self._random()))

    def _resize(self, width: float) -> None:
        if int(width) != int(self._width):
            self._lane.resize(int(width))
        self._width = width
