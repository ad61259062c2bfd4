"""Images as they come in: fetched into a part, looked into, put aside where they are no good."""

import asyncio
import shutil
from datetime import datetime
from pathlib import Path

import aiofiles

from tui.core.asked import differences
from tui.core.job import Job, Result, Saved
from tui.core.language import english
from tui.core.naming import file_stem
from tui.services.decode import BadImageError, Decoded, Decoder, DecoderError
from tui.services.files import StorageError, make_folder, new_part, on_disk, part_of, place, private
from tui.services.images import Fetched, Images

# Owners before the present one; a fence that somebody else has written may be any number.
_EARLIER = 100


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


class Receiving:
    """Fetches and verifies; `quarantine` is the folder for bytes that are no images."""

    def __init__(self, images: Images, decoder: Decoder, quarantine: Path) -> None:
        self._images = images
        self._decoder = decoder
        self._quarantine = quarantine

    async def fetch(
        self, result: Result, part: Path, stem: str, *, last_try: bool
    ) -> tuple[Fetched, Decoded]:
        """Write a result into a new part, and verify it.

        Raises what Images.fetch and `verify` raise.
        """
        async with aiofiles.open(part, "xb", opener=private) as sink:
            fetched = await self._images.fetch(result, sink)
        return fetched, await self.verify(part, stem, fetched, last_try=last_try)

    async def verify(self, part: Path, stem: str, fetched: Fetched, *, last_try: bool) -> Decoded:
        """Decode a whole part; raises StorageError, BadImageError or, at last, QuarantinedError."""
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


def fresh_part(folder: Path, job: Job, index: int) -> Path:
    """Return a path for an image in a folder, without what earlier runs have left of it.

    Those are known by name: to look for them would be to go through the whole folder, and with ten
    thousand images in it that takes as long as all the rest.
    """
    make_folder(folder)
    for fence in range(max(0, job.fence - _EARLIER), job.fence + 1):
        part_of(folder, job, index, fence).unlink(missing_ok=True)
    return part_of(folder, job, index, job.fence)


def stem_of(job: Job, index: int) -> str:
    """Return the name of an image without its ending."""
    made = datetime.fromtimestamp(job.created).astimezone()
    return file_stem(job, index, date=f"{made:%Y-%m-%d}", time=f"{made:%H%M%S}")


def saved_as(path: str, job: Job, index: int, fetched: Fetched, decoded: Decoded) -> Saved:
    """Return what is known of an image that is at a path now."""
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
        path=path,
        index=index,
        width=decoded.width,
        height=decoded.height,
        format=decoded.format,
        bytes=fetched.bytes,
        sha256=fetched.sha256,
        notes=notes,
        has_c2pa=decoded.has_c2pa,
    )
