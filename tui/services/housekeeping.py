"""The removal of what nobody needs any more."""

import asyncio
import logging
import os
import re
import stat
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path

from tui.core.bucket import is_remote
from tui.core.job import Job, State
from tui.core.keeping import DAY, KINDS, Keep, Thing, cutoff, due
from tui.services.clock import Clock
from tui.services.journal.protocol import ClosableHistory, Journal, JournalError, Query, StaleError
from tui.services.places import Places
from tui.services.store.originals import ORIGINALS

_LOG = logging.getLogger(__name__)
_PAGE = 1000
_DELAY = 5.0  # seconds
_RESULTS = "results"
_STAMP = "swept"
_NAMES = {
    "quarantine": re.compile(r".*\.bytes", re.DOTALL),
    "answers": re.compile(r"[0-9a-f]{32}\.answer"),
    "references": re.compile(r"[0-9a-f]{64}"),
    "thumbnails": re.compile(r"[0-9a-f]{64}\.\d+x\d+\.rgba"),
}
# What a killed run leaves: never the name of an image or a sidecar.
_PART = re.compile(r"\.(?:[0-9a-f]{10}-\d+\.|check\.)?[0-9a-f]{16}\.part")
# An image that waits for its bucket; it is nobody's once another host has put it there.
_WAITING = re.compile(r"([0-9a-f]{32})-(\d+)\.waiting")
_COPY = re.compile(r".+", re.DOTALL)
_DATABASE_PART = re.compile(r".*\.(?:bak|new|old)\.part(?:-journal)?")


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
        files = due(self._things(), self._keep, now)
        jobs = self._with_old_results(now)
        if any(one.kind == "references" for one in files):
            needed = self._needed(cutoff(self._keep, "references", now))
            files = [one for one in files if Path(one.name).name not in needed]
        return [one for one in files if not self._is_awaited(one)], jobs

    async def remove(
        self, files: Iterable[Thing], jobs: Iterable[Job], journal: Journal
    ) -> list[Removed]:
        """Remove what was found; return what is gone, by kind."""
        gone = await asyncio.to_thread(lambda: [one for one in files if _remove(one)])
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

    def _things(self) -> Iterator[Thing]:
        places = self._places
        ours = {
            "quarantine": places.quarantine,
            "answers": places.answers,
            "references": places.references,
            "thumbnails": places.thumbnails,
        }
        for kind, folder in ours.items():
            yield from _files(kind, folder, _NAMES[kind])
        newest = self._history.list(Query(limit=_PAGE, deleted=True))
        images = {*self._folders, places.spool, *_local(newest)}
        copies = _folders(places.data / ORIGINALS)
        for folder in copies:
            yield from _files("originals", folder, _COPY)
        for folder in {*ours.values(), *images, *copies}:
            yield from _files("leftovers", folder, _PART)
        yield from _files("leftovers", places.spool, _WAITING)
        yield from _files("leftovers", places.data, _DATABASE_PART)

    def _is_awaited(self, thing: Thing) -> bool:
        """Whether it is an image that its bucket may still not have."""
        found = _WAITING.fullmatch(Path(thing.name).name)
        if thing.kind != "leftovers" or found is None:
            return False
        job = self._history.get(found[1])
        return job is None or int(found[2]) not in {one.index for one in job.files}

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


def _folders(place: Path) -> list[Path]:
    with suppress(OSError), os.scandir(place) as entries:
        return [Path(one.path) for one in entries if one.is_dir(follow_symlinks=False)]
    return []


def _files(kind: str, folder: Path, name: re.Pattern[str]) -> Iterator[Thing]:
    """Yield the regular files of such a name; a folder that is not there has none."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                status = entry.stat(follow_symlinks=False)
                if name.fullmatch(entry.name) and stat.S_ISREG(status.st_mode):
                    yield Thing(kind, entry.path, status.st_size, status.st_mtime)
    except FileNotFoundError:
        return
    except OSError as error:
        _LOG.info("%s can't be swept: %s", folder, error.strerror)


def _remove(thing: Thing) -> bool:
    try:
        # Used again since it was found? Then it is new.
        if os.lstat(thing.name).st_mtime != thing.modified:
            return False
        Path(thing.name).unlink()
        if thing.kind == "originals":
            with suppress(OSError):  # its sidecar is in there, too
                Path(thing.name).parent.rmdir()
    except OSError as error:
        _LOG.warning("%s can't be removed: %s", thing.name, error.strerror)
        return False
    return True


async def _forget_results(job: Job, journal: Journal) -> bool:
    try:
        await journal.to(job, job.state, results=())
    except StaleError:  # somebody has just taken it up again
        return False
    except JournalError as error:
        _LOG.warning("the result URLs of job %s stay: %s", job.short_id, error)
        return False
    return True
