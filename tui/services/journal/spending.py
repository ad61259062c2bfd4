"""What submissions cost, added up by day in the transaction that begins or ends them."""

import time
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from tui.core.budget import Caps, Spent, overspending
from tui.core.job import State
from tui.core.price import dollars, millionths
from tui.core.stats import Entry
from tui.services.journal.protocol import OverBudgetError
from tui.services.journal.transaction import Transaction

# How an attempt that may be billed stands; one that provably is not gives its money back.
CHARGED = frozenset({"connecting", "sent", "accepted", "unknown"})
ADD = (
    "INSERT INTO spending (day, amount) VALUES (?, ?) "
    "ON CONFLICT (day) DO UPDATE SET amount = spending.amount + excluded.amount"
)
LEDGER = (
    'SELECT created, submitted, finished, model, "group", state, price, task_id, vote, submitter '
    "FROM jobs WHERE created >= ? ORDER BY created"
)
SPENT = "SELECT coalesce(sum(amount), 0) FROM spending WHERE day BETWEEN ? AND ?"


def today(now: float) -> str:
    """Return the user's own day at that time (Unix seconds), as 2026-11-25."""
    return time.strftime("%Y-%m-%d", time.localtime(now))


def days_of(day: str) -> Iterable[tuple[str, str]]:
    """Return the first and last day of a day, and of its month."""
    return ((day, day), (f"{day[:7]}-01", f"{day[:7]}-31"))


def reserve(txn: Transaction, price: Decimal | None, caps: Caps) -> tuple[str, int | None]:
    """Count a price as spent today; return the day and the price in millionths of a dollar.

    Raises OverBudgetError when a cap forbids it, nothing then being written.
    """
    day = today(txn.now)
    if caps.day is not None or caps.month is not None:
        sums = [txn.db.execute(SPENT, days).fetchone()[0] for days in days_of(day)]
        spent = Spent(day=dollars(sums[0]), month=dollars(sums[1]))
        if reason := overspending(Caps(day=caps.day, month=caps.month), spent, price):
            raise OverBudgetError(reason)
    amount = None if price is None else millionths(price)
    if amount:
        txn.db.execute(ADD, (day, amount))
    return day, amount


def rebook(txn: Transaction, attempt: str, before: str, after: str) -> None:
    """Give an attempt's money back, or take it again, as its phase changes."""
    sign = (after in CHARGED) - (before in CHARGED)
    if not sign:
        return
    row = txn.db.execute("SELECT day, price FROM attempts WHERE id = ?", (attempt,)).fetchone()
    if row and row[0] and row[1]:
        txn.db.execute(ADD, (row[0], sign * row[1]))


def entry_of(row: tuple[Any, ...], keys: Sequence[str]) -> Entry:
    """Read a row of LEDGER."""
    created, submitted, finished, model, group, state, price, task_id, vote, submitter = row
    parts = {
        "day": today(created),
        "model": str(model),
        "batch": str(group or ""),
        "owner": str(submitter or ""),
    }
    timed = submitted is not None and finished is not None
    return Entry(
        key=tuple(parts[name] for name in keys),
        state=State(state),
        price=None if price is None else dollars(price),
        seconds=finished - submitted if timed else None,
        was_accepted=task_id is not None,
        vote=vote,
    )
