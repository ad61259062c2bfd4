"""Images that come as text: base64, or a `data:` URL."""

import base64
import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from tui.core.language import english

_PREFIX = re.compile(r"\s*data:(?P<type>[^;,]{0,100})(?P<options>[^,]{0,200}),", re.IGNORECASE)
_ALPHABET = bytes.maketrans(b"-_", b"+/")  # the URL-safe one is taken as well
_BLANKS = b" \t\r\n\f\v"


class InlineError(ValueError):
    """Text that no bytes can be read from; the message says why."""


@dataclass(frozen=True, slots=True)
class Inline:
    """The bytes, with the media type a `data:` URL gives them."""

    data: bytes
    media_type: str | None


def is_data_url(text: str) -> bool:
    """Whether text is a `data:` URL rather than one to fetch from."""
    return _PREFIX.match(text) is not None


def read_inline(text: str, most_bytes: int) -> Inline:
    """Read base64 or a `data:` URL; blanks, missing padding and the URL-safe letters are taken.

    Raises InlineError, also past `most_bytes`.
    """
    # Three bytes are four letters, and a percent escape makes three of one.
    if len(text) > most_bytes * 3 + 1024:
        raise InlineError(
            english("it is larger than {most_bytes} MB", most_bytes=most_bytes // 1024**2)
        )
    prefix = _PREFIX.match(text)
    try:
        body = (text[prefix.end() :] if prefix else text).encode("ascii")
    except UnicodeEncodeError:
        raise InlineError(english("it is not base64: it has letters beyond ASCII")) from None
    if prefix:
        body = unquote_to_bytes(body) if b"%" in body else body
    is_plain = prefix is not None and "base64" not in prefix["options"].lower()
    data = body if is_plain else _from_base64(body)
    if len(data) > most_bytes:
        raise InlineError(
            english("it is larger than {most_bytes} MB", most_bytes=most_bytes // 1024**2)
        )
    return Inline(data, (prefix["type"].strip().lower() or None) if prefix else None)


def _from_base64(body: bytes) -> bytes:
    letters = body.translate(_ALPHABET, _BLANKS).rstrip(b"=")
    try:
        return base64.b64decode(letters + b"=" * (-len(letters) % 4), validate=True)
    except ValueError as error:
        raise InlineError(english("it is not base64: {error}", error=error)) from error
