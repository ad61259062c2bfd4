"""News from the engine's thread for whoever else listens."""

import threading
from collections.abc import Callable

from tui.core.job import Job


class Inbox:
    """Keeps the newest snapshot of each job, and sentences, until somebody takes them.

    At most one wake-up is pending: who does not listen can't hold the engine up, and a
    thousand events cost one look.
    """

    def __init__(self, wake: Callable[[], object]) -> None:
        self._wake = wake
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._sentences: list[str] = []
        self._is_woken = False

    def put(self, one: Job | str) -> None:
        """Note a snapshot or a sentence; called on the engine's thread."""
        with self._lock:
            if isinstance(one, str):
                self._sentences.append(one)
            else:
                self._jobs[one.id] = one
            wakes, self._is_woken = not self._is_woken, True
        if wakes:
            self._wake()

    def take(self) -> tuple[list[Job], list[str]]:
        """Return what came since the last time."""
        with self._lock:
            jobs, self._jobs = self._jobs, {}
            sentences, self._sentences = self._sentences, []
            self._is_woken = False
        return list(jobs.values()), sentences
