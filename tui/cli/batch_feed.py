"""The rows of a batch on their way into the engine, a few at a time."""

from collections import Counter
from collections.abc import Sequence
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
from tui.services.journal.protocol import History

if TYPE_CHECKING:
    from tui.core.batch import Fate

_MOST_OPEN = 20_000


class BatchFeed:
    """Brings the rows of a batch in as there is room for them."""

    def __init__(self, batch: BatchFile, target: Target, history: History) -> None:
        self.fates: Counter[Fate] = Counter()
        self._target = target
        self._chunks = placed(batch, target, history)

    def step(self, deck: Deck, following: Following) -> bool:
        """Bring some more if there is room for them; False when there will be no more."""
        # What waits in the workers' queue is on no host's mind.
        waits = following.number_unsent >= MOST_UNSENT and not deck.settings.leaves_to_workers
        if waits or following.number_open >= _MOST_OPEN:
            return True
        chunk = next(self._chunks, None)
        if chunk is None:
            return False
        self.fates.update(one.fate for one in chunk)
        self._send(deck, following, chunk)
        # Paid images that are missing are asked for once more; they cost nothing.
        taken = {job.id: job for job in deck.follow(gone_on_with(chunk))}
        following.add(taken.values())
        rest = [one.earlier for one in chunk if one.earlier and one.fate not in SENT]
        following.add([job for job in rest if job.id not in taken], elsewhere=True)
        return True

    def _send(self, deck: Deck, following: Following, chunk: Sequence[Placed]) -> None:
        jobs = jobs_of(chunk, self._target, deck.new_jobs)
        following.add(jobs)
        for asked, job in zip(jobs, deck.engine.add(jobs).result(), strict=True):
            if job.id != asked.id:  # another run of the same batch was faster
                following.forget(asked)
                following.add([job], elsewhere=True)
