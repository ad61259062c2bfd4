"""Jobs that other runs left: what is shown of them, what goes on by itself."""

from typing import TYPE_CHECKING

from tui.core.job import Job, State
from tui.services.journal.protocol import Query

if TYPE_CHECKING:
    from tui.app.widgets.jobs.finding import FindingPane
    from tui.deck import Deck

NEWEST = 1000  # jobs shown at the start


def newest(deck: "Deck") -> list[Job]:
    """Return the jobs of earlier runs, newest first; reads the disk."""
    return deck.journal.history.list(Query(limit=NEWEST))


def older(deck: "Deck", wanted: "FindingPane.OlderWanted") -> list[Job]:
    """Return what the table wants of the history, newest first; reads the disk."""
    query = Query(
        search=wanted.search, known=wanted.known, before=wanted.before, limit=wanted.limit
    )
    return deck.journal.history.list(query)


class Orphans:
    """Goes on with what nobody alive follows; its methods read the disk.

    Jobs that were never sent are left alone: sending them costs money, so somebody has to be asked.
    """

    def __init__(self, deck: "Deck") -> None:
        self._deck = deck
        self._left: set[str] = set()
        self.away: list[Job] = []

    def take_up(self) -> list[Job]:
        """Follow those that were sent; return the unsent ones that were not there last time.

        `away` are then those that have another home, and were not there last time.
        """
        if self._deck.settings.leaves_to_workers:
            return []  # they find out by themselves
        ids, home = self._deck.orphans().result(), self._deck.home
        self._left.intersection_update(ids)
        jobs = self._read([job_id for job_id in ids if job_id not in self._left])
        self.away = [job for job in jobs if not home.has(job)]
        new = [job for job in jobs if home.has(job) and job.state is State.QUEUED]
        unsent = {job.id for job in new}
        self._left |= unsent | {job.id for job in self.away}
        # Those of another home are not followed: they say from now on what they wait for.
        if others := [job.id for job in jobs if job.id not in unsent]:
            self._deck.follow(others)
        return new

    def unsent(self) -> list[Job]:
        """Return all of this home that were never sent, the oldest first."""
        if self._deck.settings.leaves_to_workers:
            return []
        jobs, home = self._read(self._deck.orphans().result()), self._deck.home
        return [job for job in jobs if job.state is State.QUEUED and home.has(job)]

    def _read(self, ids: list[str]) -> list[Job]:
        history = self._deck.journal.history
        return [job for job_id in ids if (job := history.get(job_id))]
