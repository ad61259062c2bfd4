"""The journal: what is known about every job, durable before it is told."""

from tui.services.journal.history import SqliteHistory
from tui.services.journal.protocol import (
    Attempt,
    DiskError,
    History,
    Journal,
    JournalError,
    Query,
    StaleError,
)
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
