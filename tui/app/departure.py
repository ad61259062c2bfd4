"""Leaving when the terminal hangs up or somebody says so by a signal."""

import os
import signal
import sys
import termios
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

from tui.app.first_frame import FRAME
from tui.app.outlet import open_again

SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
_PATIENCE = 2.0  # seconds for the app to end; with an unread terminal it never does
_RESET = (
    b"\x18\x1b[<u\x1b[?2004l\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l\x1b[?1004l"
    b"\x1b[?2026l\x1b[?2048l\x1b[?7h\x1b[0m\x1b[?1049l\x1b[?25h"
)
_TRIES = 100


class Departure:
    """Ends the app in order at a signal, or the process itself where the app can't.

    `leave` asks the app's loop to end, from another thread, and returns at once; `close` waits
    for submissions in flight. A signal that was ignored before, as under nohup, stays so.
    """

    def __init__(self, leave: Callable[[], object], close: Callable[[], None]) -> None:
        self._leave = leave
        self._close = close
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
            # Not from here: a signal's handler must wait for nothing, and wake the loop from
            # outside.
            self._watch.start()

    def note_left(self) -> None:
        """Note that the app has ended by itself; one that did so too late waits for the end."""
        self._has_left.set()
        if not self._ending.acquire(blocking=False):
            self._watch.join()

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        self.begin(number)

    def _see_through(self) -> None:
        self._leave()
        if self._has_left.wait(_PATIENCE) or not self._ending.acquire(blocking=False):
            return
        try:
            self._close()
        finally:
            reset_terminal()
            os._exit(self.exit_code)


def reset_terminal() -> None:
    """Undo every mode the app set, without ever waiting for a reader.

    What was drawn and not read is thrown away: there would be no room for the rest.
    """
    with suppress(OSError, ValueError, termios.error):
        number = open_again(sys.stdout.fileno())
        os.set_blocking(number, False)
        try:
            _write_past(number)
        finally:
            os.set_blocking(number, True)
    FRAME.leave()


def _write_past(number: int) -> None:
    for _ in range(_TRIES):  # the app's own thread may be faster in filling the room
        termios.tcflush(number, termios.TCOFLUSH)
        with suppress(BlockingIOError):
            os.write(number, _RESET)
            return
