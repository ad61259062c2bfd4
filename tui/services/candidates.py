"""Files looked at as references before they are any."""

import asyncio
import hashlib
import os
import stat
from dataclasses import dataclass

from tui.core.fault import Fault
from tui.core.language import _
from tui.core.references import References
from tui.core.request import Reference
from tui.services.decode import REFERENCE_FORMATS, BadImageError, Decoded, Decoder, DecoderError

_MOST_DECODED = 100 * 1024**2  # bytes; ten times what a model takes says enough by its size


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What a file would be as a reference, and all that speaks against it.

    `key` is a sha256 that names the file as it is now: a small picture of it is kept under that
    name. It is blank where there is nothing to draw.
    """

    path: str
    key: str = ""
    format: str = ""
    bytes: int = 0
    width: int = 0  # pixels
    height: int = 0
    faults: tuple[Fault, ...] = ()

    @property
    def error(self) -> str:
        """Why it can't be a reference; nothing where it can."""
        return next((fault.rule for fault in self.faults if fault.is_error), "")


async def look_at(path: str, field: References, decoder: Decoder) -> Candidate:
    """Return what a file would be for that field; it stays where it is, nothing is copied."""
    try:
        status = await asyncio.to_thread(os.stat, path)
    except OSError as error:
        return _refused(path, field, _("can't be read: {strerror}", strerror=error.strerror))
    if not stat.S_ISREG(status.st_mode):
        return _refused(path, field, _("is no file"))
    if not status.st_size:
        return _refused(path, field, _("is empty"))
    decoded: Decoded | None = None
    faults: tuple[Fault, ...] = ()
    if status.st_size <= _MOST_DECODED:
        try:
            decoded = await decoder.inspect(path, REFERENCE_FORMATS)
        except (BadImageError, DecoderError) as error:
            faults = (Fault(field.name, path, _("can't be used: {error}", error=error)),)
    reference = Reference(
        name=path,
        sha256=_key(path, status),
        # Of an unknown type only the size is known to be wrong.
        media_type=decoded.media_type if decoded else field.media_types[0],
        bytes=status.st_size,
        width=decoded.width if decoded else None,
        height=decoded.height if decoded else None,
    )
    return Candidate(
        path=path,
        key=_key(path, status) if decoded else "",
        format=decoded.format if decoded else "",
        bytes=status.st_size,
        width=decoded.width if decoded else 0,
        height=decoded.height if decoded else 0,
        faults=(*faults, *field.check_all([reference])),
    )


def _refused(path: str, field: References, rule: str) -> Candidate:
    return Candidate(path=path, faults=(Fault(field.name, path, rule),))


def _key(path: str, status: os.stat_result) -> str:
    content = f"{path}\0{status.st_mtime_ns}\0{status.st_size}"
    return hashlib.sha256(content.encode("utf-8", "surrogateescape")).hexdigest()
