"""The journal on SQLite."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Self

from tui.services.clock import Clock
from tui.services.journal.database import Database
from tui.services.journal.history import SqliteHistory
from tui.services.journal.stored import StoredJournal

_LOG = logging.getLogger(__name__)


class SqliteJournal(StoredJournal):
    """All jobs in one SQLite file, shared by the processes of one user."""

    @classmethod
    def open(
        cls,
        path: Path,
        clock: Clock,
        *,
        full_text: bool = True,
        tell: Callable[[str], None] = _LOG.warning,
    ) -> Self:
        """Open the database, made, migrated or mended where needed, as a new owner.

        `full_text=False` searches without an index; `tell` gets sentences about what was odd.
        Raises JournalError with the reason.
        """
        database = Database(path, clock, full_text=full_text, tell=tell)
        return cls(database, SqliteHistory(path, full_text=full_text), clock)
