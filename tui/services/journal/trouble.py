"""What an error of SQLite or of the disk means for a person."""

import errno
import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from tui.core.language import _
from tui.services.journal.protocol import DamagedError, DiskError, JournalError

BUSY_SECONDS = 30.0

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_CAUSES = {
    sqlite3.SQLITE_FULL: _("the disk is full"),
    sqlite3.SQLITE_READONLY: _("it is read-only"),
    sqlite3.SQLITE_PERM: _("the permissions forbid it"),
    sqlite3.SQLITE_CANTOPEN: _("it, or a file beside it, can't be opened"),
    sqlite3.SQLITE_IOERR: _("the disk reports an error"),
    sqlite3.SQLITE_BUSY: _(
        "another program has kept it locked for {busy_seconds:.0f} seconds",
        busy_seconds=BUSY_SECONDS,
    ),
    sqlite3.SQLITE_LOCKED: _(
        "another program has kept it locked for {busy_seconds:.0f} seconds",
        busy_seconds=BUSY_SECONDS,
    ),
}

_ELSEWHERE = _("; XDG_DATA_HOME can name another folder for the jobs")
_REMEDIES = {
    errno.EROFS: _ELSEWHERE,
    errno.EACCES: _ELSEWHERE,
    errno.EPERM: _ELSEWHERE,
    errno.ENOSPC: _("; free some space"),
}


def explain(error: sqlite3.Error | OSError, path: Path, network: str | None = None) -> JournalError:
    """Return the error to raise: DiskError, or DamagedError, which the next start looks into.

    `network` names the network file system that the database lies on.
    """
    if isinstance(error, OSError):
        told = _(
            "Can't write to {filename}: {strerror}",
            filename=error.filename or path,
            strerror=error.strerror or error,
        )
        remedy = advice(network) or _REMEDIES.get(error.errno or 0, "")
        return DiskError(told + remedy)
    if is_damage(error):
        set_mark(path)
        return DamagedError(
            _(
                "{path} is damaged ({error}). The next start saves what can be read of it",
                path=path,
                error=error,
            )
        )
    cause = _CAUSES.get(_kind(error))
    told = f"{cause} ({error})" if cause else str(error)
    return DiskError(
        _("{path} could not be used: {told}{advice}", path=path, told=told, advice=advice(network))
    )


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error means that the file is not what was written."""
    # Text that is no UTF-8 is noticed by Python, and has no code; a format number that no SQLite
    # has ever written has the code of any wrong statement.
    said = str(error)
    return _kind(error) in _DAMAGED or "Could not decode" in said or "unsupported file" in said


def set_mark(path: Path) -> None:
    """Note beside a database that it is damaged, for the next start."""
    with suppress(OSError):
        os.close(os.open(_mark(path), os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600))


def has_mark(path: Path) -> bool:
    """Whether a database was found damaged before."""
    return _mark(path).exists()


def remove_mark(path: Path) -> None:
    """Note that the damage is mended."""
    _mark(path).unlink(missing_ok=True)


def _mark(path: Path) -> Path:
    return path.with_name(f"{path.name}.is-damaged")


def _kind(error: sqlite3.Error) -> int:
    # The low byte is the kind of error; the rest says where in SQLite it was seen.
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def advice(network: str | None) -> str:
    """Say what is to be expected of a network file system; nothing on a local disk."""
    if not network:
        return ""
    return _(
        ". It lies on a network file system ({network}), which may not lock files properly; "
        "XDG_DATA_HOME can name a folder on a local disk",
        network=network,
    )
