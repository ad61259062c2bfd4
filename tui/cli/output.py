"""The two streams of a command, which may be closed at any moment."""

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, TextIO

from tui.core.language import _
from tui.core.retelling import retold
from tui.core.text import clean


class OutputError(Exception):
    """Stdout leads to where nothing can be written, such as a full disk."""


def say(line: str) -> None:
    """Write a line to stdout at once; once nobody reads any more, write nothing.

    Raises OutputError, and only once: what comes later goes nowhere.
    """
    try:
        _write(sys.stdout, line)
    except OSError as problem:
        raise OutputError(
            _("The output can't be written: {strerror}.", strerror=retold(problem.strerror or ""))
        ) from problem


def say_json(record: Mapping[str, Any]) -> None:
    """Write one JSON object as a line of ASCII; raises OutputError."""
    say(json_line(record))


def json_line(record: Mapping[str, Any]) -> str:
    """Return one JSON object as a line of ASCII."""
    return json.dumps(record, ensure_ascii=True)


def note(text: str) -> None:
    """Write text for people to stderr, cleaned of everything a terminal would act on."""
    with suppress(OSError):  # there is nowhere left to complain
        _write(sys.stderr, clean(text, lines=True))


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody looks at it."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def _write(stream: TextIO | None, line: str) -> None:
    if stream is None or stream.closed:
        return
    try:
        stream.buffer.write(_encoded(f"{line}\n", stream.encoding))
        stream.flush()
    except BrokenPipeError:
        _forget(stream)
    except OSError:
        _forget(stream)
        raise


def _encoded(text: str, encoding: str) -> bytes:
    try:
        return text.encode(encoding, "surrogateescape")  # a path, byte for byte
    except UnicodeEncodeError:
        return text.encode(encoding, "backslashreplace")


def _forget(stream: TextIO) -> None:
    # The interpreter flushes its streams at the end, and must not stumble over this one.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
