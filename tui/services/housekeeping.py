"""The removal of what nobody needs any more."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from tui.core.bucket import is_remote
from tui.core.job import Job, State
from tui.core.keeping import DAY, KINDS, Keep, Thing, cutoff, due
from tui.services.clock import Clock
from tui.services.journal.protocol import ClosableHistory, Journal, JournalError, Query, StaleError
from tui.services.places import Places
from tui.services.remains import remove, spooled_as, things

_LOG = logging.getLogger(__name__)
_PAGE = 1000
_DELAY = 5.0  # seconds
_RESULTS = "results"
_STAMP = "swept"


@dataclass(frozen=True, slots=True)
class Removed:
    """How many things of a kind, and how many bytes they had."""

    kind: str
    number: int
    bytes: int


class Housekeeping:
    """Finds and removes what is older than the settings say: never an image or a sidecar.

    `folders` are where images were saved, besides those that the jobs name.
    """

    def __init__(
        self, places: Places, keep: Keep, history: ClosableHistory, folders: Iterable[Path] = ()
    ) -> None:
        self._places = places
        self._keep = keep
        self._history = history
        self._folders = [*folders]

    def is_due(self, now: float) -> bool:
        """Whether the last sweep was a day ago, or, by a clock set back, is still to come."""
        try:
            swept = self._stamp.stat().st_mtime
        except OSError:
            return True
        return not 0 <= now - swept < DAY

    def note_swept(self, now: float) -> None:
        """Note that everything was swept just now."""
        try:
            self._stamp.touch(mode=0o600)
            os.utime(self._stamp, (now, now))
        except OSError as error:
            _LOG.warning("%s can't be written: %s", self._stamp, error)

    def find(self, now: float) -> tuple[list[Thing], list[Job]]:
        """Return the files that are too old, and the ended jobs whose result URLs are.

        May take seconds. Raises JournalError.
        """
        newest = self._history.list(Query(limit=_PAGE, deleted=True))
        images = {*self._folders, *_local(newest)}
        files = due(things(self._places, images), self._keep, now)
        jobs = self._with_old_results(now)
        if any(one.kind == "references" for one in files):
            needed = self._needed(cutoff(self._keep, "references", now))
            files = [one for one in files if Path(one.name).name not in needed]
        return [one for one in files if not self._is_awaited(one)], jobs

    async def remove(
        self, files: Iterable[Thing], jobs: Iterable[Job], journal: Journal
    ) -> list[Removed]:
        """Remove what was found; return what is gone, by kind."""
        gone = await asyncio.to_thread(lambda: [one for one in files if remove(one)])
        emptied = [job for job in jobs if await _forget_results(job, journal)]
        return summary(gone, emptied)

    async def sweep(self, now: float, journal: Journal) -> list[Removed]:
        """Find and remove, if that is due."""
        if not self.is_due(now):
            return []
        files, jobs = await asyncio.to_thread(self._find_and_close, now)
        removed = await self.remove(files, jobs, journal)
        self.note_swept(now)
        for one in removed:
            _LOG.info("swept: %d %s, %d bytes", one.number, one.kind, one.bytes)
        return removed

    def _find_and_close(self, now: float) -> tuple[list[Thing], list[Job]]:
        # Here, because a thread can't be cancelled: it may end after everything else is closed.
        with closing(self._history):
            return self.find(now)

    @property
    def _stamp(self) -> Path:
        return self._places.data / _STAMP

    def _is_awaited(self, thing: Thing) -> bool:
        """Whether it is an image that its bucket may still not have."""
        found = spooled_as(thing)
        if found is None:
            return False
        job_id, index = found
        job = self._history.get(job_id)
        return job is None or index not in {one.index for one in job.files}

    def _with_old_results(self, now: float) -> list[Job]:
        before = cutoff(self._keep, _RESULTS, now)
        ended = tuple(state for state in State if state.is_end)
        jobs = self._history.list(Query(states=ended, unfetched=True, deleted=True, limit=None))
        return [job for job in jobs if job.updated < before]

    def _needed(self, since: float) -> set[str]:
        """Return the references of jobs that are open, or changed since then."""
        needed: set[str] = set()
        before = None
        while page := self._history.list(Query(limit=_PAGE, before=before, deleted=True)):
            before = page[-1].id
            for job in page:
                is_unresolved = job.state is State.UNKNOWN and job.resolution is None
                if not job.state.is_end or is_unresolved or job.updated >= since:
                    needed |= {one.sha256 for one in job.request.references if one.sha256}
        return needed


@asynccontextmanager
async def daily(house: Housekeeping, journal: Journal, clock: Clock) -> AsyncIterator[None]:
    """Sweep meanwhile, if that is due: a few seconds after the start, in nobody's way."""

    async def sweep() -> None:
        await clock.sleep(_DELAY)
        try:
            await house.sweep(clock.now(), journal)
        except JournalError as error:
            _LOG.warning("nothing was swept: %s", error)

    task = asyncio.create_task(sweep())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def summary(files: Iterable[Thing], jobs: Iterable[Job]) -> list[Removed]:
    """Add up by kind; kinds without anything are left out."""
    files, results = [*files], [sum(map(_size, job.results)) for job in jobs]
    sums = [Removed(kind, *_sum(one.bytes for one in files if one.kind == kind)) for kind in KINDS]
    return [one for one in (*sums, Removed(_RESULTS, *_sum(results))) if one.number]


def _sum(sizes: Iterable[int]) -> tuple[int, int]:
    every = [*sizes]
    return len(every), sum(every)


def _size(result: object) -> int:
    url, inline = getattr(result, "url", None), getattr(result, "base64", None)
    return len(url or "") + len(inline or "")


def _local(jobs: Iterable[Job]) -> set[Path]:
    return {Path(job.folder) for job in jobs if not is_remote(job.folder)}


async def _forget_results(job: Job, journal: Journal) -> bool:
    try:
        await journal.to(job, job.state, results=())
    except StaleError:  # somebody has just taken it up again
        return False
    except JournalError as error:
        _LOG.warning("the result URLs of job %s stay: %s", job.short_id, error)
        return False
    return True
