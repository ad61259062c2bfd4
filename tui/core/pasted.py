"""Texts that are nothing but references, as terminals paste what is dragged onto them."""

import re
import shlex
from collections.abc import Iterator

# What is offered and recognised by its name; whether it is one, only its bytes say.
IMAGE_ENDINGS = (
    *("png", "jpg", "jpeg", "jpe", "jfif", "webp", "bmp", "dib", "tif", "tiff", "gif"),
    *("heic", "heif", "avif"),  # of cameras; no model takes them, which is said at the image
)
_LONGEST = 64 * 1024  # characters; a hundred long paths
_IS_IMAGE = re.compile(rf"\.(?:{'|'.join(IMAGE_ENDINGS)})$", re.IGNORECASE)
_PATH = re.compile(r"~?/|~\w+/")
_LOCAL_URL = re.compile(r"file://\S+$", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s/?#]\S*$", re.IGNORECASE)
_INLINE = re.compile(r"data:image/\S+$", re.IGNORECASE)
_NEXT = re.compile(r"\s+(?=~?/|(?:file|https?)://)", re.IGNORECASE)
_QUOTES = re.compile(r"^['\"]|\s['\"]|\\")
_WINDOWS = re.compile(r"['\"]?([a-zA-Z]):\\(.*?)['\"]?$")


def sources_in(text: str) -> tuple[str, ...]:
    """Return the paths and URLs that a text consists of; none as soon as it holds anything else.

    A path is absolute, or begins at home, and ends as images do; it may be quoted or escaped for
    a shell, or be a `file://` URL. They stand one a line, or beside each other.
    """
    if len(text) > _LONGEST:
        return (text.strip(),) if _INLINE.match(text.strip()) else ()
    lines = (line.strip() for line in text.splitlines())
    found = [one for line in lines if line and line[0] != "#" for one in _parts(line)]
    return tuple(dict.fromkeys(found)) if all(map(_is_source, found)) else ()


def is_image_name(name: str) -> bool:
    """Whether a file's name ends as that of an image does."""
    return _IS_IMAGE.search(name) is not None


def is_local(source: str) -> bool:
    """Whether a source is a file of this machine."""
    return not (_URL.match(source) or _INLINE.match(source))


def _parts(line: str) -> Iterator[str]:
    if windows := _WINDOWS.match(line):  # where WSL has that drive
        yield f"/mnt/{windows[1].lower()}/{windows[2]}".replace("\\", "/")
        return
    if _QUOTES.search(line):
        try:
            yield from shlex.split(line)
        except ValueError:  # a quote that is none
            pass
        else:
            return
    yield from _NEXT.split(line)


def _is_source(part: str) -> bool:
    if _PATH.match(part):
        return is_image_name(part)
    return any(pattern.match(part) for pattern in (_LOCAL_URL, _URL, _INLINE))
