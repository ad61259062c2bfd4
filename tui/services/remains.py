"""What the program leaves in its folders, and in those where images go."""

import logging
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from tui.core.keeping import Thing
from tui.services.places import Places
from tui.services.store.originals import ORIGINALS

_LOG = logging.getLogger(__name__)
_NAMES = {
    "quarantine": re.compile(r".*\.bytes", re.DOTALL),
    "answers": re.compile(r"[0-9a-f]{32}\.answer"),
    "references": re.compile(r"[0-9a-f]{64}"),
    "thumbnails": re.compile(r"[0-9a-f]{64}\.\d+x\d+\.rgba"),
}
# What a killed run leaves: never the name of an image or a sidecar.
_PART = re.compile(r"\.(?:[0-9a-f]{10}-\d+\.|check\.)?[0-9a-f]{16}\.part")
# An image that waits for its bucket; it is nobody's once another host has put it there.
_WAITING = re.compile(r"([0-9a-f]{32})-(\d+)\.waiting")
_COPY = re.compile(r".+", re.DOTALL)
_DATABASE_PART = re.compile(r".*\.(?:bak|new|old)\.part(?:-journal)?")


def things(places: Places, folders: Iterable[Path]) -> Iterator[Thing]:
    """Yield all files that may grow too old, `folders` being those where images go."""
    ours = {
        "quarantine": places.quarantine,
        "answers": places.answers,
        "references": places.references,
        "thumbnails": places.thumbnails,
    }
    for kind, folder in ours.items():
        yield from _files(kind, folder, _NAMES[kind])
    copies = _folders(places.data / ORIGINALS)
    for folder in copies:
        yield from _files("originals", folder, _COPY)
    for folder in {*ours.values(), places.spool, *folders, *copies}:
        yield from _files("leftovers", folder, _PART)
    yield from _files("leftovers", places.spool, _WAITING)
    yield from _files("leftovers", places.data, _DATABASE_PART)


def waiting(spool: Path) -> list[tuple[str, int]]:
    """Return the job and the number of each image that waits for its bucket."""
    found = map(spooled_as, _files("leftovers", spool, _WAITING))
    return [one for one in found if one]


def spooled_as(thing: Thing) -> tuple[str, int] | None:
    """Return the job and the number of an image that waits for its bucket; None for others."""
    found = _WAITING.fullmatch(Path(thing.name).name) if thing.kind == "leftovers" else None
    return (found[1], int(found[2])) if found else None


def remove(thing: Thing) -> bool:
    """Remove a file that nobody has used since it was found; whether that is done."""
    try:
        # Used again since it was found? Then it is new.
        if os.lstat(thing.name).st_mtime != thing.modified:
            return False
        Path(thing.name).unlink()
        if thing.kind == "originals":
            with suppress(OSError):  # its sidecar is in there, too
                Path(thing.name).parent.rmdir()
    except OSError as error:
        _LOG.warning("%s can't be removed: %s", thing.name, error.strerror)
        return False
    return True


def _folders(place: Path) -> list[Path]:
    with suppress(OSError), os.scandir(place) as entries:
        return [Path(one.path) for one in entries if one.is_dir(follow_symlinks=False)]
    return []


def _files(kind: str, folder: Path, name: re.Pattern[str]) -> Iterator[Thing]:
    """Yield the regular files of such a name; a folder that is not there has none."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                status = entry.stat(follow_symlinks=False)
                if name.fullmatch(entry.name) and stat.S_ISREG(status.st_mode):
                    yield Thing(kind, entry.path, status.st_size, status.st_mtime)
    except FileNotFoundError:
        return
    except OSError as error:
        _LOG.info("%s can't be swept: %s", folder, error.strerror)
