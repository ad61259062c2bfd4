"""Signals turned into notes, so that nothing is torn in the middle."""

import os
import signal
from collections.abc import Callable
from types import FrameType
from typing import Any, Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_AGAIN = (
    b"\nStill closing: a submission may be under way, and its answer is waited for "
    b"(at most 30 seconds), or an image that is paid for would be unknown.\n"
)


class Signals:
    """Notes the first hang-up, interrupt or termination; a second one is only answered.

    A signal that is ignored, as under nohup, stays so.
    """

    def __init__(self, note: Callable[[int], None]) -> None:
        self._note = note
        self._before: dict[signal.Signals, Any] = {}
        self._came = False

    def __enter__(self) -> Self:
        for one in _SIGNALS:
            before = signal.getsignal(one)
            if before is not signal.SIG_IGN:
                self._before[one] = before
                signal.signal(one, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        for one, before in self._before.items():
            signal.signal(one, before)

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if not self._came:
            self._came = True
            self._note(number)
            return
        try:
            os.write(2, _AGAIN)
        except OSError:  # the terminal is gone
            return
