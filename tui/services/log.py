"""The log file, without secrets."""

import base64
import json
import logging
import os
import re
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from urllib.parse import quote, quote_plus

from tui.core.text import clean
from tui.services.places import PlaceError, Places, private_folder

_MOST_BYTES = 2 * 1024**2
_OLD_FILES = 2
_SHORTEST_SECRET = 8  # shorter ones would shred ordinary words, and no gateway gives them out
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# Looked for from the question mark on: from a slash on, a megabyte of base64 would take hours.
_QUERY = re.compile(r"""(?<=[^\s?"'<>])\?[^\s"'<>]+""")
_USER_IN_URL = re.compile(r"""(://)[^\s/?#"'<>@]+@""")
_CHATTY = ("httpx", "httpcore", "aiohttp", "asyncio", "PIL", "keyring")

_secrets: set[str] = set()


def hide(secret: str) -> None:
    """Never let this secret into a log or a crash report again, however it is encoded."""
    if len(secret) >= _SHORTEST_SECRET:
        in_urls = (quote(secret), quote(secret, safe=""), quote_plus(secret))
        in_quotes = (repr(secret)[1:-1], json.dumps(secret)[1:-1])
        _secrets.update((secret, *in_urls, *in_quotes, *_in_base64(secret.encode())))


def redact(text: str) -> str:
    """Return text without the hidden secrets, without the query strings and users of URLs."""
    return _USER_IN_URL.sub(r"\1***@", _QUERY.sub("?***", without_secrets(text)))


def without_secrets(text: str) -> str:
    """Return text without the hidden secrets; its URLs stay as they are."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def start_log(places: Places) -> None:
    """Write the log to its file from now on, whoever logs; never raises, never to a terminal.

    Where the file can't be written, nothing is logged at all.
    """
    root = logging.getLogger()
    if is_logging():
        return
    root.setLevel(logging.INFO)
    quieten(*_CHATTY)
    try:
        private_folder(places.state)
    except PlaceError:
        root.addHandler(logging.NullHandler())  # or the last resort would write to stderr
        return
    handler = _Quiet(
        places.log_file, maxBytes=_MOST_BYTES, backupCount=_OLD_FILES, encoding="utf-8", delay=True
    )
    handler.setFormatter(_Redacting(_FORMAT))
    root.addHandler(handler)


def quieten(*names: str) -> None:
    """Let these libraries log only what is odd."""
    for name in names:
        logging.getLogger(name).setLevel(logging.WARNING)


def is_logging() -> bool:
    """Whether the log is being written."""
    return any(isinstance(one, _Quiet) for one in logging.getLogger().handlers)


class _Redacting(logging.Formatter):
    """Redacts the finished text: message, arguments, exception and stack alike."""

    def format(self, record: logging.LogRecord) -> str:
        return clean(redact(super().format(record)), lines=True)


class _Quiet(RotatingFileHandler):
    """A rotating file for this user alone that stays silent when it can't be written."""

    def _open(self) -> TextIOWrapper:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
        number = os.open(self.baseFilename, flags, 0o600)
        return os.fdopen(number, "a", encoding="utf-8", errors="backslashreplace")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Do nothing: a full disk is no reason to stop, or to write over the screen."""


def _in_base64(secret: bytes) -> list[str]:
    # Within a longer text a secret starts at any of three offsets; the characters that it
    # shares with its neighbours are left out.
    forms: list[str] = []
    for offset, shared in ((0, 0), (1, 2), (2, 3)):
        whole = (offset + len(secret)) * 8 // 6
        plain = base64.b64encode(b"\0" * offset + secret).decode()[shared:whole]
        forms += [plain, plain.replace("+", "-").replace("/", "_")]
    return forms
