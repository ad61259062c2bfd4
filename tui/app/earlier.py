"""Jobs of earlier runs: what is shown of them, what goes on by itself."""

from typing import TYPE_CHECKING

from tui.core.job import Job, State
from tui.services.journal.protocol import Query

if TYPE_CHECKING:
    from tui.deck import Deck

NEWEST = 1000  # jobs shown at the start


def newest(deck: "Deck") -> list[Job]:
    """Return the jobs of earlier runs, newest first; reads the disk."""
    return deck.journal.history.list(Query(limit=NEWEST))


def take_up(deck: "Deck") -> list[Job]:
    """Go on with what nobody alive follows; return the jobs that were never sent.

    Those are left alone: sending them costs money, so somebody has to be asked.
    """
    history = deck.journal.history
    jobs = [job for job_id in deck.orphans().result() if (job := history.get(job_id))]
    deck.follow([job.id for job in jobs if job.state is not State.QUEUED])
    return [job for job in jobs if job.state is State.QUEUED]
