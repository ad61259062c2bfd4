"""The images of jobs on their way into a bucket."""

import asyncio
import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tui.core.bucket import Bucket
from tui.core.job import Job, Result, Saved
from tui.core.language import english
from tui.core.naming import numbered
from tui.services.decode import BadImageError, Decoded
from tui.services.files import on_disk, sync_file, sync_folder
from tui.services.images import Fetched
from tui.services.receiving import Receiving, fresh_part, saved_as, stem_of
from tui.services.sidecar import is_about, sidecar_name, sidecar_of, taken
from tui.services.store.store import Store
from tui.services.store.trouble import BucketError

_MOST_SIDECAR = 4 * 1024**2  # bytes
LetGo = Callable[[Path, Saved], None]


class Uploading:
    """Fetches images into the spool, verifies them there, and puts them into their bucket.

    In the spool they stay until the bucket has them, whatever ends meanwhile; `let_go` is then told
    of each, and removes it unless it has something better to do.
    """

    def __init__(
        self,
        receiving: Receiving,
        spool: Path,
        store: Store,
        now: Callable[[], float],
        let_go: LetGo | None = None,
    ) -> None:
        self._receiving = receiving
        self._spool = spool
        self._store = store
        self._now = now
        self._let_go = let_go or _remove

    async def save(self, job: Job, index: int, result: Result, *, last_try: bool) -> Saved:
        """Do it for an image; raises as Gallery.save does."""
        bucket, stem = _bucket_of(job), stem_of(job, index)
        with on_disk(self._spool):
            waiting = spooled(self._spool, job.id, index)
            try:
                fetched, decoded = await self._known(waiting, stem)
            except FileNotFoundError:
                fetched, decoded = await self._fetch(waiting, job, index, result, last_try=last_try)
        name = await self._put(bucket, waiting, stem, fetched, decoded)
        saved = saved_as(bucket.place(name), job, index, fetched, decoded)
        note = await self._put_sidecar(bucket, sidecar_name(name), job, saved)
        await asyncio.to_thread(self._let_go, waiting, saved)
        return replace(saved, notes=(*saved.notes, note)) if note else saved

    async def _known(self, waiting: Path, stem: str) -> tuple[Fetched, Decoded]:
        """Take up what an earlier try has left; raises FileNotFoundError where that is nothing."""
        fetched = await asyncio.to_thread(_looked_at, waiting)
        try:
            return fetched, await self._receiving.verify(waiting, stem, fetched, last_try=False)
        except BadImageError as error:  # the disk has spoilt it
            await asyncio.to_thread(waiting.unlink, missing_ok=True)
            raise FileNotFoundError from error

    async def _fetch(
        self, waiting: Path, job: Job, index: int, result: Result, *, last_try: bool
    ) -> tuple[Fetched, Decoded]:
        part = await asyncio.to_thread(fresh_part, self._spool, job, index)
        try:
            came = await self._receiving.fetch(result, part, stem_of(job, index), last_try=last_try)
            await asyncio.to_thread(_settle, part, waiting)
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)
        return came

    async def _put(
        self, bucket: Bucket, source: Path, stem: str, fetched: Fetched, decoded: Decoded
    ) -> str:
        """Put it under the first name that is free, or has the same content; return the name."""
        for name in numbered(stem, decoded.extension):
            where = bucket.name, bucket.key(name)
            if await self._store.put(*where, source, decoded.media_type):
                return name
            if await self._store.holds(*where, fetched.bytes, fetched.sha256):
                return name
        raise AssertionError("there is always a next number")

    async def _put_sidecar(self, bucket: Bucket, name: str, job: Job, saved: Saved) -> str | None:
        where = bucket.name, bucket.key(name)
        data = sidecar_of(job, saved, self._now())
        if await self._store.put_bytes(*where, data, "application/json"):
            return None
        there = bytearray()
        async for block in self._store.read(*where):
            there += block
            if len(there) > _MOST_SIDECAR:  # no sidecar then
                break
        return None if is_about(bytes(there), saved) else taken(name)


def _bucket_of(job: Job) -> Bucket:
    try:
        return Bucket.parse(job.folder)
    except ValueError as error:
        raise BucketError(english("{place} is no bucket.", place=job.folder)) from error


def _remove(waiting: Path, _saved: Saved) -> None:
    waiting.unlink(missing_ok=True)


def spooled(spool: Path, job_id: str, index: int) -> Path:
    """Return where an image waits for its bucket."""
    return spool / f"{job_id}-{index}.waiting"


def _looked_at(waiting: Path) -> Fetched:
    with waiting.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Fetched(os.fstat(file.fileno()).st_size, digest, None)


def _settle(part: Path, waiting: Path) -> None:
    sync_file(part)
    part.replace(waiting)
    sync_folder(waiting.parent)
