"""Files that are complete or absent, and never replace another."""

import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tui.core.job import Job
from tui.core.language import english
from tui.core.naming import numbered

_REMEDIES = {
    errno.ENOSPC: english("the disk is full; free some space"),
    errno.EDQUOT: english("your disk quota is used up; free some space"),
    errno.ENOENT: english("there is no such place; choose another folder with --output-dir"),
    errno.EROFS: english("it is on a read-only disk; choose another folder with --output-dir"),
    errno.EACCES: english("you may not write there; choose another folder with --output-dir"),
    errno.EPERM: english("you may not write there; choose another folder with --output-dir"),
    errno.ENOTDIR: english(
        "it, or something above it, is a file; choose another folder with --output-dir"
    ),
    errno.EEXIST: english("it is a file, not a folder; choose another folder with --output-dir"),
    errno.ENAMETOOLONG: english(
        "the name is too long for this disk; choose a shorter name template"
    ),
    errno.EFBIG: english("a limit on file sizes is in the way (ulimit -f)"),
}
# Of a folder that is asked for each time, and that --output-dir has no say in.
_REMEDIES_OF_COPIES = _REMEDIES | {
    errno.ENOENT: english("there is no such place; choose another folder"),
    errno.EROFS: english("it is on a read-only disk; choose another folder"),
    errno.EACCES: english("you may not write there; choose another folder"),
    errno.EPERM: english("you may not write there; choose another folder"),
    errno.ENOTDIR: english("it, or something above it, is a file; choose another folder"),
    errno.EEXIST: english("it is a file, not a folder; choose another folder"),
}
_NO_LINKS = frozenset({errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK})
_NO_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF})


class StorageError(Exception):
    """This machine can't keep a file; the message names the place and the remedy."""


@contextmanager
def on_disk(place: Path, *, copies: bool = False) -> Iterator[None]:
    """Turn an OSError into a StorageError about `place`, where images go or `copies` of them."""
    remedies = _REMEDIES_OF_COPIES if copies else _REMEDIES
    try:
        yield
    except OSError as error:
        reason = remedies.get(error.errno or 0, error.strerror or str(error))
        raise StorageError(
            english("Can't write to {place}: {reason}.", place=place, reason=reason)
        ) from error


def check_folder(folder: Path) -> None:
    """Make a folder if need be, and prove that it can be written to.

    Raises StorageError.
    """
    with on_disk(folder):
        part = new_part(folder, ".check.")
        sweep(folder, ".check.")  # another process's, swept in mid-check, has proved the same
        try:
            with open(part, "xb", opener=private) as file:
                file.write(b"imagedeck")
        finally:
            part.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, durable; 0700 if it is new."""
    if folder.is_dir():
        return
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in missing:
        sync_folder(one.parent)


def new_part(folder: Path, prefix: str) -> Path:
    """Return a path nobody can guess, for a file that gets its name once it is complete."""
    make_folder(folder)
    return folder / f"{prefix}{secrets.token_hex(8)}.part"


def part_of(folder: Path, job: Job, index: int, fence: int) -> Path:
    """Return the path at which the owner of a job by that fence writes an image, or its sidecar."""
    return folder / f".{job.short_id}-{index}.{fence:016x}.part"


def private(path: str, flags: int) -> int:
    """Open a file as `open(…, "xb", opener=private)` does: only ours, and never through a link."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def sweep(folder: Path, prefix: str) -> None:
    """Remove what killed runs have left under `prefix`."""
    for leftover in folder.glob(f"{prefix}*.part"):
        with suppress(OSError):  # it costs its space and nothing else
            leftover.unlink()


def place(part: Path, stem: str, ending: str, sha256: str) -> Path:
    """Give a complete part its name, durably: `stem.ending`, or `stem_2.ending` and so on.

    A name that exists is taken for the same file only if its content is equal.
    """
    sync_file(part)
    size = part.stat().st_size
    for path in map(part.with_name, numbered(stem, ending)):
        try:
            link(part, path)
        except FileExistsError:
            if not _holds(path, size, sha256):
                continue
        sync_folder(part.parent)
        return path
    raise AssertionError("there is always a next number")


def link(part: Path, path: Path) -> None:
    """Give a part a second, final name; raises FileExistsError when that one is taken."""
    try:
        os.link(part, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # No hard links here (FAT, Android): reserve the name, then move onto the reservation.
        # A copy would leave half a file behind if it were cut off.
        with open(path, "xb", opener=private):
            pass
        part.replace(path)


def sync_file(path: Path) -> None:
    """Make a file's content durable."""
    descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make a folder's entries durable, where the file system can do that."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
    finally:
        os.close(descriptor)


def _holds(path: Path, size: int, sha256: str) -> bool:
    """Whether a path is a regular file, not a link, of that content."""
    try:
        with open(path, "rb", opener=_cautious) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_size != size:
                return False
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:  # a folder, a link, or not ours to read
        return False


def _cautious(path: str, flags: int) -> int:
    # Not blocking: somebody may have put a FIFO there.
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
