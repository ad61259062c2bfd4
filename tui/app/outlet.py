"""The way out to the terminal."""

import os
import select
from typing import TextIO


class Outlet:
    """A file to draw on that is never stuck inside a write and outlives its terminal.

    A thread stuck in a write would hold the terminal's lock: not even what resets it could be
    written then. The file is opened anew, because not blocking is a property that the shell's
    would share.
    """

    def __init__(self, terminal: TextIO) -> None:
        self._number = open_again(terminal.fileno())
        self._encoding = terminal.encoding

    def write(self, text: str) -> int:
        """Write all of it, as fast as it is read; a terminal that is gone takes everything."""
        left = memoryview(text.encode(self._encoding, "replace"))
        try:
            while left:
                select.select([], [self._number], [])
                left = left[write_some(self._number, left) :]
        except OSError:
            return len(text)
        return len(text)

    def flush(self) -> None:
        """Nothing is kept back."""

    def fileno(self) -> int:
        """Return the file's number."""
        return self._number

    def isatty(self) -> bool:
        """Return True: there is no other use for it."""
        return True


def open_again(number: int) -> int:
    """Open the terminal behind a file once more, not blocking; where that fails, the file's own."""
    try:
        flags = os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        return os.open(os.ttyname(number), flags)
    except OSError:  # a container without /dev/pts
        return number


def write_some(number: int, data: memoryview) -> int:
    """Return how many bytes the terminal took; raises OSError when it is gone."""
    try:
        return os.write(number, data)
    except BlockingIOError:
        return 0
