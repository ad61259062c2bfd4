"""The texts that stand in a PNG file beside its pixels."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from tui.core.language import _

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MOST_CHUNKS = 10_000
_MOST_BYTES = 8 * 1024**2  # of one text, packed or not


def png_texts(file: BinaryIO) -> dict[str, str]:
    """Return the texts by keyword; none of what is damaged, packed too well, or no PNG."""
    texts: dict[str, str] = {}
    if file.read(len(_SIGNATURE)) != _SIGNATURE:
        return texts
    for kind, data in _chunks(file):
        with suppress(ValueError, zlib.error, IndexError):
            keyword, text = _text(kind, data)
            texts.setdefault(keyword, text)
    return texts


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    for _chunk in range(_MOST_CHUNKS):
        head = file.read(8)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head)
        if kind == b"IEND":
            return
        if kind in {b"tEXt", b"zTXt", b"iTXt"} and length <= _MOST_BYTES:
            yield kind, file.read(length)
            file.seek(4, 1)
        else:
            file.seek(length + 4, 1)


def _text(kind: bytes, data: bytes) -> tuple[str, str]:
    keyword, _null, rest = data.partition(b"\0")
    match kind:
        case b"tEXt":
            # The standard says Latin-1; programs write UTF-8 all the same.
            try:
                text = rest.decode()
            except UnicodeDecodeError:
                text = rest.decode("latin-1")
        case b"zTXt":
            text = _unpacked(rest[1:]).decode("latin-1")
        case _:
            is_packed = rest[0] == 1
            _language, _null, rest = rest[2:].partition(b"\0")
            _translated, _null, body = rest.partition(b"\0")
            text = (_unpacked(body) if is_packed else body).decode()
    return keyword.decode("latin-1"), text


def _unpacked(data: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    text = unpacker.decompress(data, _MOST_BYTES)
    if unpacker.unconsumed_tail:
        raise ValueError(_("too long"))
    return text
