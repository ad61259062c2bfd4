"""Images of buckets as files of this machine."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from weakref import WeakValueDictionary

import aiofiles

from tui.core.bucket import is_remote, taken_apart
from tui.core.digest import is_sha256
from tui.core.language import english
from tui.services.files import link, make_folder, new_part, on_disk, private, sync_file
from tui.services.sidecar import sidecar_name, sidecar_path
from tui.services.store.store import Store
from tui.services.store.trouble import StoreError, UnknownKeyError, gone
from tui.services.store.turns import LatestFirst

ORIGINALS = "originals"  # the folder of the copies, beside the database
MOST_BYTES = 2 * 1024**3  # of copies in all
_LOW = 0.8  # of that are left when some had to go
_AT_ONCE = 4


class Originals:
    """Gives each image a path: where it is, or that of a copy made of a bucket's.

    Copies lie in folders named by their sha256, are checked when they come, and the ones that were
    not used for longest go first. Belongs to one event loop.
    """

    def __init__(self, folder: Path, store: Store, *, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._store = store
        self._most_bytes = most_bytes
        self._bytes: int | None = None  # in all; unknown before something came
        self._turns = LatestFirst(_AT_ONCE)
        self._coming: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def local(self, place: str, sha256: str) -> Path:
        """Return the path of an image; one on this machine may be gone, which is not looked at.

        Raises StorageError, its UnknownKeyError where a bucket has it no more.
        """
        if not is_remote(place):
            return Path(place)
        copy = self._copy_of(place, sha256)
        async with self._one_at_a_time(sha256):
            if not await asyncio.to_thread(_touch, copy):
                await self._bring(place, copy, sha256)
        return copy

    async def sidecar(self, place: str, sha256: str) -> Path | None:
        """Return the path of an image's sidecar; None where there is none. Raises StorageError."""
        if not is_remote(place):
            beside = sidecar_path(Path(place))
            return beside if await asyncio.to_thread(beside.is_file) else None
        copy = sidecar_path(self._copy_of(place, sha256))
        async with self._one_at_a_time(sha256):
            if not await asyncio.to_thread(_touch, copy):
                try:
                    await self._bring(sidecar_name(place), copy, None)
                except UnknownKeyError:
                    return None
        return copy

    async def both(self, place: str, sha256: str) -> Path:
        """Return the path of an image that has its sidecar beside it, if there is one."""
        path = await self.local(place, sha256)
        await self.sidecar(place, sha256)
        return path

    async def write(self, place: str, sha256: str, part: Path) -> None:
        """Write the image itself, unchanged since it was saved, into a new part.

        Raises StorageError, its UnknownKeyError where it is gone.
        """
        copy = self._copy_of(place, sha256) if is_remote(place) else Path(place)
        if is_remote(place) and not await asyncio.to_thread(_touch, copy):
            async with self._turns:
                await self._download(place, part, sha256)
        elif await asyncio.to_thread(_copied, copy, part) != sha256:
            raise _changed(place)

    def adopt(self, place: str, sha256: str, file: Path) -> None:
        """Take a file for the copy of an image that it is; it may take a while."""
        copy = self._copy_of(place, sha256)
        with suppress(OSError):  # it can be fetched again
            make_folder(copy.parent)
            file.replace(copy)
            self._make_room(copy)

    def _copy_of(self, place: str, sha256: str) -> Path:
        # Both may come from a journal that others write.
        if not is_sha256(sha256) or not _is_place(place):
            raise StoreError(english("{place} is no image's place.", place=place))
        return _copy_in(self._folder, place, sha256)

    @asynccontextmanager
    async def _one_at_a_time(self, sha256: str) -> AsyncIterator[None]:
        lock = self._coming.setdefault(sha256, asyncio.Lock())
        async with lock:
            yield

    async def _bring(self, place: str, copy: Path, sha256: str | None) -> None:
        async with self._turns:
            with on_disk(self._folder):
                part = await asyncio.to_thread(new_part, copy.parent, ".")
                try:
                    await self._download(place, part, sha256)
                    await asyncio.to_thread(_name, part, copy)
                finally:
                    await asyncio.to_thread(_clear, part)
                await asyncio.to_thread(self._make_room, copy)

    async def _download(self, place: str, part: Path, sha256: str | None) -> None:
        digest = hashlib.sha256()
        async with aiofiles.open(part, "xb", opener=private) as file:
            async for block in self._store.read(*taken_apart(place)):
                digest.update(block)
                await file.write(block)
        if sha256 is not None and digest.hexdigest() != sha256:
            raise _changed(place)

    def _make_room(self, newest: Path) -> None:
        """Remove the copies that were not used for longest once there are too many."""
        if self._bytes is not None:
            self._bytes += newest.stat().st_size
        if self._bytes is not None and self._bytes <= self._most_bytes:
            return
        found = sorted(_copies(self._folder), reverse=True)
        self._bytes, kept = 0, self._most_bytes
        if sum(size for _used, size, _path in found) > self._most_bytes:
            kept = int(self._most_bytes * _LOW)
        for _used, size, path in found:
            if self._bytes + size <= kept or path == newest:
                self._bytes += size
                continue
            with suppress(OSError):  # it is looked at again with the next one
                path.unlink()
                path.parent.rmdir()


def _copies(folder: Path) -> list[tuple[float, int, Path]]:
    found = []
    for path in folder.glob("*/*"):
        with suppress(OSError):
            status = path.lstat()
            found.append((status.st_mtime, status.st_size, path))
    return found


def place_here(data: Path, place: str, sha256: str) -> str:
    """Return where an image is, or will be, on a machine with this data folder."""
    if not is_remote(place):
        return place
    return str(_copy_in(data / ORIGINALS, place, sha256))


def _copy_in(folder: Path, place: str, sha256: str) -> Path:
    return folder / sha256 / place.rpartition("/")[2]


def _is_place(place: str) -> bool:
    try:
        taken_apart(place)
    except ValueError:
        return False
    return True


def _changed(place: str) -> StoreError:
    return StoreError(
        english("{place} is not the image that was saved there: it was changed since.", place=place)
    )


def _copied(source: Path, part: Path) -> str:
    """Copy a file; return its sha256."""
    digest = hashlib.sha256()
    try:
        file = source.open("rb")
    except FileNotFoundError as error:
        raise gone(str(source)) from error
    with file, open(part, "xb", opener=private) as copy:
        while block := file.read(1024**2):
            digest.update(block)
            copy.write(block)
    return digest.hexdigest()


def _touch(copy: Path) -> bool:
    """Note that a copy is used; False where there is none."""
    try:
        os.utime(copy, follow_symlinks=False)
    except OSError:
        return False
    return True


def _clear(part: Path) -> None:
    part.unlink(missing_ok=True)
    with suppress(OSError):  # there is a copy in it
        part.parent.rmdir()


def _name(part: Path, copy: Path) -> None:
    make_folder(copy.parent)
    sync_file(part)  # a name is never looked at again
    with suppress(FileExistsError):  # another process was faster
        link(part, copy)
