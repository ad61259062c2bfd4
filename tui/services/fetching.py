"""Copies of saved images in a folder that a person names."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tui.core.job import Saved
from tui.services.files import StorageError, link, new_part, on_disk, place, private, sync_file
from tui.services.sidecar import sidecar_path
from tui.services.store.originals import Originals

_AT_ONCE = 8


async def fetch_all(
    files: Sequence[Saved], folder: Path, originals: Originals
) -> list[Path | StorageError]:
    """Copy images side by side; return, in their order, where each is or why it is not there."""
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(saved: Saved) -> Path | StorageError:
        async with room:
            try:
                return await fetch(saved, folder, originals)
            except StorageError as problem:
                return problem

    return [*await asyncio.gather(*map(one, files))]


async def fetch(saved: Saved, folder: Path, originals: Originals) -> Path:
    """Copy an image, and the file beside it, into a folder; return where it is.

    It is complete or absent, and takes the next free name where its own is taken by something
    else; an equal image that is there already is the copy. Raises StorageError, its
    UnknownKeyError where the image is gone.
    """
    name = Path(saved.path.rpartition("/")[2])
    with on_disk(folder, copies=True):
        part = await asyncio.to_thread(new_part, folder, ".")
        try:
            await originals.write(saved.path, saved.sha256, part)
            ending = name.suffix.removeprefix(".") or "image"
            path = await asyncio.to_thread(place, part, name.stem, ending, saved.sha256)
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)
        if beside := await originals.sidecar(saved.path, saved.sha256):
            await asyncio.to_thread(_put, beside, sidecar_path(path))
    return path


def _put(source: Path, path: Path) -> None:
    part = new_part(path.parent, ".")
    try:
        with open(part, "xb", opener=private) as file:
            file.write(source.read_bytes())
        sync_file(part)
        with suppress(FileExistsError):  # it lay there already, or somebody else's does
            link(part, path)
    finally:
        part.unlink(missing_ok=True)
