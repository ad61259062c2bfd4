"""The rows of a batch on their way into the engine, a few at a time."""

from collections import Counter
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING

from tui.cli.following import Following
from tui.deck import Deck
from tui.services.batch.file import BatchFile
from tui.services.batch.placing import (
    MOST_UNSENT,
    SENT,
    Placed,
    Target,
    gone_on_with,
    jobs_of,
    placed,
)
from tui.services.journal.protocol import History, JournalError

if TYPE_CHECKING:
    from concurrent.futures import Future

    from tui.core.batch import Fate
    from tui.core.job import Job

_MOST_OPEN = 20_000


class BatchFeed:
    """Brings the rows of a batch in as there is room for them.

    While some are written down the next are made ready.
    """

    def __init__(self, batch: BatchFile, target: Target, history: History) -> None:
        self.fates: Counter[Fate] = Counter()
        self._target = target
        self._chunks = placed(batch, target, history)
        self._writing: tuple[list[Placed], list[Job], Future[list[Job]]] | None = None

    def step(self, deck: Deck, following: Following) -> bool:
        """Bring some more if there is room for them; False when there will be no more."""
        if self._is_full(deck, following):
            self.settle(following)
            return True
        chunk = next(self._chunks, None)
        jobs = jobs_of(chunk or (), self._target, deck.new_jobs)
        self.settle(following)
        if chunk is None:
            return False
        self._writing = (chunk, jobs, deck.engine.add(jobs))
        following.add(jobs)
        # Paid images that are missing are asked for once more; they cost nothing.
        ids = gone_on_with(chunk)
        taken = {job.id: job for job in deck.follow(ids)} if ids else {}
        following.add(taken.values())
        rest = [one.earlier for one in chunk if one.earlier and one.fate not in SENT]
        following.add([job for job in rest if job.id not in taken], elsewhere=True)
        return True

    def _is_full(self, deck: Deck, following: Following) -> bool:
        # What waits in the workers' queue is on no host's mind.
        waits = following.number_unsent >= MOST_UNSENT and not deck.settings.leaves_to_workers
        return waits or following.number_open >= _MOST_OPEN

    def settle(self, following: Following) -> None:
        """Wait until what was brought in is written down; see what holds its places."""
        if self._writing is None:
            return
        (chunk, asked, writing), self._writing = self._writing, None
        try:
            found = writing.result()
        except (JournalError, CancelledError):
            for job in asked:
                following.forget(job)
            raise
        self.fates.update(one.fate for one in chunk)
        for job, written in zip(asked, found, strict=True):
            if written.id != job.id:  # another run of the same batch was faster
                following.forget(job)
                following.add([written], elsewhere=True)
