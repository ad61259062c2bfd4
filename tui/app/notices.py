"""Sentences that are shown for a while."""

import time
from collections.abc import Callable

from tui.core.job import ErrorKind, Job
from tui.core.retelling import retold
from tui.core.text import clean

SHOWN = 8.0  # seconds


class Notices:
    """Says each sentence once while it is to be seen; `show` takes a text and a severity."""

    def __init__(
        self, show: Callable[[str, str], None], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._show = show
        self._now = now
        self._said: dict[str, float] = {}
        self._without_room: set[str] = set()

    def say(self, text: str, severity: str = "information") -> None:
        """Show a sentence, unless it is there already."""
        text, now = clean(retold(text), 500), self._now()
        self._said = {one: at for one, at in self._said.items() if now - at < SHOWN}
        if text not in self._said:
            self._said[text] = now
            self._show(text, severity)

    def say_of(self, jobs: list[Job]) -> None:
        """Say it once of each job that waits for room on the disk: nobody may be looking at it."""
        for job in jobs:
            if job.error is None or job.error.kind is not ErrorKind.DISK:
                self._without_room.discard(job.id)
            elif job.id not in self._without_room:
                self._without_room.add(job.id)
                self.say(job.error.message, "error")
