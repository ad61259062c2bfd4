"""A gateway key that does not show itself."""

import hashlib
import hmac

from tui.core.language import _
from tui.services.hardening import keep_out_of_dumps
from tui.services.log import hide

_HIDDEN = "***"
_FOREIGN = "@"  # between a fingerprint and its own salt
_SHORTEST_SHOWN = 20  # of a shorter key four characters would be too large a part


class ApiKeyError(Exception):
    """There is no usable key; the message says what to do.

    ApiKeyError
    ├── BadKeyError         what was given can't be a key
    ├── KeyCommandError     key_command failed, or took too long
    └── KeyFileError        the key file may be known to others, or can't be used
    """


class BadKeyError(ApiKeyError):
    """A text that can't be a key."""


class KeyCommandError(ApiKeyError):
    """The command of the settings gave no key."""


class KeyFileError(ApiKeyError):
    """A key file or its folder that must not, or can't, be used."""


class Key:
    """A key; printed, formatted, logged or pickled it is `***`.

    White space around it is dropped; raises BadKeyError unless the rest is visible ASCII.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        trimmed = text.strip("\ufeff \t\r\n")
        if not trimmed:
            raise BadKeyError(_("The key is empty."))
        if not all("!" <= char <= "~" for char in trimmed):
            raise BadKeyError(
                _(
                    "The key holds a blank, a line break or a letter outside ASCII; "
                    "copy it again, the key alone."
                )
            )
        self._text = trimmed
        hide(trimmed)
        keep_out_of_dumps()

    def reveal(self) -> str:
        """Return the key itself, for the header of a request and for nothing else."""
        return self._text

    @property
    def masked(self) -> str:
        """A hint by which its owner knows it, such as `sk-…a1b2`."""
        if len(self._text) < _SHORTEST_SHOWN:
            return _HIDDEN
        start = "sk-" if self._text.startswith("sk-") else ""
        return f"{start}…{self._text[-4:]}"

    def __repr__(self) -> str:
        return _HIDDEN

    def __format__(self, _spec: str) -> str:
        return _HIDDEN

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (_HIDDEN,)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Key):
            return NotImplemented
        return hmac.compare_digest(self._text, other._text)

    def __hash__(self) -> int:
        return hash(self._text)


def fingerprint(key: Key, salt: bytes) -> str:
    """Return eight hexadecimal digits that tell keys apart and tell nothing about them."""
    return hashlib.sha256(salt + key.reveal().encode()).hexdigest()[:8]


def carried(mark: str, salt: bytes) -> str:
    """Return a fingerprint as it is kept where another salt is in use."""
    return mark if _FOREIGN in mark else f"{mark}{_FOREIGN}{salt.hex()}"


def is_of(key: Key, mark: str | None) -> bool:
    """Whether a fingerprint that was carried in from elsewhere is this key's."""
    digits, _sign, salt = (mark or "").partition(_FOREIGN)
    try:
        return bool(salt) and fingerprint(key, bytes.fromhex(salt)) == digits
    except ValueError:  # nobody's, whoever wrote it
        return False
