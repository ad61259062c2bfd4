"""How much money may be spent."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from tui.core.price import Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The most US dollars for one run, a day and a month; None is no bound."""

    run: Decimal | None = None
    day: Decimal | None = None
    month: Decimal | None = None

    @property
    def are_set(self) -> bool:
        """Whether there is any."""
        return not (self.run is None and self.day is None and self.month is None)


NO_CAPS = Caps()


@dataclass(frozen=True, slots=True)
class Spent:
    """What this run, today and this month have cost up to now, in US dollars.

    What may have been billed counts, and so does what is just being sent.
    """

    run: Decimal = Decimal(0)
    day: Decimal = Decimal(0)
    month: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Excess:
    """A cap that something would exceed: `of` run, day or month."""

    of: str
    cap: Decimal
    spent: Decimal

    def __str__(self) -> str:
        left = max(Decimal(0), self.cap - self.spent)
        return f"the {self.of}'s budget of {Price(self.cap)} has {Price(left)} left"


def excess(caps: Caps, spent: Spent, price: Decimal) -> Excess | None:
    """Return the first cap that spending `price` more would exceed."""
    for of, cap, so_far in _each(caps, spent):
        if cap is not None and so_far + price > cap:
            return Excess(of, cap, so_far)
    return None


def _each(caps: Caps, spent: Spent) -> Iterator[tuple[str, Decimal | None, Decimal]]:
    yield "run", caps.run, spent.run
    yield "day", caps.day, spent.day
    yield "month", caps.month, spent.month
