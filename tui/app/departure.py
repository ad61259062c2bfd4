"""Leaving when the terminal hangs up or somebody says so by a signal."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
_PATIENCE = 2.0  # seconds for the app to end; with an unread terminal it never does
_RESET = (
    b"\x1b[<u\x1b[?2004l\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1004l"
    b"\x1b[?7h\x1b[0m\x1b[?25h\x1b[?1049l"
)


class Departure:
    """Ends the app in order at a signal, or the process itself where the app can't.

    `leave` asks the app's loop to end, from another thread, and returns at once; `close` waits
    for submissions in flight. A signal that was ignored before, as under nohup, stays so.
    """

    def __init__(self, leave: Callable[[], object], close: Callable[[], None]) -> None:
        self._leave = leave
        self._close = close
        self._has_left = threading.Event()
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

    def note_left(self) -> None:
        """Note that the app has ended by itself and gave the terminal back."""
        self._has_left.set()

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if self.signal is not None:
            return
        self.signal = number
        # Not from here: a signal's handler must wait for nothing, and wake the loop from outside.
        threading.Thread(target=self._watch, name="departure", daemon=True).start()

    def _watch(self) -> None:
        self._leave()
        if self._has_left.wait(_PATIENCE):
            return
        self._close()
        reset_terminal()
        os._exit(self.exit_code)


def reset_terminal() -> None:
    """Write what undoes every mode the app set, without ever waiting for a reader."""
    try:
        number = sys.stdout.fileno()
        os.set_blocking(number, False)
        try:
            os.write(number, _RESET)
        finally:
            os.set_blocking(number, True)
    except (OSError, ValueError):
        return
