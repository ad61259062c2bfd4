"""The file that a batch is read from, once to check it and once to send it."""

import hashlib
import json
import shutil
import sys
import tempfile
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Self

from tui.core.language import _

_ENDINGS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "csv", ".txt": "lines"}


class SourceError(Exception):
    """A file that can't be read; the message says why."""


class Format(StrEnum):
    """How rows are written."""

    JSONL = "jsonl"
    CSV = "csv"
    LINES = "lines"


class Source:
    """A batch file, or standard input kept aside so that it can be read twice.

    `name` tells it from other batches, `folder` is where its reference paths begin.
    """

    def __init__(self, file: BinaryIO, path: Path | None, digest: str = "") -> None:
        self._file = file
        self._path = path
        # In English whoever reads it: by another name the same rows would be paid for once more.
        self.name = str(path) if path else f"standard input {digest}"
        self.title = path.stem if path else "batch"
        self.folder = path.parent if path else Path.cwd()

    @classmethod
    def open(cls, name: str) -> Self:
        """Open a file, `-` being standard input; raises SourceError."""
        try:
            if name != "-":
                path = Path(name).expanduser().resolve()
                file = path.open("rb")
                if path.is_file():
                    return cls(file, path)
                with file:
                    return cls(*_kept_aside(file, path))
            if sys.stdin is None or sys.stdin.closed:
                raise SourceError(_("-: there is no standard input to read from"))
            return cls(*_kept_aside(sys.stdin.buffer, None))
        except (OSError, RuntimeError, ValueError) as error:
            reason = getattr(error, "strerror", None) or _("it is no name a file can have")
            raise SourceError(
                _("{name} can't be read: {reason}", name=name, reason=reason)
            ) from error

    def rewound(self) -> BinaryIO:
        """Return the file at its beginning; one reader at a time."""
        self._file.seek(0)
        return self._file

    def format(self) -> Format:
        """Tell the format by the file's ending, or by its first line."""
        ending = self._path.suffix.lower() if self._path else ""
        if ending in _ENDINGS:
            return Format(_ENDINGS[ending])
        for line in self.rewound():
            if line.strip():
                with suppress(ValueError, RecursionError):
                    if isinstance(json.loads(line.removeprefix(b"\xef\xbb\xbf")), dict):
                        return Format.JSONL
                break
        return Format.LINES

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _kept_aside(stream: BinaryIO, path: Path | None) -> tuple[BinaryIO, Path | None, str]:
    kept = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the source
    shutil.copyfileobj(stream, kept)
    kept.seek(0)
    return kept, path, hashlib.file_digest(kept, "sha256").hexdigest()
