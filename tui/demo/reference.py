"""Reference images as they come in a body: URLs, data URLs, bare base64."""

import base64
import binascii
import hashlib
import io
import re

from PIL import Image, UnidentifiedImageError

from tui.core.fault import Fault
from tui.core.fields import shown
from tui.core.references import References
from tui.core.request import Reference

_DATA = re.compile(r"data:[\w/+.-]*;base64,", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s/]+", re.IGNORECASE)
_MOST_PIXELS = 80_000_000  # below the size at which Pillow warns
_NO_IMAGE = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,  # Pillow's word for a broken PNG
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


def read_references(field: References, raw: object) -> tuple[list[Reference], list[Fault]]:
    """Read the list, decoding what came as base64."""
    if raw is None:
        return [], []
    if not isinstance(raw, list) or not all(isinstance(one, str) for one in raw):
        return [], [Fault(field.name, shown(raw), "must be an array of URLs or base64 strings")]
    references: list[Reference] = []
    faults: list[Fault] = []
    for number, text in enumerate(raw, start=1):
        found = _read(text, f"image {number}")
        if found is None:
            rule = "is neither a URL nor the base64 of an image"
            faults.append(Fault(field.name, f"image {number}: {shown(text)}", rule))
        else:
            references.append(found)
    return references, faults


def _read(text: str, name: str) -> Reference | None:
    if _URL.match(text):
        return Reference(name=name, url=text)
    try:
        content = base64.b64decode(_DATA.sub("", text, count=1), validate=True)
    except (binascii.Error, ValueError):
        return None
    return _decoded(content, name)


def _decoded(content: bytes, name: str) -> Reference | None:
    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > _MOST_PIXELS:
                return None
            image.load()
            return Reference(
                name=name,
                sha256=hashlib.sha256(content).hexdigest(),
                media_type=Image.MIME.get(image.format or ""),
                bytes=len(content),
                width=image.width,
                height=image.height,
            )
    except _NO_IMAGE:
        return None
