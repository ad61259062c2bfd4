"""The two streams of a command, which may be closed at any moment."""

import json
import os
import sys
from collections.abc import Mapping
from typing import Any, TextIO

from tui.core.text import clean


def say(line: str) -> None:
    """Write a line to stdout at once; once nobody reads any more, write nothing."""
    _write(sys.stdout, line)


def say_json(record: Mapping[str, Any]) -> None:
    """Write one JSON object as a line of ASCII."""
    say(json.dumps(record, ensure_ascii=True))


def note(text: str) -> None:
    """Write text for people to stderr, cleaned of everything a terminal would act on."""
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
    except OSError as problem:
        _forget(stream)
        if stream is sys.stdout:
            note(f"The output can't be written: {problem.strerror}. Going on without it.")


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
