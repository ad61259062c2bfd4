"""Small pictures of finished images, kept in memory for as long as they are looked at."""

import asyncio
import struct
import zlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from tui.core.digest import is_sha256
from tui.core.language import english
from tui.core.picture import CHANNELS, Drawing, Graphics, Picture, Wish
from tui.core.size import Size
from tui.services.decode import MOST_THUMBNAIL, BadImageError, Decoder
from tui.services.files import StorageError, new_part, private

LARGEST = Size(MOST_THUMBNAIL, MOST_THUMBNAIL)
_HEAD = struct.Struct(">4sHH")  # magic, width, height; the pixels follow, deflated
_MAGIC = b"RGBA"
Local = Callable[[str, str], Awaitable[Path]]


class Thumbnails:
    """Makes each picture once: of an image, for a wish. `most` are held in memory.

    `local` finds an image's file, which may have to come from elsewhere; without it a path is one.

    Whole images in plain pixels are kept on disk too. Drawings are made faster than read: their
    ground changes with the theme, their size with the terminal.

    Belongs to the event loop of its decoder, whose children do the decoding.
    """

    def __init__(
        self, decoder: Decoder, folder: Path, local: Local | None = None, *, most: int = 64
    ) -> None:
        self._decoder = decoder
        self._folder = folder
        self._local = local
        self._most = most
        self._held: OrderedDict[str, Picture | Drawing] = OrderedDict()

    async def get(self, path: Path | str, sha256: str, wish: Wish) -> Picture | Drawing:
        """Return what is wished of the image at a path, known by its sha256.

        Raises BadImageError, or DecoderError when no decoder can be started.
        """
        if not is_sha256(sha256):
            raise BadImageError(english("its sha256 is none"))
        name = f"{sha256}.{wish.name}"
        picture = self._held.pop(name, None)
        if picture is None:
            picture = await self._make(path, sha256, self._folder / name, wish)
        self._held[name] = picture
        while len(self._held) > self._most:
            self._held.popitem(last=False)
        return picture

    async def _make(
        self, name: Path | str, sha256: str, kept: Path, wish: Wish
    ) -> Picture | Drawing:
        is_kept = wish.graphics is Graphics.HALF and wish.part is None
        if is_kept and (picture := await asyncio.to_thread(_read, kept)):
            return picture
        path = await self._found(name, sha256)
        try:
            is_there = await asyncio.to_thread(path.is_file)
        except OSError as error:  # a folder one may not look into, a name no disk takes
            raise BadImageError(
                english("its file can't be read: {strerror}", strerror=error.strerror)
            ) from error
        if not is_there:
            raise BadImageError(english("its file is gone"))
        made = await self._decoder.picture(path, wish)
        if is_kept and isinstance(made, Picture):
            await asyncio.to_thread(_write, kept, made)
        return made

    async def _found(self, name: Path | str, sha256: str) -> Path:
        if self._local is None:
            return Path(name)
        try:
            return await self._local(str(name), sha256)
        except StorageError as error:
            raise BadImageError(str(error)) from error


def _read(kept: Path) -> Picture | None:
    """Read what `_write` wrote; None when there is nothing that can be read."""
    try:
        data = kept.read_bytes()
        magic, width, height = _HEAD.unpack_from(data)
        size = width * height * CHANNELS
        if magic != _MAGIC or max(width, height) > MOST_THUMBNAIL:
            return None
        return Picture(width, height, zlib.decompressobj().decompress(data[_HEAD.size :], size))
    except (OSError, ValueError, struct.error, zlib.error):
        return None


def _write(kept: Path, picture: Picture) -> None:
    with suppress(OSError):  # a full disk costs the next start some decoding, nothing else
        part = new_part(kept.parent, ".")
        try:
            with open(part, "xb", opener=private) as file:
                file.write(_HEAD.pack(_MAGIC, picture.width, picture.height))
                file.write(zlib.compress(picture.rgba, 1))
            part.replace(kept)
        finally:
            part.unlink(missing_ok=True)
