"""What the container of an image says, read without decoding the image."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_NO_LENGTH = frozenset({0x00, 0x01, *range(0xD0, 0xD9)})  # JPEG: stuffed bytes, restarts, start
_END, _APP11 = 0xD9, 0xEB  # JPEG's markers; JUMBF, and in it C2PA's, stands in the second
_C2PA_CHUNKS = frozenset({b"caBX", b"C2PA"})  # PNG's and WebP's


@dataclass(frozen=True, slots=True)
class Container:
    """Where the image ends in bytes, None for nowhere; whether a C2PA manifest is in it.

    Nobody has verified the manifest. A container that is not walked ends where its file does.
    """

    end: int | None
    has_c2pa: bool = False


def walk(file: BinaryIO, found: str) -> Container:
    """Go through a PNG, JPEG or WebP file from one part to the next."""
    match found:
        case "PNG":
            return _png(file)
        case "JPEG":
            file.seek(0)
            return _jpeg(file.read())
        case "WEBP":
            return _webp(file)
        case _:
            return Container(file.seek(0, 2))


def _png(file: BinaryIO) -> Container:
    file.seek(8)
    has_c2pa = False
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        end = file.seek(length + 4, 1)
        has_c2pa |= kind in _C2PA_CHUNKS
        if kind == b"IEND":
            return Container(end, has_c2pa)
    return Container(None, has_c2pa)


def _jpeg(data: bytes) -> Container:
    has_c2pa = False
    for marker, start, end in _segments(data):
        if marker == _END:
            return Container(end, has_c2pa)
        has_c2pa |= marker == _APP11 and b"c2pa" in data[start:end]
    return Container(None, has_c2pa)


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the marker, start and end of each segment.

    Segments are skipped by their length: the thumbnail inside one has an end marker of its own.
    """
    at = 2
    while 0 <= (at := data.find(b"\xff", at)) < len(data) - 1:
        marker, start = data[at + 1], at
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        at += 2
        if marker not in _NO_LENGTH and marker != _END:
            at += int.from_bytes(data[at : at + 2], "big")
        yield marker, start, at


def _webp(file: BinaryIO) -> Container:
    file.seek(4)
    length: int = struct.unpack("<I", file.read(4))[0]
    end, has_c2pa = 8 + length, False
    at = file.seek(12)
    while at < end and len(head := file.read(8)) == 8:
        kind, size = struct.unpack("<4sI", head)
        has_c2pa |= kind in _C2PA_CHUNKS
        at = file.seek(size + size % 2, 1)
    return Container(end, has_c2pa)
