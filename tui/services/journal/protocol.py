"""What the engine asks of a journal, whichever database keeps it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tui.core.budget import NO_CAPS, Caps, Spent
from tui.core.home import Home
from tui.core.job import Job, State
from tui.core.limits import NO_LIMITS, Limits
from tui.core.matching import Known
from tui.core.query import Search
from tui.core.stats import Entry
from tui.services.journal.shares import Slot, Traffic

FIRST_FENCE = 1  # of a job that nobody had but the process that made it


class JournalError(Exception):
    """The journal can't do what was asked; the message says what to do.

    JournalError
    ├── StaleError      somebody else has the job now
    ├── DiskError       it could not be made durable: disk full, read-only, I/O error
    ├── DamagedError    a part of it can't be read; the next start saves what can be
    ├── OverBudgetError a submission would cost more than may be spent
    ├── NoRoomError     as many jobs are in flight as may be
    ├── TooSoonError    others have just been submitted
    ├── PausedError     a person has paused submissions
    └── NotOwnError     it is another person's job
    """


class StaleError(JournalError):
    """The fence has moved on: another runner has the job, and this one must leave it alone."""


class DiskError(JournalError):
    """The change could not be made durable, so it has not happened."""


class DamagedError(JournalError):
    """What was written can't be read any more."""


class OverBudgetError(JournalError):
    """A cap forbids the submission; the message says which."""


class PausedError(JournalError):
    """A person has paused everything, or the group of the job; nothing was sent."""


class NotOwnError(JournalError):
    """Another person added the job, and what was asked for is not done with it unasked."""


class NoRoomError(JournalError):
    """As many jobs are in flight at the gateway as may be, or the next place is another's."""


class TooSoonError(JournalError):
    """Others, who were late, have just been submitted; `wait` seconds are left to wait."""

    def __init__(self, wait: float) -> None:
        super().__init__("others have just been submitted")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to submit a job; `id` keys every later word about it, `fence` is the job's."""

    id: str
    job: str
    fence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which jobs to list, newest first; every given part must hold.

    `text` is searched in prompts as words (Chinese, Japanese and Korean as substrings),
    `since` is Unix seconds, `before` a job id: only what is older (keyset paging). `unfetched`:
    only jobs that know of images not yet kept. `search` is a query as people write it, `known`
    what it is compared with besides the jobs. What was deleted is found only where `deleted`, or
    `is:deleted` in the search, asks for it.
    """

    states: tuple[State, ...] = ()
    text: str = ""
    search: Search = ()
    known: Known | None = None
    since: float | None = None
    group: str | None = None
    before: str | None = None
    unfetched: bool = False
    deleted: bool = False
    limit: int | None = 1000


class History(Protocol):
    """Reading, from any thread."""

    def get(self, job_id: str) -> Job | None:
        """Return the job with exactly this id."""

    def find(self, suffix: str) -> list[Job]:
        """Return the jobs whose id ends so, newest first, at most ten."""

    def durations(self, model: str, kind: str, limit: int = 50) -> list[float]:
        """Return how long (seconds) the newest saved jobs of a model and kind were processing.

        `kind` is what core.schedule.kind_of names.
        """

    def list(self, query: Query) -> "list[Job]":
        """Return the jobs asked for, newest first."""

    def spent(self, now: float) -> Spent:
        """Return what this day and month have cost up to now (Unix seconds)."""

    def ledger(self, since: float, keys: Sequence[str]) -> Iterator[Entry]:
        """Return what jobs made since then cost, by `day`, `model`, `batch` or `owner`."""

    def holders(self, group: str, rows: Sequence[str]) -> dict[str, Job]:
        """Return the jobs that hold these rows of a batch, by row; at most 500 are asked for."""


class ClosableHistory(History, Protocol):
    """A history that holds a connection."""

    def unfinished(self) -> Mapping[State, int]:
        """Count the unfinished jobs of everybody, by state."""

    def close(self) -> None:
        """Close it."""


class Pauses(Protocol):
    """What a person has paused, for all processes: groups by name, everything by `""`."""

    async def all(self) -> frozenset[str]:
        """Return what is paused."""

    async def begin(self, name: str = "") -> None:
        """Pause a group, or everything."""

    async def end(self, name: str = "") -> None:
        """Let a group, or everything, go on."""


class Journal(Protocol):
    """The truth about all jobs. A change is durable before its call returns.

    Every method raises DiskError when the change could not be made durable.
    """

    @property
    def history(self) -> History:
        """Reading what was written."""

    @property
    def pauses(self) -> Pauses:
        """What a person has paused."""

    @property
    def traffic(self) -> Traffic:
        """The limits that are kept together."""

    async def add(self, jobs: Sequence[Job]) -> list[Job]:
        """Write new jobs, already owned by this process; a job id that exists is left as it is.

        A row of a batch is held by one job: where another holds it, that one comes back instead.
        A job that follows one that came to nothing takes over its row.
        """

    async def take(
        self, job_id: str, home: Home | None = None, me: str | None = None
    ) -> Job | None:
        """Make this process the owner; None when a living process has it, or nobody knows it.

        None, too, when the job has another home than this; what is unfinished then says so. And
        for a person (`me`) when another added it and it was never sent: sending it is theirs.

        The fence grows by one, so that an older runner becomes stale. A job that was being
        submitted when its owner died comes back `queued` when nothing had been sent, and
        `unknown` when the request may have gone out.
        """

    async def release(self, jobs: Sequence[Job]) -> None:
        """Give jobs up, so that any process may take them."""

    async def intent(
        self, job: Job, caps: Caps = NO_CAPS, limits: Limits = NO_LIMITS
    ) -> Attempt | None:
        """Queued → submitting (connecting); None when the job is no longer ours or not queued.

        The job's price counts as spent today until it is known that it was not accepted. Raises
        OverBudgetError, nothing being written, when that would exceed a cap for day or month,
        NoRoomError when as many jobs are in flight as may be, and PausedError while it is paused.
        """

    async def sent(self, attempt: Attempt, slot: Slot | None = None) -> bool:
        """Write connecting → sent, before the first byte goes out; False: send nothing.

        Raises TooSoonError, nothing being written, when that would be more than the rate of its
        slot allows.
        """

    async def settle(self, attempt: Attempt, state: State, **facts: Any) -> Job:
        """Write how an attempt ended. Keyed by attempt, not fence: a late answer always counts.

        `pending` with task_id, origin, poll_path, fingerprint and submitted; `queued` when it
        was provably not accepted; `failed` when it was refused; `unknown` when nobody can know.
        A task_id revives a job that is `unknown` meanwhile, under this process as its owner, so
        that somebody follows it; any other late word leaves the job as it is.
        """

    async def to(self, job: Job, state: State, **facts: Any) -> Job:
        """Write a new state and the changed facts (fields of Job); return the new snapshot.

        Raises StaleError when the fence has moved on, ValueError for a forbidden transition.
        """

    async def annotate(
        self, ids: Sequence[str], *, me: str | None = None, **facts: Any
    ) -> list[Job]:
        """Write tags, rating, note or deleted, whoever works on the jobs; return them.

        A job that is not over is not deleted, nor one of others for a person (`me`); these do not
        come back.
        """

    async def vote(self, said: Mapping[str, str | None]) -> list[Job]:
        """Write what a vote says of each job, by id (see core.voting); all of it or nothing."""

    async def changes(self, since: int) -> tuple[list[Job], int]:
        """Return every job changed after that running number, by any process, and the newest."""

    async def orphans(self, me: str | None = None) -> list[str]:
        """Return the ids of watched, unfinished jobs that no living process owns, oldest first.

        For a person (`me`) without the jobs of others that were never sent: sending is theirs.
        """

    async def close(self) -> None:
        """Finish what was asked, give up the owner's lock, close the database."""
