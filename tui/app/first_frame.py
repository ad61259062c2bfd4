"""The first frame, on the screen before anything heavy is imported."""

import os
import sys
import termios
import tty
from typing import Any

_ENTER = "\x1b[?1049h\x1b[H\x1b[2J\x1b[?25l"
_LEAVE = "\x1b[?25h\x1b[?1049l"
_TEXT = "\x1b[7m imagedeck\x1b[K\x1b[0m\r\n\r\n  Starting; what is typed now is not lost."


class FirstFrame:
    """Takes the terminal over for the time until the app draws, and gives it back at the end.

    Without it, keys typed early would be echoed into the frame; with it they reach the app.
    """

    def __init__(self) -> None:
        self._before: list[Any] | None = None
        self._is_shown = False

    def show(self) -> None:
        """Draw; the terminal no longer echoes."""
        try:
            self._before = termios.tcgetattr(sys.stdin.fileno())
            tty.setcbreak(sys.stdin.fileno())
        except (termios.error, OSError, ValueError):
            self._before = None
        self._is_shown = True
        _write(_ENTER + _TEXT)

    def hand_over(self) -> None:
        """Note that the app draws now, and leaves the screen by itself."""
        self._is_shown = False

    def leave(self) -> None:
        """Give back the screen, if the app never took it, and the terminal's mode."""
        if self._is_shown:
            self._is_shown = False
            _write(_LEAVE)
        if self._before is not None:
            try:
                termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, self._before)
            except (termios.error, OSError, ValueError):
                return  # the terminal is gone


FRAME = FirstFrame()  # there is one terminal


def wants_frame(args: list[str]) -> bool:
    """Whether a command line opens the app on a terminal that can show it."""
    opens = all(one == "--demo" for one in args)
    return opens and is_terminal() and os.environ.get("TERM", "dumb") not in {"", "dumb"}


def is_terminal() -> bool:
    """Whether a person sits at both ends."""
    try:
        return sys.stdin.isatty() and sys.stdout.isatty()
    except (AttributeError, ValueError):  # one of them is closed
        return False


def _write(text: str) -> None:
    try:
        os.write(sys.stdout.fileno(), text.encode())
    except (OSError, ValueError):
        return
