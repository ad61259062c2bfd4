"""Leaving when the terminal hangs up or somebody says so by a signal."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

SIGNALS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
_PATIENCE = 2.0  # seconds for the app's loop to answer; with an unread terminal it never does
_RESET = (
    b"\x1b[<u\x1b[?2004l\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1004l"
    b"\x1b[?7h\x1b[0m\x1b[?25h\x1b[?1049l"
)


class Departure:
    """Ends the app in order at a signal, or the process itself where the app can't.

    `leave` asks the app's loop to end and returns at once; `close` waits for submissions in
    flight. A signal that was ignored before, as under nohup, stays so.
    """

    def __init__(self, leave: Callable[[], None], close: Callable[[], None]) -> None:
        self._leave = leave
        self._close = close
        self._is_leaving = threading.Event()
        self.signal: int | None = None

    def install(self) -> None:
        """Take the signals over; they wake the engine even when the screen is stuck."""
        for one in SIGNALS:
            if signal.getsignal(one) is not signal.SIG_IGN:
                signal.signal(one, self._handle)

    def answered(self) -> None:
        """Note that the app's loop is ending by itself."""
        self._is_leaving.set()

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if self.signal is not None:
            return
        self.signal = number
        threading.Thread(target=self._watch, name="departure", daemon=True).start()
        self._leave()

    def _watch(self) -> None:
        if self._is_leaving.wait(_PATIENCE):
            return
        self._close()
        reset_terminal()
        os._exit(128 + (self.signal or 0))


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
