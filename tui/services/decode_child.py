"""The child process that decodes foreign images: a line of JSON in, a line of JSON out.

Started by its path, isolated, with an empty environment; imports the standard library, Pillow, and
what draws. Question: {"path", "formats"}. Answer: {"format", "width", "height", "notes"} or
{"error"}. With a "wish" it asks for a small picture: {"width", "height", "rgba" in base64}, or, for
a terminal's graphics, a drawing with {"data", "sketch"} instead of the pixels.
"""

import base64
import json
import resource
import struct
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from PIL import Image

MOST_PIXELS = 40_000_000
# 40 million RGBA pixels of WebP take 820 MB of address space with the interpreter, PNG 190.
_MOST_MEMORY = 1024**3
_MOST_FILES = 64
_CPU_SECONDS = 20  # for one image

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"BM", "BMP"),
)
_NO_LENGTH = frozenset({0x00, 0x01, *range(0xD0, 0xD9)})  # JPEG: stuffed bytes, restarts, start


class RefusedError(Exception):
    """Bytes that are no complete image of an allowed kind; the message goes on after "it"."""


def serve(questions: IO[str], answers: IO[str]) -> None:
    """Answer until the questions end, which they do when the parent dies."""
    for question in questions:
        _allow_cpu()
        answers.write(json.dumps(_answer(**json.loads(question))) + "\n")
        answers.flush()


def inspect(path: Path, formats: Sequence[str]) -> dict[str, Any]:
    """Decode a whole image and say what it is.

    Raises RefusedError, and whatever Pillow makes of hostile bytes.
    """
    from PIL import Image

    with path.open("rb") as file:
        found = _sniff(file.read(32))
        if found not in formats:
            raise RefusedError(f"is {found}, not one of {', '.join(formats)}")
        notes = _trailing(file, found)
    with Image.open(path, formats=[found]) as image:
        width, height = image.size
        _check_pixels(width, height)
        image.verify()
    # Checksums are verified without decoding, and after that an image must be opened anew.
    with Image.open(path, formats=[found]) as image:
        image.load()
    return {"format": found, "width": width, "height": height, "notes": notes}


def picture(path: Path, formats: Sequence[str], wish: Mapping[str, Any]) -> dict[str, Any]:
    """Shrink an image, or a part of it, into a box of pixels; one that fits keeps its size.

    A part is enlarged where the box has room: somebody looks at its pixels. Raises RefusedError,
    and whatever Pillow makes of hostile bytes.
    """
    from PIL import Image

    with Image.open(path, formats=list(formats)) as image:
        _check_pixels(*image.size)
        # Palettes can't be averaged, their entries have no order.
        plain = image if image.mode in {"RGB", "RGBA", "L"} else image.convert("RGBA")
        small = _part(plain, wish["part"], wish["box"]) if wish["part"] else plain
        small.thumbnail(tuple(wish["box"]))
        if wish["graphics"] == "half":
            return _pixels(small)
        from tui.services.drawing import encode

        drawn, data = encode(small, wish["graphics"], wish["ground"], wish["most"])
        sketch = small.convert("RGBA")
        sketch.thumbnail(tuple(wish["sketch"]))
    return {
        "width": drawn.width,
        "height": drawn.height,
        "data": base64.b64encode(data).decode(),
        "sketch": _pixels(sketch),
    }


def _part(image: "Image.Image", part: Sequence[int], box: Sequence[int]) -> "Image.Image":
    left, top, width, height = part
    cut = image.crop((left, top, left + width, top + height))
    factor = min(box[0] / width, box[1] / height)
    if factor <= 1:
        return cut
    # Nearest: what is seen then are the image's own pixels.
    return cut.resize((max(1, int(width * factor)), max(1, int(height * factor))), 0)


def _pixels(image: "Image.Image") -> dict[str, Any]:
    small = image.convert("RGBA")
    rgba = base64.b64encode(small.tobytes()).decode()
    return {"width": small.width, "height": small.height, "rgba": rgba}


def _answer(path: str, formats: list[str], wish: dict[str, Any] | None = None) -> dict[str, Any]:
    try:
        return picture(Path(path), formats, wish) if wish else inspect(Path(path), formats)
    except RefusedError as error:
        return {"error": f"it {error}"}
    except Exception as error:  # noqa: BLE001 - a foreign image may raise anything in a decoder
        return {"error": f"it can't be decoded ({type(error).__name__}: {error})"[:400]}


def _check_pixels(width: int, height: int) -> None:
    if not 0 < width * height <= MOST_PIXELS:
        raise RefusedError(f"has {width}x{height} pixels; 1 to {MOST_PIXELS:,} are decoded")


def _sniff(head: bytes) -> str:
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        return "AVIF, HEIF or a film"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"<", b"{", b"["}:
        return "text (HTML, SVG or JSON)"
    return "no image" if head else "empty"


def _trailing(file: BinaryIO, found: str) -> list[str]:
    """Return a note on bytes after the end; raise RefusedError when the end is not there."""
    size = file.seek(0, 2)
    match found:
        case "PNG":
            end = _end_of_png(file)
        case "JPEG":
            file.seek(0)
            end = _end_of_jpeg(file.read())
        case "WEBP":
            file.seek(4)
            length: int = struct.unpack("<I", file.read(4))[0]
            end = 8 + length
        case _:
            return []
    if end is None or end > size:
        raise RefusedError("is cut off: its end is missing")
    return [f"{size - end:,} bytes after the end of the image, kept"] if size > end else []


def _end_of_png(file: BinaryIO) -> int | None:
    file.seek(8)
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        end = file.seek(length + 4, 1)
        if kind == b"IEND":
            return end
    return None


def _end_of_jpeg(data: bytes) -> int | None:
    at = 2
    # Segments are skipped by their length: the thumbnail inside one has an end marker of its own.
    while 0 <= (at := data.find(b"\xff", at)) < len(data) - 1:
        marker = data[at + 1]
        if marker == 0xD9:
            return at + 2
        if marker == 0xFF:  # a fill byte
            at += 1
        elif marker in _NO_LENGTH:
            at += 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def _limit_everything() -> None:
    _limit(resource.RLIMIT_AS, _MOST_MEMORY)
    _limit(resource.RLIMIT_NOFILE, _MOST_FILES)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)


def _limit(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    with suppress(OSError, ValueError):  # macOS knows RLIMIT_AS and refuses to set it
        resource.setrlimit(kind, (most, most))


def _allow_cpu() -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(usage.ru_utime + usage.ru_stime) + 1 + _CPU_SECONDS
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with suppress(OSError, ValueError):  # a lower hard limit of the user's own stays
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))


def main() -> None:
    """Find Pillow where the parent has it, give up what is not needed, serve."""
    # Isolated Python leaves out PYTHONPATH and the user's own packages, where Pillow and what
    # draws may be.
    sys.path.extend(sys.argv[1:])
    _limit_everything()
    from PIL import (  # imported, each registers its format; no other is ever tried
        BmpImagePlugin,
        GifImagePlugin,
        JpegImagePlugin,
        PngImagePlugin,
        TiffImagePlugin,
        WebPImagePlugin,
    )

    del BmpImagePlugin, GifImagePlugin, JpegImagePlugin, PngImagePlugin
    del TiffImagePlugin, WebPImagePlugin
    sys.stdout.write('{"ready": true}\n')
    sys.stdout.flush()
    serve(sys.stdin, sys.stdout)


if __name__ == "__main__":
    main()
