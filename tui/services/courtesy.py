"""Standing back for moments, so that somebody at the keyboard is served first."""

import selectors
import threading
import time
from collections.abc import Callable

_LONGEST = 0.02  # seconds; most keys are painted by then


class Courtesy:
    """Python runs one thread at a time, and whoever works beside a key doubles the key's time.

    `begin` when a key comes, `end` when what it did is on the terminal; any thread may call.
    Who works meanwhile calls `stand_back`, which waits for the end: never for longer than
    `longest`, and then not before it has worked for as long as it waited.
    """

    def __init__(
        self, longest: float = _LONGEST, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._longest = longest
        self._now = now
        self._is_over = threading.Event()
        self._is_over.set()
        self._works_until = 0.0

    def begin(self) -> None:
        """Ask for the turn."""
        self._is_over.clear()

    def end(self) -> None:
        """Give it back."""
        self._is_over.set()

    def stand_back(self) -> None:
        """Wait while somebody has the turn."""
        if self._is_over.is_set():
            return
        begun = self._now()
        if begun < self._works_until:
            return
        self._is_over.wait(self._longest)
        self._is_over.set()  # there are keys that paint nothing
        ended = self._now()
        self._works_until = ended + (ended - begun)


class CourteousSelector(selectors.DefaultSelector):
    """Lets an event loop stand back each time before it serves what has come."""

    def __init__(self, courtesy: Courtesy) -> None:
        super().__init__()
        self._courtesy = courtesy

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for events as ever, then for whoever has the turn."""
        ready = super().select(timeout)
        self._courtesy.stand_back()
        return ready
