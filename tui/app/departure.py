"""Leaving when the terminal hangs up or somebody says so by a signal."""

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
_DELIBERATE = 1.0  # seconds; a terminal that closes may send two signals at once
_PATIENCE = 2.0  # seconds for the app to end; with an unread terminal it never does
# Undoes every mode the app sets; the first byte ends a sequence that was cut off.
RESET = (
    b"\x18\x1b[<u\x1b[?2004l\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l\x1b[?1004l"
    b"\x1b[?2026l\x1b[?2048l\x1b[?7h\x1b[0m\x1b[?1049l\x1b[?25h"
)


class Departure:
    """Ends the app in order at a signal, or the process itself where the app can't.

    `leave` asks the app's loop to end, from another thread, and returns at once; `close` waits
    for submissions in flight, until `hurry` is called; `restore` gives the terminal back where the
    app could not. A signal that was ignored before, as under nohup, stays so.
    """

    def __init__(
        self,
        leave: Callable[[], object],
        close: Callable[[], None],
        hurry: Callable[[], None],
        restore: Callable[[], None],
    ) -> None:
        self._leave = leave
        self._close = close
        self._hurry = hurry
        self._restore = restore
        self._began: float | None = None
        self._has_left = threading.Event()
        self._ending = threading.Lock()  # taken once, by whoever ends the process
        self._watch = threading.Thread(target=self._see_through, name="departure", daemon=True)
        self.signal: int | None = None

    def install(self) -> None:
        """Take the signals over; they wake the engine even when the screen is stuck."""
        for one in SIGNALS:
            if signal.getsignal(one) is not signal.SIG_IGN:
                signal.signal(one, self._handle)

    @property
    def exit_code(self) -> int:
        """128 and the signal's number; 0 as long as there was none."""
        return 128 + self.signal if self.signal else 0

    def begin(self, number: int) -> None:
        """Leave as at this signal; the first one counts. May come from any thread."""
        if self.signal is None:
            self.signal = number
            self._began = self._began or time.monotonic()
            # Not from here: a signal's handler must wait for nothing, and wake the loop from
            # outside.
            self._watch.start()

    def note_left(self) -> None:
        """Note that the app has ended by itself; one that did so too late waits for the end."""
        self._has_left.set()
        self._began = self._began or time.monotonic()
        if not self._ending.acquire(blocking=False):
            self._watch.join()

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        is_meant = number != signal.SIGHUP and self._began is not None
        if is_meant and time.monotonic() - (self._began or 0.0) >= _DELIBERATE:
            self._hurry()
        self.begin(number)

    def _see_through(self) -> None:
        with suppress(RuntimeError):  # its loop has ended just now
            self._leave()
        if self._has_left.wait(_PATIENCE) or not self._ending.acquire(blocking=False):
            return
        try:
            self._close()
        finally:
            self._restore()
            os._exit(self.exit_code)
