"""The child process that decodes foreign images: a line of JSON in, a line of JSON out.

Started by its path, isolated, with an empty environment; imports the standard library, Pillow, and
what walks and draws. Question: {"path", "formats"}. Answer: {"format", "width", "height", "notes",
"opaque", "c2pa"} or {"error"}. With a "wish" it asks for a small picture: {"width", "height",
"rgba" in base64}, or, for a terminal's graphics, a drawing with {"data", "sketch"} in its place.
"""

import base64
import json
import resource
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tui.core.language import english

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

    from tui.services.containers import walk

    with path.open("rb") as file:
        found = _sniff(file.read(32))
        if found not in formats:
            raise RefusedError(
                english("is {found}, not one of {formats}", found=found, formats=", ".join(formats))
            )
        container = walk(file, found)
        notes = _trailing(container.end, file.seek(0, 2))
    with Image.open(path, formats=[found]) as image:
        width, height = image.size
        _check_pixels(width, height)
        image.verify()
    # Checksums are verified without decoding, and after that an image must be opened anew.
    with Image.open(path, formats=[found]) as image:
        image.load()
        is_opaque = _is_opaque(image)
    return {
        "format": found,
        "width": width,
        "height": height,
        "notes": notes,
        "opaque": is_opaque,
        "c2pa": container.has_c2pa,
    }


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
        return {"error": english("it {error}", error=error)}
    except Exception as error:  # noqa: BLE001 - a foreign image may raise anything in a decoder
        return {
            "error": english(
                "it can't be decoded ({name}: {error})", name=type(error).__name__, error=error
            )[:400]
        }


def _check_pixels(width: int, height: int) -> None:
    if not 0 < width * height <= MOST_PIXELS:
        raise RefusedError(
            english(
                "has {width}x{height} pixels; 1 to {most_pixels:,} are decoded",
                width=width,
                height=height,
                most_pixels=MOST_PIXELS,
            )
        )


def _sniff(head: bytes) -> str:
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        return english("AVIF, HEIF or a film")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"<", b"{", b"["}:
        return english("text (HTML, SVG or JSON)")
    return english("no image") if head else english("empty")


def _trailing(end: int | None, size: int) -> list[str]:
    """Return a note on bytes after the end; raise RefusedError when the end is not there."""
    if end is None or end > size:
        raise RefusedError(english("is cut off: its end is missing"))
    return (
        [english("{size:,} bytes after the end of the image, kept", size=size - end)]
        if size > end
        else []
    )


def _is_opaque(image: "Image.Image") -> bool:
    if image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")
    if "A" not in image.getbands():
        return "transparency" not in image.info
    return bool(image.getchannel("A").getextrema()[0] == 255)


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
