"""The reference images of requests, kept aside as they were at submission."""

import asyncio
import errno
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from tui.core.digest import is_sha256
from tui.core.fault import Fault
from tui.core.fields import shown
from tui.core.language import _
from tui.core.references import References
from tui.core.request import Reference
from tui.core.retelling import retold
from tui.core.text import clean
from tui.services.addresses import shown_url
from tui.services.candidates import Candidate, look_at
from tui.services.decode import REFERENCE_FORMATS, BadImageError, Decoder, DecoderError
from tui.services.files import new_part, on_disk, private, sync_folder
from tui.services.inline import InlineError, is_data_url, read_inline

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]+)://")
_HAS_HOST = re.compile("https?://[^/?#]", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)")


class _RefusedError(Exception):
    def __init__(self, rule: str, nearest: str | None = None) -> None:
        super().__init__(rule)
        self.rule = rule
        self.nearest = nearest


class ReferenceStore:
    """Keeps a copy of each local reference under the name of its sha256.

    `bring` is told the name of one that may have to come from another host first.
    """

    def __init__(
        self, folder: Path, decoder: Decoder, bring: Callable[[str], None] | None = None
    ) -> None:
        self._folder = folder
        self._decoder = decoder
        self._bring = bring

    def path_of(self, sha256: str) -> Path:
        """Return where the copy of a reference is; OSError for what is no sha256."""
        if not is_sha256(sha256):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), sha256)
        return self._folder / sha256

    def brought(self, sha256: str) -> Path:
        """Return where the copy of a reference is, wherever it was added; raises JournalError."""
        path = self.path_of(sha256)
        if self._bring:
            self._bring(sha256)
        return path

    async def take(
        self, sources: Sequence[str], field: References
    ) -> tuple[list[Reference], list[Fault]]:
        """Take files, `data:` URLs and http(s) URLs; say everything that is wrong with them.

        What a declaration says about type, number and shape is left to `Model.validate`.
        Raises StorageError when a copy can't be kept.
        """
        references, faults = [], []
        for source in sources:
            try:
                references.append(await self._take_one(source.strip(), field.most_bytes))
            except _RefusedError as refused:
                name = _shown(source)
                faults.append(Fault(field.name, name, refused.rule, refused.nearest))
        return references, faults

    async def look(self, path: str, field: References) -> Candidate:
        """Say what a file would be as a reference; it stays where it is."""
        return await look_at(path, field, self._decoder)

    async def _take_one(self, source: str, most_bytes: int) -> Reference:
        if not source:
            raise _RefusedError(_("must not be empty: name a file or a URL"))
        if is_data_url(source):
            try:
                inline = await asyncio.to_thread(read_inline, source, most_bytes)
            except InlineError as error:
                raise _RefusedError(
                    _("can't be read: {error}", error=retold(str(error)))
                ) from error
            return await self._keep(inline.data, "data URL")
        scheme = _SCHEME.match(source)
        match scheme[1].lower() if scheme else "file":
            case "http" | "https":
                return _by_url(source)
            case "file":
                data, name = await asyncio.to_thread(_read, source, most_bytes)
                return await self._keep(data, name)
            case other:
                raise _RefusedError(
                    _("must be a file or an http(s) URL, not {other}", other=clean(other, 20))
                )

    async def _keep(self, data: bytes, name: str) -> Reference:
        with on_disk(self._folder):
            part = await asyncio.to_thread(_write_part, self._folder, data)
            try:
                decoded = await self._decoder.inspect(part, REFERENCE_FORMATS)
                sha256 = await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())
                # Replacing is safe: a name says what is in it.
                await asyncio.to_thread(part.replace, self.path_of(sha256))
                await asyncio.to_thread(sync_folder, self._folder)
            except BadImageError as error:
                raise _RefusedError(
                    _("can't be used: {error}", error=retold(str(error)))
                ) from error
            except DecoderError as error:
                raise _RefusedError(
                    _("can't be checked: {error}", error=retold(str(error)))
                ) from error
            finally:
                await asyncio.to_thread(part.unlink, missing_ok=True)
        return Reference(
            name=clean(name, 120),
            sha256=sha256,
            media_type=decoded.media_type,
            bytes=len(data),
            width=decoded.width,
            height=decoded.height,
        )


def file_of(source: str) -> Path | None:
    """Return the file that a source means, None where there is none."""
    try:
        return next((one for one in _spellings(source) if one.is_file()), None)
    except (OSError, ValueError, _RefusedError):
        return None


def _by_url(source: str) -> Reference:
    try:
        parts = urlsplit(source)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or re.search(r"[\x00-\x20\x7f]", source):
        raise _RefusedError(_("is not a complete URL"))
    if "@" in parts.netloc:
        raise _RefusedError(_("has a user name in it, which the gateway would get to see"))
    return Reference(name=shown_url(source), url=source)


def _read(source: str, most_bytes: int) -> tuple[bytes, str]:
    """Return the content of a file, read once, with its name."""
    spellings = list(_spellings(source))
    if not all(map(_is_possible, spellings)):
        raise _RefusedError(_("is no name a file can have"))
    try:
        path = next((one for one in spellings if one.exists()), None)
        if path is None:
            raise _missing(spellings[0])
        if not stat.S_ISREG(path.stat().st_mode):
            kind = _("a folder") if path.is_dir() else _("a pipe or a device")
            raise _RefusedError(_("is {kind}, not a file", kind=kind))
        with open(path, "rb", opener=_not_blocking) as file:
            data = file.read(most_bytes + 1)
            size = max(os.fstat(file.fileno()).st_size, len(data))
    except OSError as error:
        raise _RefusedError(
            _("can't be read: {strerror}", strerror=retold(error.strerror or ""))
        ) from error
    if not data:
        raise _RefusedError(_("is empty"))
    if len(data) > most_bytes:
        real, most = size / 1024**2, most_bytes / 1024**2
        raise _RefusedError(
            _("is {real:.1f} MB, at most {most:g} MB are taken", real=real, most=most)
        )
    return data, path.name


def _not_blocking(path: str, flags: int) -> int:
    # What was a file just now may be a FIFO by now.
    return os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)


def _is_possible(path: Path) -> bool:
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def _spellings(source: str) -> Iterator[Path]:
    """Yield the paths a source may mean, as typed first, then as a drag and drop writes it."""
    if source[:7].lower() == "file://":
        try:
            # Bytes: a name need not be UTF-8.
            yield Path(os.fsdecode(unquote_to_bytes(urlsplit(source).path)))
        except ValueError as error:  # half an address in brackets, for one
            raise _RefusedError(_("is not a complete URL")) from error
        return
    bare = source[1:-1] if len(source) > 1 and source[0] == source[-1] in "'\"" else source
    for spelling in (source, bare, _ESCAPED.sub(r"\1", bare)):
        try:
            yield Path(spelling).expanduser()
        except RuntimeError:  # ~ of a user there is none of
            yield Path(spelling)


def _missing(path: Path) -> _RefusedError:
    folder = path.parent
    try:
        names = {one.name.casefold(): one.name for one in folder.iterdir()}
    except OSError as error:
        gone = error.errno in {errno.ENOENT, errno.ENOTDIR}
        rule = _("does not exist: there is no folder {folder}", folder=clean(str(folder), 120))
        return _RefusedError(
            rule if gone else _("can't be read: {strerror}", strerror=retold(error.strerror or ""))
        )
    near = get_close_matches(path.name.casefold(), names, n=1)
    return _RefusedError(_("does not exist"), str(folder / names[near[0]]) if near else None)


def _write_part(folder: Path, data: bytes) -> Path:
    part = new_part(folder, ".")
    with open(part, "xb", opener=private) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return part


def _shown(source: str) -> str:
    if _HAS_HOST.match(source) and not is_data_url(source):
        return shown_url(source)
    return clean(shown(source))
