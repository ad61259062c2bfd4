"""The folder of finished images."""

import asyncio
import errno
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import aiofiles

from tui.core.asked import differences
from tui.core.job import Job, Result, Saved
from tui.core.language import english
from tui.core.naming import file_stem
from tui.services.decode import BadImageError, Decoded, Decoder, DecoderError
from tui.services.files import StorageError, check_folder, new_part, on_disk, place, private, sweep
from tui.services.images import Fetched, Images
from tui.services.journal.protocol import FIRST_FENCE
from tui.services.sidecar import write_sidecar

__all__ = ["Gallery", "QuarantinedError", "StorageError", "check_folder"]


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class QuarantinedError(Exception):
    """Bytes that are no good image, for the last time; `path` is where they are kept."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            english(
                "What was delivered is no good image: {reason}. It is kept as {path}.",
                reason=reason,
                path=path,
            )
        )
        self.path = path
        self.reason = reason


class Gallery:
    """Puts results on disk: verified first, complete or absent, never over another file.

    `quarantine` is the folder for bytes that were paid for, yet are no images; `spool` the one for
    images whose own folder can't be used any more, for they may be gone when it can.
    """

    def __init__(
        self,
        images: Images,
        decoder: Decoder,
        quarantine: Path,
        spool: Path | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._images = images
        self._decoder = decoder
        self._quarantine = quarantine
        self._spool = spool
        self._now = now

    async def save(self, job: Job, index: int, result: Result, *, last_try: bool = False) -> Saved:
        """Fetch image number `index` (from 1) of a job, verify it, and give it its name.

        Raises GoneError, TransferError, ForbiddenUrlError, StorageError, BadImageError (worth
        fetching again) or, in its place on the last try, QuarantinedError.
        """
        try:
            return await self._save(Path(job.folder), job, index, result, last_try=last_try)
        except StorageError as problem:
            if self._spool is None or not _is_out_of_reach(problem):
                raise
            saved = await self._save(self._spool, job, index, result, last_try=last_try)
            return replace(
                saved,
                notes=(*saved.notes, english("kept here, because: {problem}", problem=problem)),
            )

    async def _save(
        self, folder: Path, job: Job, index: int, result: Result, *, last_try: bool
    ) -> Saved:
        stem = _stem(job, index)
        with on_disk(folder):
            part = await asyncio.to_thread(_fresh_part, folder, job, index)
            try:
                async with aiofiles.open(part, "xb", opener=private) as sink:
                    fetched = await self._images.fetch(result, sink)
                decoded = await self._decode(part, stem, fetched, last_try=last_try)
                path = await asyncio.to_thread(place, part, stem, decoded.extension, fetched.sha256)
            finally:
                await asyncio.to_thread(part.unlink, missing_ok=True)
        saved = _saved(job, path, index, fetched, decoded)
        note = await asyncio.to_thread(write_sidecar, job, saved, self._now())
        return replace(saved, notes=(*saved.notes, note)) if note else saved

    async def _decode(self, part: Path, stem: str, fetched: Fetched, *, last_try: bool) -> Decoded:
        try:
            return await self._decoder.inspect(part)
        except BadImageError as error:
            if not last_try:
                raise
            kept = await asyncio.to_thread(self._keep, part, stem, fetched.sha256)
            raise QuarantinedError(kept, str(error)) from error
        except DecoderError as error:
            raise StorageError(
                english("The image can't be verified: {error}.", error=error)
            ) from error

    def _keep(self, part: Path, stem: str, sha256: str) -> Path:
        with on_disk(self._quarantine):
            # Copied, not moved: the quarantine may be on another disk.
            copy = new_part(self._quarantine, ".")
            try:
                with part.open("rb") as source, open(copy, "xb", opener=private) as target:
                    shutil.copyfileobj(source, target, 1024**2)
                return place(copy, stem, "bytes", sha256)
            finally:
                copy.unlink(missing_ok=True)


def _is_out_of_reach(problem: StorageError) -> bool:
    """Whether it is the folder's own fault: a full disk is waited for, it may be everybody's."""
    cause = problem.__cause__
    return isinstance(cause, OSError) and cause.errno not in _FULL


def _fresh_part(folder: Path, job: Job, index: int) -> Path:
    prefix = f".{job.short_id}-{index}."
    part = new_part(folder, prefix)
    # Only what another process had before has left parts, and looking for them goes through the
    # whole folder: with ten thousand images in it that takes as long as all the rest.
    if job.fence > FIRST_FENCE:
        sweep(folder, prefix)
    return part


def _stem(job: Job, index: int) -> str:
    made = datetime.fromtimestamp(job.created).astimezone()
    return file_stem(job, index, date=f"{made:%Y-%m-%d}", time=f"{made:%H%M%S}")


def _saved(job: Job, path: Path, index: int, fetched: Fetched, decoded: Decoded) -> Saved:
    promised = fetched.media_type or ""
    asked = differences(job.request.values, decoded.format, is_opaque=decoded.is_opaque)
    notes = (*decoded.notes, *asked)
    if promised.startswith("image/") and promised not in {decoded.media_type, "image/jpg"}:
        notes = (
            *notes,
            english(
                "announced as {promised}, is {media_type}",
                promised=promised,
                media_type=decoded.media_type,
            ),
        )
    return Saved(
        path=os.fspath(path),
        index=index,
        width=decoded.width,
        height=decoded.height,
        format=decoded.format,
        bytes=fetched.bytes,
        sha256=fetched.sha256,
        notes=notes,
        has_c2pa=decoded.has_c2pa,
    )
