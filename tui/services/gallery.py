"""The places of finished images."""

import asyncio
import errno
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tui.core.bucket import is_remote
from tui.core.job import Job, Result, Saved
from tui.core.language import english
from tui.services.decode import Decoder
from tui.services.files import StorageError, check_folder, on_disk, place
from tui.services.images import Images
from tui.services.receiving import QuarantinedError, Receiving, fresh_part, saved_as, stem_of
from tui.services.sidecar import write_sidecar
from tui.services.store.store import Store
from tui.services.store.uploading import LetGo, Uploading

__all__ = ["Gallery", "QuarantinedError", "StorageError", "check_folder"]


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Gallery:
    """Puts results where their jobs say: verified first, complete or absent, never over another.

    `quarantine` is the folder for bytes that were paid for, yet are no images; `spool` the one for
    images whose own folder can't be used any more, for they may be gone when it can, and for those
    on their way to the `store`; see Uploading for `let_go`. `told` makes a note fit for whoever
    reads it on another host.
    """

    def __init__(
        self,
        images: Images,
        decoder: Decoder,
        quarantine: Path,
        spool: Path | None = None,
        now: Callable[[], float] = time.time,
        *,
        store: Store | None = None,
        let_go: LetGo | None = None,
        told: Callable[[str], str] = str,
    ) -> None:
        self._receiving = Receiving(images, decoder, quarantine)
        self._spool = spool
        self._now = now
        self._told = told
        self._uploading = (
            Uploading(self._receiving, spool, store, now, let_go) if spool and store else None
        )

    async def save(self, job: Job, index: int, result: Result, *, last_try: bool = False) -> Saved:
        """Fetch image number `index` (from 1) of a job, verify it, and give it its name.

        Raises GoneError, TransferError, ForbiddenUrlError, StorageError, BadImageError (worth
        fetching again) or, in its place on the last try, QuarantinedError.
        """
        if self._uploading and is_remote(job.folder):
            return await self._uploading.save(job, index, result, last_try=last_try)
        try:
            return await self._save(Path(job.folder), job, index, result, last_try=last_try)
        except StorageError as problem:
            if self._spool is None or not _is_out_of_reach(problem):
                raise
            saved = await self._save(self._spool, job, index, result, last_try=last_try)
            note = self._told(english("kept here, because: {problem}", problem=problem))
            return replace(saved, notes=(*saved.notes, note))

    async def _save(
        self, folder: Path, job: Job, index: int, result: Result, *, last_try: bool
    ) -> Saved:
        stem = stem_of(job, index)
        with on_disk(folder):
            part = await asyncio.to_thread(fresh_part, folder, job, index)
            try:
                fetched, decoded = await self._receiving.fetch(
                    result, part, stem, last_try=last_try
                )
                path = await asyncio.to_thread(place, part, stem, decoded.extension, fetched.sha256)
            finally:
                await asyncio.to_thread(part.unlink, missing_ok=True)
        saved = saved_as(os.fspath(path), job, index, fetched, decoded)
        note = await asyncio.to_thread(write_sidecar, job, saved, self._now())
        return replace(saved, notes=(*saved.notes, note)) if note else saved


def _is_out_of_reach(problem: StorageError) -> bool:
    """Whether it is the folder's own fault: a full disk is waited for, it may be everybody's."""
    cause = problem.__cause__
    return isinstance(cause, OSError) and cause.errno not in _FULL
