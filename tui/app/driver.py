"""The driver between Textual and a terminal that may answer late, stop reading, or be gone."""

import os
import selectors
import time
from collections.abc import Callable
from threading import Event
from typing import Any, cast

from textual._xterm_parser import XTermParser
from textual.app import ScreenStackError
from textual.drivers.linux_driver import LinuxDriver

from tui.app.canvas import Canvas, with_skips
from tui.app.first_frame import FRAME
from tui.app.listening import Listening
from tui.app.outlet import Outlet
from tui.services.courtesy import Courtesy

_TICK = 0.1  # seconds; as often the parser learns that time has passed
_TICKS = 10  # after the last key; by then nothing can be half of an answer any more
_MOST_READ = 4096  # bytes
_SOON, _MOST_START = 0.005, 5.0  # seconds


class TerminalDriver(LinuxDriver):
    """Textual's driver without some of its habits.

    It drops keys while nothing has the focus, types late replies of the terminal into what has
    it, ends at a byte that is no UTF-8, spins when the terminal is gone, wakes up ten times a
    second for nothing, and gives back the mode it found: the first frame's, not the shell's.
    """

    canvas: Canvas
    listening: Listening
    courtesy: Courtesy
    exit_event: "_Leaving"

    def hang_up(self) -> None:
        """Leave, because the terminal is gone; called on the input's thread."""
        raise NotImplementedError

    def start_application_mode(self) -> None:
        """Begin to draw, also after a suspension."""
        FRAME.hand_over()
        cast("Callable[[], None]", super().start_application_mode)()
        if FRAME.before is not None:
            self.attrs_before = FRAME.before
        self.canvas.begin(self.write)

    def write(self, data: str) -> None:
        """Write text, past the cells with a picture on them."""
        super().write(with_skips(data))

    def stop_application_mode(self) -> None:
        """Stop drawing, at the end or for a suspension."""
        self.canvas.end()
        super().stop_application_mode()

    def run_input_thread(self) -> None:
        """Turn what is typed into events until the app stops reading."""
        parser = XTermParser(self._debug)
        replies, decode = self.listening.replies, self.listening.decode
        self._wait_for_focus()
        for event in parser.feed(typed) if (typed := self.listening.typed()) else ():
            self.process_message(event)
        ticks = _TICKS
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self.exit_event.number, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                ready = {key.fd for key, _ in selector.select(_TICK if ticks else None)}
                ticks = _TICKS if ready else ticks - 1
                data = _read(self.fileno) if self.fileno in ready else b""
                if data is None:
                    self.hang_up()
                    return
                if data:
                    self.courtesy.begin()
                if text := replies.take_out(decode(data)):  # the parser takes "" for the end
                    for event in parser.feed(text):
                        self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)

    def _wait_for_focus(self) -> None:
        """Leave keys where they are while nothing is there yet to take them."""
        end = time.monotonic() + _MOST_START
        while not self._has_focus() and time.monotonic() < end:
            if self.exit_event.wait(_SOON):
                return

    def _has_focus(self) -> bool:
        try:
            return self._app.focused is not None
        except ScreenStackError:  # not even a screen
            return False


class _Leaving(Event):
    """Set when nothing is to be read any more; then there is something to read at `number`."""

    def __init__(self) -> None:
        super().__init__()
        self.number, self._wake = os.pipe()

    def set(self) -> None:
        if not self.is_set():
            os.write(self._wake, b"\0")
        super().set()

    def clear(self) -> None:
        if self.is_set():
            os.read(self.number, 1)
        super().clear()


def driver_for(
    outlet: Outlet, canvas: Canvas, listening: Listening, hang_up: Callable[[], None]
) -> type[TerminalDriver]:
    """Return a driver that draws on an outlet and calls `hang_up` when the terminal is gone.

    What was typed while somebody listened to the terminal comes first.
    """

    class Driver(TerminalDriver):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            # Not stderr, where Textual draws: that may have been sent to a file.
            self._file = cast("Any", outlet)
            self.canvas = canvas
            self.listening = listening
            self.courtesy = outlet.courtesy
            self.exit_event = _Leaving()

        def hang_up(self) -> None:
            hang_up()

    return Driver


def _read(number: int) -> bytes | None:
    """Return what is there to read; None when the terminal is gone."""
    try:
        return os.read(number, _MOST_READ) or None
    except OSError:
        return None
