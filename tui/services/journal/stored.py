"""The journal as both databases keep it: what is asked of it goes to the thread that writes."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from tui.core.budget import NO_CAPS, Caps
from tui.core.home import Home
from tui.core.job import Job, State, may_follow
from tui.core.limits import NO_LIMITS, Limits
from tui.services.clock import Clock
from tui.services.journal import attempts, reads, writes
from tui.services.journal.emergency import EmergencyFile, Kept
from tui.services.journal.owning import Owner
from tui.services.journal.pauses import StoredPauses
from tui.services.journal.protocol import Attempt, ClosableHistory, JournalError
from tui.services.journal.rows import NewRow, facts_of, new_row
from tui.services.journal.shares import Slot
from tui.services.journal.sharing import StoredTraffic
from tui.services.journal.thread import JournalThread, Keeper
from tui.services.journal.transaction import About

if TYPE_CHECKING:
    from tui.services.journal.delivering import Delivery

_LOG = logging.getLogger(__name__)
_ROWS_AT_ONCE = 100
ANNOTATIONS = frozenset({"tags", "rating", "note", "deleted"})


class Store(Keeper, Protocol):
    """A database with what stands in it, and beside it, for its journal."""

    @property
    def owner(self) -> Owner:
        """This process as an owner of jobs."""

    @property
    def salt(self) -> bytes:
        """What the fingerprints of keys are salted with."""

    @property
    def emergency(self) -> EmergencyFile:
        """The place for task ids that can't be committed."""


class StoredJournal:
    """All jobs in one database, shared by all who open it.

    Its methods may be awaited on any loop. A thread of its own does the work: whatever waits
    while one commit is made becomes durable with the next. A call that is cancelled happens
    all the same.
    """

    def __init__(self, store: Store, history: ClosableHistory, clock: Clock) -> None:
        self.history = history
        self._owner = store.owner
        self._salt = store.salt
        self._emergency = store.emergency
        self._kept: set[str] = set()
        self._clock = clock
        self._thread = self.pulse = JournalThread(store)  # what can be heard of it from outside
        self.pauses = StoredPauses(self._thread)
        self.traffic = StoredTraffic(self._thread, store.owner, self.news)
        # What brings a reference image here, by its sha256, where another host may have added it.
        self.bring: Callable[[str], None] | None = None
        # What brings jobs to workers, where several hosts may have some.
        self.delivery: Delivery | None = None

    @property
    def owner(self) -> str:
        """What this process is called in `Job.owner`."""
        return self._owner.id

    def salt(self) -> bytes:
        """Return what the fingerprints of keys are salted with, the same for this database."""
        return self._salt

    async def add(self, jobs: Sequence[Job]) -> list[Job]:
        """Write new jobs, already owned by this process; see the protocol."""
        rows = await self._rows_of(jobs)
        return await self._thread.write(partial(writes.add, rows=rows, owner=self._owner))

    async def _rows_of(self, jobs: Sequence[Job]) -> list[NewRow]:
        """Prepare new jobs for writing."""
        rows = []
        for number, job in enumerate(jobs, 1):
            rows.append(new_row(job))
            if number % _ROWS_AT_ONCE == 0:
                await asyncio.sleep(0)  # ten thousand jobs must not stop the caller's loop
        return rows

    async def take(
        self, job_id: str, home: Home | None = None, me: str | None = None
    ) -> Job | None:
        """Make this process the owner, if the job is at home here; see the protocol."""
        take = partial(writes.take, job_id=job_id, owner=self._owner, home=home, me=me)
        return await self._thread.write(About(job_id, take))

    async def release(self, jobs: Sequence[Job]) -> None:
        """Give jobs up, so that any process may take them."""
        await self._thread.write(partial(writes.release, jobs=jobs, owner=self._owner))

    async def intent(
        self, job: Job, caps: Caps = NO_CAPS, limits: Limits = NO_LIMITS
    ) -> Attempt | None:
        """Queued → submitting (connecting); see the protocol."""
        begin = partial(attempts.begin, job=job, owner=self._owner, caps=caps, limits=limits)
        return await self._thread.write(About(job.id, begin))

    async def sent(self, attempt: Attempt, slot: Slot | None = None) -> bool:
        """Write connecting → sent, before the first byte goes out; False: send nothing."""
        return await self._thread.write(partial(attempts.mark_sent, attempt=attempt, slot=slot))

    async def settle(self, attempt: Attempt, state: State, **facts: Any) -> Job:
        """Write how an attempt ended; see the protocol. ValueError for what can't be an end.

        A task_id that can't be committed is kept in the emergency file until it is.
        """
        if state not in attempts.PHASES:
            raise ValueError(f"an attempt can't end with its job {state}")
        if state is State.PENDING and not (facts.get("task_id") and facts.get("poll_path")):
            raise ValueError("a pending job needs a task_id and a poll_path")
        end = partial(attempts.settle, attempt=attempt, state=state, facts=facts_of(facts))
        try:
            settle = About(attempt.job, partial(end, owner=self._owner))
            job = await self._thread.write(settle)
        except JournalError:
            if state is State.PENDING:
                await asyncio.to_thread(self._keep, attempt, facts)
            raise
        if attempt.id in self._kept:
            await asyncio.to_thread(self._forget, attempt)
        return job

    def _keep(self, attempt: Attempt, facts: dict[str, Any]) -> None:
        kept = Kept(
            attempt=attempt.id,
            job=attempt.job,
            fence=attempt.fence,
            task_id=facts["task_id"],
            origin=facts.get("origin"),
            poll_path=facts["poll_path"],
            fingerprint=facts.get("fingerprint"),
            time=facts.get("submitted") or self._clock.now(),
        )
        try:
            self._emergency.keep(kept)
        except OSError:
            _LOG.exception("task %s of job %s is written nowhere", kept.task_id, kept.job)
        else:
            self._kept.add(attempt.id)

    def _forget(self, attempt: Attempt) -> None:
        # Read in once more at the next start, it would change nothing.
        with suppress(OSError):
            self._emergency.forget(attempt.id)
            self._kept.discard(attempt.id)

    async def to(self, job: Job, state: State, **facts: Any) -> Job:
        """Write a new state and the changed facts (fields of Job); return the new snapshot.

        Raises StaleError when the fence has moved on, ValueError for a forbidden transition.
        """
        if not may_follow(job.state, state):
            raise ValueError(f"job {job.short_id} is {job.state} and can't become {state}")
        return await self._thread.write(
            partial(writes.move, job=job, state=state, facts=facts_of(facts))
        )

    async def annotate(
        self, ids: Sequence[str], *, me: str | None = None, **facts: Any
    ) -> list[Job]:
        """Write tags, rating, note or deleted, whoever works on the jobs; see the protocol."""
        if not facts.keys() <= ANNOTATIONS:
            raise TypeError(
                f"{', '.join(sorted(facts.keys() - ANNOTATIONS))}: not a person's to write"
            )
        work = partial(writes.annotate, ids=ids, facts=facts_of(facts), me=me)
        return await self._thread.write(work)

    async def vote(self, said: Mapping[str, str | None]) -> list[Job]:
        """Write what a vote says of each job, by id, all or nothing; see the protocol."""
        return await self._thread.write(partial(writes.vote, said=said))

    async def changes(self, since: int) -> tuple[list[Job], int]:
        """Return every job changed after that running number, by any process, and the newest."""
        return await self._thread.read(partial(reads.changes, since=since))

    async def orphans(self, me: str | None = None) -> list[str]:
        """Return the ids of unfinished jobs that no living process owns; see the protocol."""
        return await self._thread.read(partial(reads.orphans, owner=self._owner, me=me))

    async def news(self, seconds: float) -> None:
        """Wait until somebody may have changed something, so many seconds at most."""
        await asyncio.sleep(seconds)

    async def close(self) -> None:
        """Finish what was asked, give up the owner's lock, close the database."""
        await asyncio.to_thread(self._thread.stop)
        self.history.close()
