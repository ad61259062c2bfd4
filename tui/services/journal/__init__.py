"""The journal: what is known about every job, durable before it is told."""

from typing import TYPE_CHECKING

from tui.services.journal.protocol import (
    Attempt,
    DiskError,
    History,
    Journal,
    JournalError,
    Query,
    StaleError,
)

if TYPE_CHECKING:
    from tui.services.journal.history import SqliteHistory
    from tui.services.journal.sqlite import SqliteJournal

__all__ = [
    "Attempt",
    "DiskError",
    "History",
    "Journal",
    "JournalError",
    "Query",
    "SqliteHistory",
    "SqliteJournal",
    "StaleError",
]


def __getattr__(name: str) -> object:
    """Load what knows SQL when it is asked for: the first paint needs only the protocol."""
    match name:
        case "SqliteHistory":
            from tui.services.journal.history import SqliteHistory

            return SqliteHistory
        case "SqliteJournal":
            from tui.services.journal.sqlite import SqliteJournal

            return SqliteJournal
        case _:
            raise AttributeError(name)
