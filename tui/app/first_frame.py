"""The first frame, on the screen before anything heavy is imported."""

from __future__ import annotations

import os
import sys
import termios
import time
import tty

from tui.core.language import _

TYPE_CHECKING = False  # the module typing alone takes half as long as Python's start
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tui.app.echo import Echo

_ENTER = "\x1b[?1049h\x1b[H\x1b[2J\x1b[?25l"
_LEAVE = "\x1b[?25h\x1b[?1049l"
# Whether it draws pictures as kitty does, its name, a cell's size in pixels, what else it can:
# every terminal answers the last, so nothing is waited for after it.
_AS_KITTY = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
_QUESTIONS = "\x1b[>0q\x1b[16t\x1b[c"
_TITLE = "\x1b[7m imagedeck\x1b[K\x1b[0m\r\n\r\n  "


class FirstFrame:
    """Takes the terminal over for the time until the app draws, and gives it back at the end.

    Keys typed early are shown by it, and reach the app.
    `before` is the terminal's mode as the shell left it, `asked` when it was asked what it is: it
    answers while the rest is imported. `signal` is what came meanwhile to end us.
    """

    def __init__(self) -> None:
        self.before: list[Any] | None = None
        self.asked: float | None = None
        self.signal: int | None = None
        self._is_shown = False
        self._echo: Echo | None = None
        self._has_keys = False

    def show(self) -> None:
        """Draw, once; the terminal no longer echoes, and is asked what it is."""
        if self._is_shown:
            return
        try:
            self.before = termios.tcgetattr(sys.stdin.fileno())
            tty.setcbreak(sys.stdin.fileno(), termios.TCSANOW)  # which keeps what was typed already
        except (termios.error, OSError, ValueError):
            self.before = None
        self._is_shown = True
        text = _("Starting; what is typed now is not lost.")
        _write(_ENTER + _TITLE + text + questions(os.environ))
        self.asked = time.monotonic()
        _end_in_order()
        if self.before is not None:
            self._show_keys()

    def keys(self) -> int:
        """Return where to read what is typed until the app draws: a file's number."""
        return self._echo.kept if self._echo else sys.stdin.fileno()

    def hand_over(self) -> None:
        """Note that the app draws now, and leaves the screen by itself."""
        self._is_shown = False
        self._leave_keys()

    def leave(self) -> None:
        """Give back the screen, if the app never took it, and the terminal's mode."""
        self._leave_keys()
        if self._is_shown:
            self._is_shown = False
            _write(_LEAVE)
        if self.before is not None:
            try:
                # Now, not when all is written: a terminal that nobody reads would never get it.
                termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, self.before)
            except (termios.error, OSError, ValueError):
                return  # the terminal is gone

    def _show_keys(self) -> None:
        from tui.app.echo import Echo  # after the frame, too

        try:
            self._echo = Echo(sys.stdin.fileno(), sys.stdout.fileno())
            self._has_keys = True
        except OSError:  # no more files may be opened
            self._echo = None

    def _leave_keys(self) -> None:
        if self._echo and self._has_keys:
            self._has_keys = False
            self._echo.stop()


FRAME = FirstFrame()  # there is one terminal


def wants_frame(args: list[str]) -> bool:
    """Whether a command line opens the app, as far as can be seen, on a terminal that shows it."""
    return _opens_app(args) and is_terminal() and not is_dumb() and has_size()


def is_terminal() -> bool:
    """Whether a person sits at both ends."""
    try:
        return sys.stdin.isatty() and sys.stdout.isatty()
    except (AttributeError, ValueError):  # one of them is closed
        return False


def is_dumb() -> bool:
    """Whether the terminal can't place anything on its screen."""
    return os.environ.get("TERM", "dumb") in {"", "dumb"}


def has_size() -> bool:
    """Whether the terminal has any cells; one of ssh without a terminal behind it has none."""
    try:
        return all(os.get_terminal_size(sys.stdout.fileno()))
    except (AttributeError, OSError, ValueError):
        return False


def questions(environ: Mapping[str, str]) -> str:
    """Return what asks a terminal what it is."""
    term = environ.get("TERM", "")
    if term.startswith(("tmux", "screen")):  # they would take kitty's question for a title
        return _QUESTIONS
    return _AS_KITTY + _QUESTIONS


def _opens_app(args: list[str]) -> bool:
    rest = iter(args)
    for one in rest:
        if one == "--preview":
            next(rest, None)
        elif one != "--demo" and not one.startswith("--preview="):
            return False
    return True


def _end_in_order() -> None:
    """Let signals end the program by its `finally`, until the app takes them over."""
    import signal  # after the frame, which it would delay by a third

    def leave(number: int, _frame: object) -> None:
        # Raised in the middle of anything, it may be swallowed: by a weakref's callback, for one.
        FRAME.signal = number
        sys.exit(128 + number)

    for one in (signal.SIGHUP, signal.SIGTERM):
        if signal.getsignal(one) is not signal.SIG_IGN:
            signal.signal(one, leave)


def _write(text: str) -> None:
    try:
        os.write(sys.stdout.fileno(), text.encode())
    except (OSError, ValueError):
        return
