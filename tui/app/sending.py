"""A batch that is under way, and how far it has come."""

import asyncio
import time
from collections.abc import Callable, Iterable

from tui.core.job import Job, State
from tui.core.language import _
from tui.core.progress import Progress
from tui.core.text import one_line
from tui.services.batch.placing import MOST_UNSENT


class BatchRun:
    """Counts the jobs of one batch; `total` requests, of which the file may hold some back."""

    def __init__(
        self, group: str, title: str, total: int, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.group = group
        self.is_fed = False
        self._title = title
        self._now = now
        self._progress = Progress(total)
        self._open: set[str] = set()
        self._unsent: set[str] = set()
        self._room = asyncio.Event()
        self._room.set()

    @property
    def line(self) -> str:
        """How far it is, how fast it goes, how long it will take."""
        return _(
            "{title}: {progress}",
            title=one_line(self._title, 24),
            progress=self._progress.brief(self._now()),
        )

    @property
    def is_over(self) -> bool:
        """Whether nothing more is awaited of it."""
        return self.is_fed and not self._open

    async def has_room(self) -> None:
        """Wait until the engine has room for more of it."""
        await self._room.wait()

    def see(self, jobs: Iterable[Job]) -> bool:
        """Take in new snapshots, whosever they are; return whether any was of this batch."""
        # A job in whose place there is another one has no row any more.
        own = [job for job in jobs if job.group == self.group and job.row]
        for job in own:
            if job.follows:
                self._progress.forget(job.follows)
            self._progress.note(job)
            (self._open.add if job.is_live else self._open.discard)(job.id)
            waits = job.is_live and job.state is State.QUEUED
            (self._unsent.add if waits else self._unsent.discard)(job.id)
        if len(self._unsent) < MOST_UNSENT:
            self._room.set()
        else:
            self._room.clear()
        return bool(own)
