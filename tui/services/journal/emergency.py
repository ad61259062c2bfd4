"""A place on disk, taken beforehand, for task ids that the database has no room for."""

import json
import os
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tui.services.journal.locks import FileLock
from tui.services.journal.protocol import Attempt

SIZE = 64 * 1024
_SLOT = 1024
_SLOTS = SIZE // _SLOT - 1  # the last place holds the salt
_EMPTY = bytes(_SLOT)
_MAGIC = b"ID1\n"
_SALT = struct.Struct(">4s16sI")
_HEAD = struct.Struct(">4sHI")  # magic, length, CRC-32 of the JSON that follows


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An accepted submission; times are Unix seconds."""

    attempt: str
    job: str
    fence: int
    task_id: str
    origin: str | None
    poll_path: str
    fingerprint: str | None
    time: float

    @property
    def of(self) -> Attempt:
        """The attempt it is the answer to."""
        return Attempt(self.attempt, self.job, self.fence)

    @property
    def facts(self) -> dict[str, Any]:
        """What is known of the job by it."""
        return {
            "task_id": self.task_id,
            "origin": self.origin,
            "poll_path": self.poll_path,
            "fingerprint": self.fingerprint,
            "submitted": self.time,
            "error": None,
        }


class EmergencyFile:
    """63 slots in a file that exists at its full size before anything is submitted.

    A record is written in place, so that a full disk can't refuse it; length and checksum tell
    a torn one. All processes of the user share the file. A copy of the database's salt lies
    in it as well: without it no job could be matched to its key any more. Methods raise OSError.
    """

    def __init__(self, path: Path, *, locked: bool) -> None:
        self.path = path
        self._gate = threading.Lock()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            self._reserve()
            self._lock = FileLock(path if locked else None, create=False)
        except BaseException:
            os.close(self._file)
            raise

    def keep(self, kept: Kept) -> None:
        """Write a record, durable when this returns; once for each attempt."""
        record = _packed(kept)
        with self._alone():
            # From a place of its own: without a lock (network homes) two must not meet.
            first = int(kept.attempt[:8], 16) % _SLOTS
            for number in (*range(first, _SLOTS), *range(first)):
                match self._read(number):
                    case None:
                        self._write(number, record)
                        return
                    case found if found.attempt == kept.attempt:
                        return
            raise OSError(f"{self.path} is full")

    def forget(self, attempt: str) -> None:
        """Remove a record once the journal has it."""
        with self._alone():
            for number in range(_SLOTS):
                found = self._read(number)
                if found and found.attempt == attempt:
                    self._write(number, _EMPTY)

    def all(self) -> list[Kept]:
        """Return the whole records; what is torn or foreign is none."""
        with self._alone():
            return [kept for number in range(_SLOTS) if (kept := self._read(number))]

    def keep_salt(self, salt: bytes) -> None:
        """Keep a copy of the salt."""
        place = _SALT.pack(_MAGIC, salt, zlib.crc32(salt)).ljust(_SLOT, b"\0")
        with self._alone():
            if os.pread(self._file, _SLOT, _SLOTS * _SLOT) != place:
                self._write(_SLOTS, place)

    def close(self) -> None:
        """Close the file."""
        self._lock.close()
        os.close(self._file)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # The gate between threads: a file lock doesn't tell them apart.
        with self._gate, self._lock.held(exclusive=True):
            yield

    def _reserve(self) -> None:
        missing = SIZE - os.fstat(self._file).st_size
        if missing <= 0:
            return
        # Written, not only allocated: turning allocated blocks into written ones can want room.
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(self._file, 0, SIZE)
        os.pwrite(self._file, bytes(missing), SIZE - missing)
        os.fsync(self._file)

    def _read(self, number: int) -> Kept | None:
        return _unpacked(os.pread(self._file, _SLOT, number * _SLOT))

    def _write(self, number: int, record: bytes) -> None:
        os.pwrite(self._file, record, number * _SLOT)
        os.fsync(self._file)


def salt_in(path: Path) -> bytes | None:
    """Return the salt that such a file keeps."""
    with suppress(OSError, struct.error):
        magic, salt, checksum = _SALT.unpack_from(path.read_bytes(), _SLOTS * _SLOT)
        if magic == _MAGIC and zlib.crc32(salt) == checksum:
            return bytes(salt)
    return None


def _packed(kept: Kept) -> bytes:
    text = json.dumps(asdict(kept)).encode()
    if len(text) > _SLOT - _HEAD.size:
        raise OSError(f"the record of task {kept.task_id} is too long")
    return (_HEAD.pack(_MAGIC, len(text), zlib.crc32(text)) + text).ljust(_SLOT, b"\0")


def _unpacked(slot: bytes) -> Kept | None:
    with suppress(struct.error, ValueError, TypeError):
        magic, length, checksum = _HEAD.unpack_from(slot)
        text = slot[_HEAD.size : _HEAD.size + length]
        if magic == _MAGIC and len(text) == length and zlib.crc32(text) == checksum:
            return Kept(**json.loads(text))
    return None
