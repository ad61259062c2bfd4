"""What this process may still spend."""

from decimal import Decimal

from tui.core.budget import Caps, Spent, overspending
from tui.core.language import english
from tui.services.journal.protocol import OverBudgetError


class Purse:
    """Keeps to the cap for one run; those for day and month the journal keeps, for everybody."""

    def __init__(self, caps: Caps) -> None:
        self._caps = Caps(run=caps.run)
        self._spent = Decimal(0)

    @property
    def spent(self) -> Decimal:
        """What this process has spent up to now."""
        return self._spent

    def keep_to(self, caps: Caps) -> None:
        """Keep to another cap from now on; what was spent stays spent."""
        self._caps = Caps(run=caps.run)

    def take(self, price: Decimal | None) -> None:
        """Count a price as spent; raises OverBudgetError when the cap forbids it."""
        if reason := overspending(self._caps, Spent(run=self._spent), price):
            raise OverBudgetError(reason)
        self._spent += price or Decimal(0)

    def give_back(self, price: Decimal | None) -> None:
        """Take a price back: the submission was not accepted."""
        self._spent -= price or Decimal(0)


def refusal(reason: str, price: Decimal | None) -> str:
    """Say that there is no money for a job of that price, and what to do."""
    if price is None:
        return english(
            "Not sent: {reason}. Set its price in [prices], or lift the budget", reason=reason
        )
    more = english("{reason}, and ${price} more would exceed it", reason=reason, price=price)
    return english("Not sent: {more}. Raise it, or go on when a new one begins", more=more)
