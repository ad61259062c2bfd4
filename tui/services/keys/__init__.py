"""The gateway's key: where it comes from, where it is kept."""

from tui.services.keys.key import (
    ApiKeyError,
    BadKeyError,
    Key,
    KeyCommandError,
    KeyFileError,
)

__all__ = [
    "ApiKeyError",
    "BadKeyError",
    "Key",
    "KeyCommandError",
    "KeyFileError",
]
