"""How many more jobs a worker may take."""

import asyncio
from collections.abc import Callable


class Room:
    """Counts what was taken and not yet sent, so that no worker sits on jobs others could send.

    `most_unsent` of a rank wait to be sent here at once, `most` jobs are followed in all;
    `followed` says how many those are.
    """

    def __init__(self, most_unsent: int, most: int, followed: Callable[[], int]) -> None:
        self._most_unsent = most_unsent
        self._most = most
        self._followed = followed
        self._unsent: set[str] = set()
        self._changed = asyncio.Event()
        self._is_closed = False

    def take(self, job_id: str) -> None:
        """Count a job that is on its way here."""
        self._unsent.add(job_id)

    def note_sent(self, job_id: str) -> None:
        """Count a job no more that was sent, or is followed no more."""
        if job_id in self._unsent:
            self._unsent.remove(job_id)
            self._changed.set()

    def look_again(self) -> None:
        """Let whoever waits see whether fewer jobs are followed."""
        self._changed.set()

    def close(self) -> None:
        """Have room for none any more."""
        self._is_closed = True
        self._changed.set()

    async def wait(self) -> int:
        """Wait for room; return for how many, none once it is closed."""
        while not self._is_closed:
            self._changed.clear()
            room = min(self._most_unsent, self._most - self._followed()) - len(self._unsent)
            if room > 0:
                return room
            await self._changed.wait()
        return 0
