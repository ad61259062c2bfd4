"""The way out to the terminal."""

import os
import select
import termios
import threading
from contextlib import suppress
from typing import TextIO

from tui.app import poorer
from tui.services.courtesy import Courtesy

_TRIES = 100
_PIECE = 4096  # bytes; a longer write goes on inside the kernel as long as somebody makes room


class Outlet:
    """A file to draw on that is never stuck inside a write and outlives its terminal.

    A thread stuck in a write would hold the terminal's lock: not even what resets it could be
    written then. The file is opened anew, because not blocking is a property that the shell's
    would share. What is written ends what `courtesy` was asked for.
    """

    def __init__(self, terminal: TextIO, courtesy: Courtesy) -> None:
        self.courtesy = courtesy
        self._number = _open_again(terminal.fileno())
        self._encoding = terminal.encoding
        self._turn = threading.Lock()  # held for a write that never waits
        self._is_seized = False

    def write(self, text: str) -> int:
        """Write all of it, as fast as it is read; a terminal that is gone takes everything."""
        left = memoryview(text.encode(self._encoding, poorer.NAME))
        with suppress(OSError):
            while left:
                select.select([], [self._number], [])
                with self._turn:
                    if self._is_seized:
                        break
                    left = left[self._write_some(left[:_PIECE]) :]
        return len(text)

    def flush(self) -> None:
        """Note that all is written; nothing is kept back."""
        self.courtesy.end()

    def fileno(self) -> int:
        """Return the file's number."""
        return self._number

    def isatty(self) -> bool:
        """Return True: there is no other use for it."""
        return True

    def seize(self, last: bytes) -> None:
        """Write this as the last, without ever waiting for a reader.

        What was drawn and not read is thrown away: there would be no room for the rest.
        """
        with self._turn:
            self._is_seized = True
        with suppress(OSError, termios.error):
            os.set_blocking(self._number, False)
            for _ in range(_TRIES):  # of another process, too, which may be faster to take the room
                termios.tcflush(self._number, termios.TCOFLUSH)
                if self._write_some(last) == len(last):  # part of it would end within a sequence
                    return

    def _write_some(self, data: bytes | memoryview) -> int:
        try:
            return os.write(self._number, data)
        except BlockingIOError:
            return 0


def _open_again(number: int) -> int:
    """Open the terminal behind a file once more, not blocking; where that fails, the file's own."""
    try:
        flags = os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        return os.open(os.ttyname(number), flags)
    except OSError:  # a container without /dev/pts
        return number
