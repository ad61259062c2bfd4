"""The mark of a database whose jobs have gone to a shared one: nobody works with it any more."""

import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from tui.core.language import _
from tui.services.files import private
from tui.services.journal.protocol import JournalError
from tui.services.journal.storage import alone

# In the place of the format: programs that know nothing of moving take it for a newer one's, and
# refuse it. Otherwise they would send once more what waits in it.
MOVED = 999
_TABLE = (
    "CREATE TABLE moved (only INTEGER PRIMARY KEY CHECK (only = 1), place TEXT NOT NULL, "
    "salt BLOB NOT NULL, version INTEGER NOT NULL, since REAL NOT NULL, whole INTEGER NOT NULL)"
)
# Who was suspended all the while and has the file open still would go on with what it had: nothing
# of a job, or of an attempt, is written here any more.
_GUARDS = tuple(
    (f"moved_{table}_{act}", f"BEFORE {act} ON {table}")
    for table in ("jobs", "attempts")
    for act in ("INSERT", "UPDATE")
)
_GUARD = (
    "CREATE TRIGGER IF NOT EXISTS {name} {when} "
    "BEGIN SELECT RAISE(ABORT, 'its jobs have been moved to a shared database'); END"
)
_READ = "SELECT place, salt, version, whole FROM moved"
_WRITE = (
    "INSERT INTO moved (only, place, salt, version, since, whole) VALUES (1, ?, ?, ?, ?, 0) "
    "ON CONFLICT (only) DO UPDATE SET place = excluded.place, salt = excluded.salt, whole = 0"
)


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the jobs are: HOST:PORT/NAME, and the salt that this very database has.

    `version` is the format of the tables that stay behind, `is_whole` whether all has arrived.
    """

    place: str
    salt: bytes
    version: int
    is_whole: bool


def read(db: sqlite3.Connection) -> Moved | None:
    """Return where the jobs of a database have gone; None where they are still in it."""
    if int(db.execute("PRAGMA user_version").fetchone()[0]) != MOVED:
        return None
    place, salt, version, whole = db.execute(_READ).fetchone()
    return Moved(str(place), bytes(salt), int(version), bool(whole))


def set_mark(db: sqlite3.Connection, path: Path, place: str, salt: bytes, version: int) -> None:
    """Let nobody work with a database from now on; durable when it returns."""
    # First beside it: what is read of a damaged file must not come to life either.
    with open(note_of(path), "w", encoding="utf-8", opener=private) as file:
        file.write(f"{place}\n")
    with alone(db):
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'moved'").fetchone():
            db.execute(_TABLE)
        db.execute(_WRITE, (place, salt, version, time.time()))
        for name, when in _GUARDS:
            db.execute(_GUARD.format(name=name, when=when))
        db.execute(f"PRAGMA user_version = {MOVED:d}")


def set_whole(db: sqlite3.Connection) -> None:
    """Note that all has arrived."""
    db.execute("UPDATE moved SET whole = 1")


def take_off(db: sqlite3.Connection, path: Path, version: int) -> None:
    """Let a database of this format be worked with again; durable when it returns."""
    with alone(db):
        db.execute("DROP TABLE moved")
        for name, _when in _GUARDS:
            db.execute(f"DROP TRIGGER IF EXISTS {name}")
        db.execute(f"PRAGMA user_version = {version:d}")
    note_of(path).unlink(missing_ok=True)


def note_of(path: Path) -> Path:
    """Return the file beside a database that says the same."""
    return path.with_name(f"{path.name}.moved")


def place_noted(path: Path) -> str | None:
    """Return what that file says; None where there is none."""
    note = note_of(path)
    return note.read_text(encoding="utf-8").strip() if note.exists() else None


def refuse(db: sqlite3.Connection, path: Path) -> None:
    """Raise JournalError for a database whose jobs are elsewhere."""
    found = read(db)
    if found is None:
        return
    if not found.is_whole:
        raise JournalError(
            _(
                "The jobs of {path} are being moved to {place}, and that was cut short; "
                "`imagedeck migrate --to postgresql://…` goes on with it",
                path=path,
                place=found.place,
            )
        )
    raise JournalError(_gone(path, found.place))


def refuse_mending(path: Path) -> None:
    """Raise JournalError for a damaged database whose jobs are elsewhere."""
    if place := place_noted(path):
        raise JournalError(_gone(path, place))


def _gone(path: Path, place: str) -> str:
    return _(
        "The jobs of {path} have been moved to the shared database {place}. Put its address into "
        "IMAGEDECK_DATABASE_URL, or into the settings as database_url. To begin anew without it, "
        "take that file away, and {note}",
        path=path,
        place=place,
        note=note_of(path).name,
    )
