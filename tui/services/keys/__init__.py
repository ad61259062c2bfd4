"""The gateway's key: where it comes from, where it is kept."""

from tui.services.keys.command import KEY_VARIABLE, without_key
from tui.services.keys.key import (
    ApiKeyError,
    BadKeyError,
    Key,
    KeyCommandError,
    KeyFileError,
    carried,
    fingerprint,
    is_of,
)
from tui.services.keys.sources import (
    FoundKey,
    find_key,
    forget_key,
    key_source,
    no_key,
    store_key,
)

__all__ = [
    "KEY_VARIABLE",
    "ApiKeyError",
    "BadKeyError",
    "FoundKey",
    "Key",
    "KeyCommandError",
    "KeyFileError",
    "carried",
    "find_key",
    "fingerprint",
    "forget_key",
    "is_of",
    "key_source",
    "no_key",
    "store_key",
    "without_key",
]
