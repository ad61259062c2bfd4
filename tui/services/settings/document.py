"""A settings file as it was read."""

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

from tui.core.language import _
from tui.core.retelling import retold
from tui.services.settings.lines import key_lines
from tui.services.settings.values import SettingsError

_MOST_BYTES = 256 * 1024
_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True, slots=True)
class Document:
    """The values of a file, with the line of each key."""

    file: Path
    tree: Mapping[str, Any]
    lines: Mapping[tuple[str, ...], int]

    @classmethod
    def parse(cls, text: str, file: Path) -> Self:
        """Read TOML; raises SettingsError with the line of the first fault."""
        import tomllib  # only where there is a file: most have none

        text = text.removeprefix("\ufeff")
        try:
            tree = tomllib.loads(text, parse_float=Decimal)
        except tomllib.TOMLDecodeError as error:
            found = _AT.search(str(error))
            last = text.rstrip().count("\n") + 1
            line = found[1] if found and found[1] else last
            what = _AT.sub("", str(error))
            raise SettingsError(
                _(
                    "{file}:{line}: this is no TOML: {what}; correct it here",
                    file=file,
                    line=line,
                    what=what,
                )
            ) from error
        except (ValueError, RecursionError) as error:
            raise SettingsError(
                _("{file}: a number is too long, or lists are too deep", file=file)
            ) from error
        return cls(file, tree, key_lines(text))

    def line(self, path: tuple[str, ...]) -> int:
        """Return the line of a key, or of the innermost table around it that has one."""
        around = (path[:length] for length in range(len(path), 0, -1))
        return next((self.lines[one] for one in around if one in self.lines), 1)

    def where(self, path: tuple[str, ...]) -> str:
        """Return that line as `FILE:LINE`."""
        return f"{self.file}:{self.line(path)}"


def read_document(file: Path) -> Document | None:
    """Read a settings file; None when there is no such file.

    Raises SettingsError when it can't be read or is no TOML.
    """
    text = read_text(file)
    return None if text is None else Document.parse(text, file)


def read_text(file: Path) -> str | None:
    """Return a settings file's text; None when there is no such file.

    Raises SettingsError when it can't be read.
    """
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            raise SettingsError(_("{file}: is not a file: move it out of the way", file=file))
        if status.st_size > _MOST_BYTES:
            raise SettingsError(
                _(
                    "{file}: is larger than {most_bytes} KiB: shorten it",
                    file=file,
                    most_bytes=_MOST_BYTES // 1024,
                )
            )
        raw = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise SettingsError(
            _("{file}: can't be read: {strerror}", file=file, strerror=retold(error.strerror or ""))
        ) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SettingsError(
            _("{file}:{line}: this is no UTF-8: save it as UTF-8", file=file, line=line)
        ) from error
