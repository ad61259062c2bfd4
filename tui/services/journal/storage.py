"""The database file's place on disk, kept private."""

import logging
import os
import re
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tui.core.language import _
from tui.services.journal.protocol import JournalError
from tui.services.journal.search import open_vocabulary
from tui.services.journal.trouble import BUSY_SECONDS

_LOG = logging.getLogger(__name__)
_NETWORK = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|9p|afs|ceph|gpfs|lustre|glusterfs|ncpfs|pvfs2|beegfs|fuse\.(sshfs|"
    r"glusterfs|ceph.*|rclone|s3fs|gvfsd-fuse)"
)


@contextmanager
def alone(db: sqlite3.Connection) -> Iterator[None]:
    """Do all of something or nothing of it, while nobody else writes."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")


def make_private(path: Path, tell: Callable[[str], None] = _LOG.warning) -> None:
    """Create the file and its folder for this user alone; take access from others where needed.

    `tell` hears of that. Raises JournalError when one of them is another user's, OSError when
    the disk refuses.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _withdraw(path.parent, 0o022, tell)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    _withdraw(path, 0o077, tell)


def private_file(path: Path) -> Path:
    """Make an empty file anew, for this user alone; return its path."""
    path.unlink(missing_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    os.close(os.open(path, flags, 0o600))
    return path


def network_kind(path: Path, mounts: Path = Path("/proc/self/mounts")) -> str | None:
    """Return the kind of network file system that a path lies on, None on a local disk.

    Without such a list of mounts (macOS) every disk counts as local.
    """
    try:
        lines = mounts.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return None
    real, best, kind = path.resolve(), Path(), ""
    for line in lines:
        _device, point, name, *_rest = line.split(" ")
        place = Path(re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), point))
        # Of several mounts at one point the last one is seen.
        if real.is_relative_to(place) and len(place.parts) >= len(best.parts):
            best, kind = place, name
    return kind if _NETWORK.fullmatch(kind) else None


def connect(path: Path, *, writable: bool = True, searches: bool = False) -> sqlite3.Connection:
    """Open a database that exists; every commit is durable when it returns.

    Whoever `searches` sees the words in the index.
    """
    # Without `writable` still mode=rw: a reader must be able to roll back what a crash left half
    # done. A file that can't be written is opened read-only by SQLite itself.
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    try:
        if searches:
            open_vocabulary(db)
        if writable:
            # WAL lost acknowledged commits in power cuts and breaks on network homes; this none.
            db.execute("PRAGMA journal_mode = TRUNCATE")
            db.execute("PRAGMA synchronous = EXTRA")
            db.execute("PRAGMA fullfsync = ON")  # macOS: fsync alone leaves it in the disk's cache
            db.execute("PRAGMA cache_size = -4000")  # 4 MB; the system caches the file as well
        else:
            db.execute("PRAGMA query_only = ON")
    except sqlite3.Error:
        db.close()
        raise
    return db


def _withdraw(path: Path, bits: int, tell: Callable[[str], None]) -> None:
    found = path.stat()
    if found.st_uid != os.geteuid():
        raise JournalError(_("{path} belongs to another user; it is not used", path=path))
    if found.st_mode & bits:
        path.chmod(stat.S_IMODE(found.st_mode) & ~bits)
        tell(
            _("{path} could be changed or read by other users; that has been withdrawn.", path=path)
        )
