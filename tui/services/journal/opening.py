"""Which database holds the jobs: this user's file, or one that several hosts share."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tui.core.language import _
from tui.services.clock import Clock
from tui.services.journal.protocol import JournalError

if TYPE_CHECKING:
    from tui.services.journal.reading import StoredHistory
    from tui.services.journal.stored import StoredJournal

_LOG = logging.getLogger(__name__)

Tell = Callable[[str], None]


def open_journal(
    file: Path, url: str, clock: Clock, *, tell: Tell = _LOG.warning
) -> "StoredJournal":
    """Open the journal in the database at `url`, or in `file` where there is none.

    `tell` gets sentences about what was odd. Raises JournalError with the reason.
    """
    if not url:
        from tui.services.journal.sqlite import SqliteJournal

        return SqliteJournal.open(file, clock, tell=tell)
    need_driver()
    from tui.services.journal.postgres.journal import PostgresJournal

    return PostgresJournal.open(url, file.parent, clock, tell=tell)


def open_history(file: Path, url: str, *, tell: Tell = _LOG.warning) -> "StoredHistory":
    """Return the history of the same database, to be connected when it is first asked."""
    if not url:
        from tui.services.journal.history import SqliteHistory

        return SqliteHistory(file, tell=tell)
    need_driver()
    from tui.services.journal.postgres.history import PostgresHistory
    from tui.services.journal.postgres.legible import Legible

    return PostgresHistory(url, Legible(tell))


class KeptReferences:
    """The copies of reference images in `folder`, for a process without a journal."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def brought(self, sha256: str) -> Path:
        """Return where the copy of one is, wherever it was added."""
        return self._folder / sha256

    def close(self) -> None:
        """Hold on to nothing."""


def open_references(folder: Path, url: str) -> KeptReferences:
    """Return the copies that are here, and those of the database at `url` if there is one.

    Raises JournalError, also later, where that can't be asked.
    """
    if not url:
        return KeptReferences(folder)
    need_driver()
    from tui.services.journal.postgres.references import PostgresReferences

    return PostgresReferences(url, folder)


def need_driver() -> None:
    """Raise JournalError unless what speaks with PostgreSQL is installed."""
    try:
        import psycopg  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise JournalError(
            _(
                "IMAGEDECK_DATABASE_URL names a shared database, but what speaks with it is not "
                "installed ({error}): pip install 'imagedeck[shared]'",
                error=error,
            )
        ) from error
