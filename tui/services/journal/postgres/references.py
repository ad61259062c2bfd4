"""Reference images on their way from the host that has them to the one that sends them."""

import threading
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from tui.services.files import new_part, private, sync_folder
from tui.services.journal.opening import KeptReferences
from tui.services.journal.postgres.connection import PostgresConnection, telling
from tui.services.places import private_folder

# As long as the copies on each host are kept, if the settings say nothing else.
_SWEEP = "DELETE FROM refs WHERE used < clock_timestamp() - interval '90 days'"
_USE = "UPDATE refs SET used = clock_timestamp() WHERE sha256 = ?"
_PUT = (
    "INSERT INTO refs (sha256, bytes, used) VALUES (?, ?, clock_timestamp()) "
    "ON CONFLICT (sha256) DO UPDATE SET used = excluded.used"
)


class PostgresReferences(KeptReferences):
    """Copies of reference images in the database, by sha256; `folder` has this host's own."""

    def __init__(self, url: str, folder: Path) -> None:
        super().__init__(folder)
        self._url = url
        self._gate = threading.Lock()
        self._db: PostgresConnection | None = None

    def put(self, names: Iterable[str]) -> None:
        """Let all hosts have these; what isn't here is there already. Raises JournalError."""
        with self._gate, telling(self._session()) as db:
            for name in names:
                if db.execute(_USE, (name,)).rowcount:
                    continue
                path = self._folder / name
                if path.is_file():
                    db.send(_PUT, (name, path.read_bytes()))

    def brought(self, sha256: str) -> Path:
        """Return where the copy of one is; raises JournalError, OSError."""
        self.bring(sha256)
        return super().brought(sha256)

    def bring(self, name: str) -> None:
        """Let this host have one, if it is anywhere; raises JournalError, OSError."""
        if (self._folder / name).exists():
            return
        with self._gate, telling(self._session()) as db:
            row = db.execute("SELECT bytes FROM refs WHERE sha256 = ?", (name,)).fetchone()
        if row and sha256(row[0]).hexdigest() == name:
            _write(self._folder, name, bytes(row[0]))

    def close(self) -> None:
        """End the session."""
        with self._gate:
            if self._db:
                self._db.close()
            self._db = None

    def _session(self) -> PostgresConnection:
        if self._db is None:
            self._db = PostgresConnection(self._url)
            with telling(self._db) as db:
                db.execute(_SWEEP)
        return self._db


def _write(folder: Path, name: str, data: bytes) -> None:
    part = new_part(private_folder(folder), ".")
    try:
        with open(part, "xb", opener=private) as file:
            file.write(data)
        part.replace(folder / name)
        sync_folder(folder)
    finally:
        part.unlink(missing_ok=True)
