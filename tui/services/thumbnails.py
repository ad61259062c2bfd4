"""Small pictures of finished images, kept in memory for as long as they are looked at."""

import asyncio
import re
import struct
import zlib
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

from tui.core.picture import CHANNELS, Picture
from tui.core.size import Size
from tui.services.decode import MOST_THUMBNAIL, BadImageError, Decoder
from tui.services.files import new_part, private

LARGEST = Size(MOST_THUMBNAIL, MOST_THUMBNAIL)
_HEAD = struct.Struct(">4sHH")  # magic, width, height; the pixels follow, deflated
_MAGIC = b"RGBA"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Thumbnails:
    """Makes each picture once: of an image, for a size. `most` are held in memory, all on disk.

    Belongs to the event loop of its decoder, whose children do the decoding.
    """

    def __init__(self, decoder: Decoder, folder: Path, *, most: int = 64) -> None:
        self._decoder = decoder
        self._folder = folder
        self._most = most
        self._held: OrderedDict[str, Picture] = OrderedDict()

    async def get(self, path: Path, sha256: str, box: Size = LARGEST) -> Picture:
        """Return the image at a path, known by its sha256, shrunk into a box of pixels.

        Raises BadImageError, or DecoderError when no decoder can be started.
        """
        if not _SHA256.fullmatch(sha256):
            raise BadImageError("its sha256 is none")
        name = f"{sha256}.{box}.rgba"
        picture = self._held.pop(name, None)
        if picture is None:
            kept = self._folder / name
            picture = await asyncio.to_thread(_read, kept)
            if picture is None:
                picture = await self._make(path, box)
                await asyncio.to_thread(_write, kept, picture)
        self._held[name] = picture
        while len(self._held) > self._most:
            self._held.popitem(last=False)
        return picture

    async def _make(self, path: Path, box: Size) -> Picture:
        try:
            is_there = await asyncio.to_thread(path.is_file)
        except OSError as error:  # a folder one may not look into, a name no disk takes
            raise BadImageError(f"its file can't be read: {error.strerror}") from error
        if not is_there:
            raise BadImageError("its file is gone")
        return await self._decoder.thumbnail(path, box)


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
