"""What the steps of a job have in common."""

import asyncio
from collections.abc import Awaitable, Callable, Container
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tui.core.budget import NO_CAPS, Caps
from tui.core.home import Home
from tui.core.job import ErrorKind, Job, JobError, Result, Saved
from tui.core.limits import NO_LIMITS, Limits
from tui.core.on_worker import THERE, signed
from tui.services.clock import Clock
from tui.services.engine.purse import Purse
from tui.services.journal.delivering import Delivery
from tui.services.journal.protocol import Journal

if TYPE_CHECKING:
    from tui.services.engine.stranded import Waiting
    from tui.services.gateway.body import Body
    from tui.services.gateway.outcome import Look, Submission


OnSent = Callable[[], Awaitable[bool]]


class Gateway(Protocol):
    """Who makes the images; see services.gateway."""

    async def submit(self, path: str, body: "Body", on_sent: OnSent) -> "Submission":
        """Send one submission; unless `on_sent` says True, nothing is sent."""

    async def look(self, path: str, task_id: str) -> "Look":
        """Ask about a task."""


class Observer:
    """Hears, on the threads of engine and journal, what was done; times are seconds.

    This one forgets it. Whoever hears must only note it.
    """

    def submitted(self, outcome: "Submission") -> None:
        """Hear what became of a submission."""

    def looked(self, outcome: "Look", seconds: float) -> None:
        """Hear what a look at a task brought, and how long its answer took."""

    def came_late(self, seconds: float) -> None:
        """Hear how long after its time a look was begun."""

    def saved(self, image: Saved | None, seconds: float) -> None:
        """Hear of an image that was fetched, checked and kept; None where it was not."""

    def committed(self, changes: int, seconds: float) -> None:
        """Hear of a transaction, of how many callers, and how long it took."""


NOBODY = Observer()


class Gallery(Protocol):
    """Where images are kept."""

    async def save(self, job: Job, index: int, result: Result, *, last_try: bool) -> Saved:
        """Fetch, verify and keep one image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The services a step uses, handed over once by the composition root.

    `home` is what jobs keep to, `fingerprint` the key's in this journal, `held` all that it
    has, from other journals too; `path_of` finds a reference's bytes;
    `pace` times the declared typical times gives this gateway's; `random` gives numbers from -1
    to 1; `tell` passes a sentence to whoever watches; `keep_answer` keeps what was said about a
    job and tells where;
    `caps` bound what may be spent, `limits` what the gateway is asked for; a `purse` knows what
    this run has spent already; `me` is the person here, None where all jobs are one person's. With
    a `delivery` workers do the work, and this process none; a worker has a `host`, whose name its
    faults are told with. `waiting` names the images that wait here for their bucket, where another
    host may have ended their jobs meanwhile. The `observer` hears what is done.
    """

    journal: Journal
    gateway: Gateway
    gallery: Gallery
    home: Home
    fingerprint: str | None
    path_of: Callable[[str], Path]
    clock: Clock
    pace: float
    random: Callable[[], float]
    tell: Callable[[str], None]
    keep_answer: Callable[[str, bytes], str | None] = lambda _job_id, _answer: None
    caps: Caps = NO_CAPS
    limits: Limits = NO_LIMITS
    purse: Purse | None = None
    me: str | None = None
    delivery: Delivery | None = None
    host: str = ""
    waiting: "Waiting | None" = None
    observer: Observer = NOBODY
    held: Container[str] = frozenset()

    def has_key_of(self, job: Job) -> bool:
        """Whether the task of a job was paid for with the key that is here."""
        return job.fingerprint == self.fingerprint or job.fingerprint in self.held

    def told(self, message: str) -> str:
        """Return a message as people on other hosts understand it."""
        return signed(self.host, message)

    def fault(self, kind: ErrorKind, message: str) -> JobError:
        """Return what a job says that came to grief here."""
        return JobError(kind, self.told(message) if kind in THERE else message)


async def kept(work: Work, job: Job, answer: bytes) -> dict[str, tuple[str, ...]]:
    """Keep an odd answer; return the fact that tells of it, or none."""
    kept_as = await asyncio.to_thread(work.keep_answer, job.id, answer)
    place = work.told(kept_as) if kept_as else None
    return {"warnings": (*job.warnings, place)} if place and place not in job.warnings else {}


@dataclass(frozen=True, slots=True)
class Next:
    """A step's outcome: the job as it stands, and the seconds until its next step.

    None: no next step by itself. `hold`: seconds for which the whole lane should pause.
    """

    job: Job
    wait: float | None = 0.0
    hold: float | None = None
