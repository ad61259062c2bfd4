"""The tables of the journal, at whatever version a file has them."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tui.core.language import _
from tui.services.journal import moved
from tui.services.journal.protocol import DamagedError, JournalError
from tui.services.journal.storage import alone, connect, private_file

_MOST_VERSIONS = 1000  # beyond it a number is damage, not a newer program's
_JOURNAL = """
CREATE TABLE journal (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    change INTEGER NOT NULL,
    indexed INTEGER NOT NULL,
    salt BLOB NOT NULL
)"""
# What never changes and is long stands apart, so that an update rewrites short rows only.
_REQUESTS = """
CREATE TABLE requests (
    seq INTEGER PRIMARY KEY,
    request TEXT NOT NULL,
    words TEXT NOT NULL
)"""
_JOBS = """
CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    change INTEGER NOT NULL,
    fence INTEGER NOT NULL,
    owner TEXT,
    state TEXT NOT NULL,
    live INTEGER NOT NULL,
    model TEXT NOT NULL,
    kind TEXT NOT NULL,
    created REAL NOT NULL,
    updated REAL NOT NULL,
    folder TEXT NOT NULL,
    template TEXT NOT NULL,
    profile TEXT NOT NULL,
    "group" TEXT,
    task_id TEXT,
    origin TEXT,
    poll_path TEXT,
    fingerprint TEXT,
    word TEXT,
    tries INTEGER NOT NULL,
    not_before REAL,
    submitted REAL,
    started REAL,
    finished REAL,
    results TEXT NOT NULL,
    files TEXT NOT NULL,
    error TEXT,
    warnings TEXT NOT NULL,
    watched INTEGER NOT NULL,
    resolution TEXT,
    follows TEXT
)"""
_ATTEMPTS = """
CREATE TABLE attempts (
    id TEXT PRIMARY KEY,
    job TEXT NOT NULL,
    fence INTEGER NOT NULL,
    phase TEXT NOT NULL,
    connecting REAL NOT NULL,
    sent REAL,
    settled REAL,
    task_id TEXT,
    origin TEXT,
    poll_path TEXT,
    fingerprint TEXT
)"""
_FLIGHT = """
CREATE INDEX jobs_flight ON jobs (model)
WHERE live = 1 AND state IN ('submitting', 'pending', 'processing')"""
_SLOTS = """
CREATE TABLE slots (
    name TEXT PRIMARY KEY,
    due REAL NOT NULL,
    free REAL NOT NULL
)"""
_WAITING = """
CREATE TABLE waiting (
    owner TEXT NOT NULL,
    origin TEXT NOT NULL,
    model TEXT NOT NULL,
    until REAL NOT NULL,
    PRIMARY KEY (owner, origin, model)
)"""


@dataclass(frozen=True, slots=True)
class Schema:
    """How to make version 1, and how to come from each version to the next.

    `migrations[0]` leads from version 1 to 2, and so on. A new file goes the same way, so that
    what version 1 had lies at the same pages in all files.
    """

    create: tuple[str, ...]
    migrations: tuple[tuple[str, ...], ...] = ()

    @property
    def version(self) -> int:
        """The newest version."""
        return 1 + len(self.migrations)

    def steps(self, found: int) -> tuple[str, ...]:
        """Return what leads from a version to the newest; 0 is an empty file."""
        create = () if found else self.create
        later = self.migrations[max(found, 1) - 1 :]
        return (*create, *(statement for step in later for statement in step))


SCHEMA = Schema(
    create=(
        _JOURNAL,
        _REQUESTS,
        _JOBS,
        _ATTEMPTS,
        "CREATE INDEX jobs_change ON jobs (change)",
        "CREATE INDEX jobs_live ON jobs (owner) WHERE live = 1",
        'CREATE INDEX jobs_group ON jobs ("group") WHERE "group" IS NOT NULL',
        "CREATE INDEX jobs_saved ON jobs (model, kind, finished) WHERE state = 'saved'",
        "CREATE INDEX attempts_job ON attempts (job)",
        "INSERT INTO journal (only, change, indexed, salt) VALUES (1, 0, 0, randomblob(16))",
    ),
    migrations=(
        (
            # Which row of its batch a job is; one job at a time holds a row.
            'ALTER TABLE jobs ADD COLUMN "row" TEXT',
            'CREATE UNIQUE INDEX jobs_row ON jobs ("group", "row") WHERE "row" IS NOT NULL',
        ),
        (
            # Millionths of a US dollar: whole numbers are added up exactly everywhere.
            "ALTER TABLE jobs ADD COLUMN price INTEGER",
            "ALTER TABLE attempts ADD COLUMN price INTEGER",
            "ALTER TABLE attempts ADD COLUMN day TEXT",
            "CREATE TABLE spending (day TEXT PRIMARY KEY, amount INTEGER NOT NULL)",
        ),
        (
            "ALTER TABLE jobs ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'",
            "ALTER TABLE jobs ADD COLUMN rating INTEGER",
            "ALTER TABLE jobs ADD COLUMN note TEXT",
            "ALTER TABLE jobs ADD COLUMN deleted REAL",
        ),
        (
            # The origin a job was made for; nobody can say it of older ones.
            "ALTER TABLE jobs ADD COLUMN gateway TEXT",
        ),
        ("ALTER TABLE jobs ADD COLUMN vote TEXT",),
        (
            # What a person has paused, by group; the empty name is everything.
            "CREATE TABLE pauses (name TEXT PRIMARY KEY, since REAL NOT NULL)",
        ),
        (
            # Who added it, and whose key may pay for it, where several people have one database.
            "ALTER TABLE jobs ADD COLUMN submitter TEXT",
            'ALTER TABLE jobs ADD COLUMN "key" TEXT',
        ),
        (
            # What the limits of a gateway are kept by: who is in flight, when a key's next slot is
            # due and it is free again, and who waits for a place before all others.
            _FLIGHT,
            _SLOTS,
            _WAITING,
        ),
        (
            # The lowest rank goes first, then who has waited longest.
            "ALTER TABLE waiting ADD COLUMN rank INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE waiting ADD COLUMN since REAL NOT NULL DEFAULT 0",
        ),
    ),
)


def version_of(db: sqlite3.Connection) -> int:
    """Return a database's version; 0 when nothing has been made in it yet."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def check(db: sqlite3.Connection, path: Path, schema: Schema = SCHEMA) -> bool:
    """Return whether the tables are there at the newest version; refuse what we can't read."""
    found = version_of(db)
    if found == moved.MOVED:
        moved.refuse(db, path)
    if schema.version < found < _MOST_VERSIONS:
        raise JournalError(
            _(
                "{path} was written by a newer imagedeck (format {found}, this one knows "
                "{version}); update imagedeck to use it. Nothing has been changed",
                path=path,
                found=found,
                version=schema.version,
            )
        )
    # Reading the list of tables also shows whether this is a database at all.
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master")]
    if found not in range(_MOST_VERSIONS) or (found == 0 and {"jobs", "journal"} <= set(tables)):
        raise DamagedError(
            _("{path} is damaged: its version can't be {found}", path=path, found=found)
        )
    if tables and found == 0:
        raise JournalError(_("{path} is another program's database; it is not used", path=path))
    return found == schema.version


def prepare(db: sqlite3.Connection, path: Path, schema: Schema = SCHEMA) -> None:
    """Bring a database to the newest version in one transaction, an older one after a backup."""
    if check(db, path, schema):
        return
    with alone(db):
        # Somebody else may have done it while we waited.
        if not check(db, path, schema):
            found = version_of(db)
            if found:
                _back_up(path, path.with_name(f"{path.name}.v{found}.bak"))
            for statement in schema.steps(found):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {schema.version:d}")


def _back_up(path: Path, target: Path) -> None:
    draft = target.with_name(f"{target.name}.part")
    private_file(draft)
    with closing(connect(path, writable=False)) as source, closing(sqlite3.connect(draft)) as copy:
        source.backup(copy)
    draft.replace(target)
