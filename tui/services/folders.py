"""The folders in which a person looks for images."""

import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tui.core.language import _
from tui.core.pasted import is_image_name
from tui.core.retelling import retold

MOST_NAMES = 100_000  # looked at in one folder
_DIGITS = re.compile(r"(\d+)")


class FolderError(Exception):
    """A folder that can't be looked into; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A folder, or a file named as images are. `problem` says why it can't be opened.

    The name is as the disk has it: controls and bytes that are no UTF-8 included.
    """

    name: str
    path: str
    is_folder: bool = False
    bytes: int = 0
    changed: float = 0.0  # Unix seconds
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Folder:
    """What is in a folder, folders first, and whether that is not all of it."""

    path: str
    entries: tuple[Entry, ...]
    hidden: int = 0  # left out, for the dot before their names
    is_cut: bool = False


def look_into(path: str, *, hidden: bool = False) -> Folder:
    """Return the folders and images in a folder, by name; raises FolderError."""
    found: list[Entry] = []
    left_out = seen = 0
    try:
        where = whole(path)
        with os.scandir(where) as entries:
            for entry in entries:
                seen += 1
                if seen > MOST_NAMES:
                    break
                one = _entry(entry)
                if one and not hidden and one.name.startswith("."):
                    left_out += 1
                elif one:
                    found.append(one)
    except (OSError, ValueError) as error:  # a null byte
        reason = error.strerror if isinstance(error, OSError) else _("no folder has such a name")
        raise FolderError(_("{reason}: {path}", reason=retold(reason or ""), path=path)) from error
    return Folder(where, tuple(in_order(found)), left_out, seen > MOST_NAMES)


def in_order(entries: Iterable[Entry], *, newest_first: bool = False) -> list[Entry]:
    """Return entries as people look for them: folders first, 2 before 10, or newest first."""
    if newest_first:
        return sorted(entries, key=lambda one: (not one.is_folder, -one.changed))
    return sorted(entries, key=_by_name)


def matching(entries: Sequence[Entry], words: str) -> list[Entry]:
    """Return the entries with all of these words in their names."""
    wanted = _plain(words).split()
    return [one for one in entries if all(word in _plain(one.name) for word in wanted)]


def parent_of(path: str) -> str:
    """Return the folder that a folder is in; the topmost one is in itself."""
    return str(Path(path).parent)


def whole(path: str) -> str:
    """Return a path from the root on; a home that there is none of is left as it is."""
    try:
        # Not resolved: up from a linked folder is where one came from.
        return os.path.normpath(Path(path).expanduser().absolute())
    except RuntimeError:
        return path


def standing(paths: Iterable[str]) -> list[Entry]:
    """Return those of these folders that are there, under their whole paths, each once."""
    known = dict.fromkeys(map(whole, paths))
    return [Entry(path, path, is_folder=True) for path in known if _is_there(path)]


def _is_there(path: str) -> bool:
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):
        return False


def _entry(entry: "os.DirEntry[str]") -> Entry | None:
    try:
        if entry.is_dir():
            return Entry(entry.name, entry.path, True, changed=_changed(entry))
    except OSError:  # a link in a circle
        pass
    if not is_image_name(entry.name):
        return None
    one = Entry(entry.name, entry.path)
    try:
        status = entry.stat()
    except OSError as error:
        why = _("a link that leads nowhere") if entry.is_symlink() else f"{error.strerror}"
        return replace(one, problem=why)
    if not stat.S_ISREG(status.st_mode):
        return replace(one, problem=_("a pipe or a device, not a file"))
    return replace(one, bytes=status.st_size, changed=status.st_mtime)


def _changed(entry: "os.DirEntry[str]") -> float:
    try:
        return entry.stat().st_mtime
    except OSError:
        return 0.0


def _by_name(entry: Entry) -> tuple[bool, list[tuple[int, str]]]:
    parts = _DIGITS.split(_plain(entry.name))
    # A number is compared by its length first: int() would refuse thousands of digits.
    return not entry.is_folder, [
        (len(part.lstrip("0")), part.lstrip("0")) if at % 2 else (0, part)
        for at, part in enumerate(parts)
    ]


def _plain(text: str) -> str:
    # A name may be written with its accents apart, as macOS does.
    return unicodedata.normalize("NFC", text).casefold()
