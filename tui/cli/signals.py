"""Signals turned into notes, so that nothing is torn in the middle."""

import os
import signal
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from types import FrameType
from typing import Any, Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_AGAIN = (
    b"\nStill closing: a submission may be under way, and its answer is waited for "
    b"(at most 30 seconds), or an image that is paid for would be unknown.\n"
)
_GIVEN_UP = b"\nNot waiting any longer: what is being submitted is unknown, and may be billed.\n"
_PATIENCE, _LAST_PATIENCE = 1.0, 2.0  # seconds for the main thread, which nobody may read
DELIBERATE = 1.0  # seconds; a terminal that closes may send two signals at once


class Signals:
    """Notes the first hang-up, interrupt or termination.

    A second one at once is only answered; later, unless it is a hang-up, it calls `hurry`.
    A signal that is ignored, as under nohup, stays so. A terminal that nobody reads holds up
    whoever writes to it: then `close` is called from another thread, `part` with the signal's
    number, and the process is ended.
    """

    def __init__(
        self,
        note: Callable[[int], None],
        hurry: Callable[[], None],
        close: Callable[[], None],
        part: Callable[[int], None],
    ) -> None:
        self._note = note
        self._hurry = hurry
        self._close = close
        self._part = part
        # A handler may be called in the middle of anything: it must not start a thread.
        self._first: SimpleQueue[int | None] = SimpleQueue()
        self._watch = threading.Thread(target=self._see_through, name="signals", daemon=True)
        self._has_left = threading.Event()
        self._before: dict[signal.Signals, Any] = {}
        self._came: float | None = None

    def __enter__(self) -> Self:
        self._watch.start()
        for one in _SIGNALS:
            before = signal.getsignal(one)
            if before is not signal.SIG_IGN:
                self._before[one] = before
                signal.signal(one, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        self._has_left.set()
        self._first.put(None)
        for one, before in self._before.items():
            signal.signal(one, before)

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if self._came is None:
            self._came = time.monotonic()
            self._note(number)
            self._first.put(number)
            return
        is_meant = number != signal.SIGHUP and time.monotonic() - self._came >= DELIBERATE
        if is_meant:
            self._hurry()
        try:
            os.write(2, _GIVEN_UP if is_meant else _AGAIN)
        except OSError:  # the terminal is gone
            return

    def _see_through(self) -> None:
        number = self._first.get()
        if number is None or self._has_left.wait(_PATIENCE):
            return
        self._close()
        if self._has_left.wait(_LAST_PATIENCE):
            return
        try:
            self._part(number)
        finally:
            os._exit(128 + number)
