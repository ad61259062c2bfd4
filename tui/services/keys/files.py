"""Key files, each for one origin and profile."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from tui.core.language import _
from tui.core.retelling import retold
from tui.services.keys.key import BadKeyError, Key, KeyFileError
from tui.services.places import PlaceError, private_folder

_MOST_BYTES = 4096
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read(path: Path) -> Key | None:
    """Read a key file that nobody else can have read; None when there is none.

    Raises KeyFileError when others could, or it can't be read.
    """
    if not path.parent.exists():
        return None
    _check_folder(path.parent)
    try:
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = (
            _("is a symbolic link")
            if path.is_symlink()
            else _("can't be read: {strerror}", strerror=retold(error.strerror or ""))
        )
        raise KeyFileError(
            _("The key file {path} {reason}. {again}", path=path, reason=reason, again=_again(path))
        ) from error
    with os.fdopen(number, "rb") as file:
        _check(path, os.fstat(number))
        content = file.read(_MOST_BYTES)
    try:
        return Key(content.decode("utf-8", "replace"))
    except BadKeyError as error:
        raise KeyFileError(
            _(
                "The key file {path} holds no key. {error} {again}",
                path=path,
                error=error,
                again=_again(path),
            )
        ) from error


def write(path: Path, key: Key) -> None:
    """Write the key file whole or not at all, 0600 in a 0700 folder.

    Raises KeyFileError.
    """
    try:
        private_folder(path.parent)
    except PlaceError as error:
        raise KeyFileError(str(error)) from error
    _check_folder(path.parent)
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        number = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(number, "w", encoding="ascii") as file:
            file.write(f"{key.reveal()}\n")
            file.flush()
            os.fsync(number)
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink()
        raise KeyFileError(
            _(
                "The key can't be written to {path}: {strerror}.",
                path=path,
                strerror=retold(error.strerror or ""),
            )
        ) from error


def remove(path: Path) -> bool:
    """Delete the key file; False when there was none.

    Raises KeyFileError.
    """
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise KeyFileError(
            _(
                "{path} can't be deleted: {strerror}.",
                path=path,
                strerror=retold(error.strerror or ""),
            )
        ) from error
    return True


def _check_folder(folder: Path) -> None:
    try:
        status = private_folder(folder).stat()
    except PlaceError as error:
        raise KeyFileError(str(error)) from error
    if status.st_mode & _OTHERS:
        raise KeyFileError(
            _(
                "Other users can look into the folder of the key files. Run: chmod 700 '{folder}'",
                folder=folder,
            )
        )


def _check(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise KeyFileError(_("{path} is not a file. {again}", path=path, again=_again(path)))
    if status.st_uid != os.geteuid():
        raise KeyFileError(
            _(
                "The key file {path} belongs to another user (number {st_uid}). {again}",
                path=path,
                st_uid=status.st_uid,
                again=_again(path),
            )
        )
    if status.st_mode & _OTHERS:
        raise KeyFileError(
            _(
                "Other users can read the key file. Run: chmod 600 '{path}' "
                "(and think about a new key).",
                path=path,
            )
        )


def _again(path: Path) -> str:
    return _(
        "Move {name} out of {parent}, then run `imagedeck key set`.",
        name=path.name,
        parent=path.parent,
    )
