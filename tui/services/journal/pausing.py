"""What a person has paused: nothing of it is submitted, by whichever process, until it goes on."""

from tui.core.language import english
from tui.services.journal.protocol import PausedError
from tui.services.journal.sql import Connection
from tui.services.journal.transaction import Transaction


def check(txn: Transaction, group: str | None) -> None:
    """Raise PausedError for a job of that group, while it or everything is paused."""
    names = ("", group or "")
    if txn.db.execute("SELECT 1 FROM pauses WHERE name IN (?, ?)", names).fetchone():
        raise PausedError(english("submissions are paused"))


def read(db: Connection) -> frozenset[str]:
    """Return the groups that are paused, and `""` where all is."""
    return frozenset(str(name) for (name,) in db.execute("SELECT name FROM pauses"))


def begin(txn: Transaction, name: str) -> None:
    """Pause a group, or everything."""
    txn.db.execute(
        "INSERT INTO pauses (name, since) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
        (name, txn.now),
    )


def end(txn: Transaction, name: str) -> None:
    """Let a group, or everything, go on; pauses of others stay."""
    txn.db.execute("DELETE FROM pauses WHERE name = ?", (name,))
