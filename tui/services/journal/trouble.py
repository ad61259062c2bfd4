"""What an error of SQLite or of the disk means for a person."""

import sqlite3
from pathlib import Path

from tui.services.journal.protocol import DiskError, JournalError

BUSY_SECONDS = 30.0

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_CAUSES = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "it is read-only",
    sqlite3.SQLITE_PERM: "the permissions forbid it",
    sqlite3.SQLITE_CANTOPEN: "it, or a file beside it, can't be opened",
    sqlite3.SQLITE_IOERR: "the disk reports an error",
    sqlite3.SQLITE_BUSY: f"another program has kept it locked for {BUSY_SECONDS:.0f} seconds",
    sqlite3.SQLITE_LOCKED: f"another program has kept it locked for {BUSY_SECONDS:.0f} seconds",
}


def explain(error: sqlite3.Error | OSError, path: Path, network: str | None = None) -> JournalError:
    """Return the error to raise: DiskError, or JournalError when the database is damaged.

    `network` names the network file system that the database lies on.
    """
    if isinstance(error, OSError):
        return DiskError(f"{error.filename or path}: {error.strerror or error}{_advice(network)}")
    # The low byte is the kind of error; the rest says where in SQLite it was seen.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _DAMAGED:
        return JournalError(
            f"{path} is damaged ({error}). Nothing in it has been changed; "
            "move it away to start with an empty history"
        )
    cause = _CAUSES.get(code)
    told = f"{cause} ({error})" if cause else str(error)
    return DiskError(f"{path} could not be used: {told}{_advice(network)}")


def _advice(network: str | None) -> str:
    if not network:
        return ""
    return (
        f". It lies on a network file system ({network}), which may not lock files properly; "
        "XDG_DATA_HOME can name a folder on a local disk"
    )
