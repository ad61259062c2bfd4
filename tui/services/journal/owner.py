"""Who owns jobs: a process, for as long as it lives."""

import fcntl
import os
import re
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

HEARTBEAT_SECONDS = 15.0
LEASE_SECONDS = 60.0
_ID = re.compile(r"[0-9a-f]{32}")


class Owner:
    """This process as an owner, known to others by a file in `folder`.

    On a local disk the file is locked: the system frees it the moment the process dies,
    whatever its number is used for later. On a network home, where such locks can't be
    trusted (`heartbeat`), the file is touched, and the owner counts as dead a minute later.
    """

    def __init__(self, folder: Path, *, heartbeat: bool) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        self.id = uuid4().hex
        self.heartbeat = heartbeat
        self._folder = folder
        self._path = folder / f"{self.id}.lock"
        self._beaten = time.monotonic()
        self._file = _hold(self._path, locked=not heartbeat)
        self._sweep()

    def is_alive(self, owner: str) -> bool:
        """Whether that owner's process still lives; when in doubt it does."""
        if owner == self.id:
            return True
        path = self._folder / f"{owner}.lock"
        if not _ID.fullmatch(owner):
            return False
        if self.heartbeat:
            return self._is_fresh(path)
        try:
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        try:
            # Shared: two who ask at the same time must not take each other for the owner.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            return False
        finally:
            os.close(file)

    def has_company(self) -> bool:
        """Whether another owner lives."""
        others = (path.stem for path in self._folder.glob("*.lock") if path.stem != self.id)
        return any(self.is_alive(one) for one in others)

    def beat(self) -> None:
        """Show that this process lives, where nothing but a heartbeat tells it."""
        if self.heartbeat and time.monotonic() - self._beaten >= HEARTBEAT_SECONDS:
            self._beaten = time.monotonic()
            self._path.touch(mode=0o600)

    def close(self) -> None:
        """Stop being an owner; whoever looks from now on finds nobody."""
        self._path.unlink(missing_ok=True)
        os.close(self._file)

    def _is_fresh(self, path: Path) -> bool:
        # Both times are the file server's, so its clock may differ from ours.
        self._path.touch(mode=0o600)
        try:
            return self._path.stat().st_mtime - path.stat().st_mtime < LEASE_SECONDS
        except FileNotFoundError:
            return False

    def _sweep(self) -> None:
        for path in self._folder.glob("*.lock"):
            if not self.is_alive(path.stem):
                _remove(path, locked=not self.heartbeat)


def _hold(path: Path, *, locked: bool) -> int:
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        if locked:
            fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file).st_nlink:
            return file
        os.close(file)  # swept away between opening and locking


def _remove(path: Path, *, locked: bool) -> None:
    # An error means that somebody else was quicker, or that it has just come to life.
    with suppress(OSError), path.open("rb") as file:
        if locked:
            # Under the lock, so that an owner who has just made this file notices its removal.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        path.unlink()
