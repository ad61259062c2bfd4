"""How much money may be spent."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from tui.core.language import _, english, marked
from tui.core.price import Price

_SHOWN = Decimal("0.001")  # US dollars
_LEFT = {
    "run": marked("{price} left this run"),
    "day": marked("{price} left today"),
    "month": marked("{price} left this month"),
}


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

    def left_of_run(self, spent: Decimal) -> Decimal | None:
        """Return what a run may still spend that has spent so much; None without a bound."""
        return None if self.run is None else max(Decimal(0), self.run - spent)


NO_CAPS = Caps()


@dataclass(frozen=True, slots=True)
class Spent:
    """What this run, today and this month have cost up to now, in US dollars.

    What may have been billed counts, and so does what is just being sent.
    """

    run: Decimal = Decimal(0)
    day: Decimal = Decimal(0)
    month: Decimal = Decimal(0)


_UNPRICED = english("its price is unknown, and there is a budget to keep")
_SAID = {
    "run": english("the run's budget of {cap} has {left} left"),
    "day": english("the day's budget of {cap} has {left} left"),
    "month": english("the month's budget of {cap} has {left} left"),
}


@dataclass(frozen=True, slots=True)
class Excess:
    """A cap that something would exceed: `of` run, day or month."""

    of: str
    cap: Decimal
    spent: Decimal

    def __str__(self) -> str:
        left = max(Decimal(0), self.cap - self.spent)
        return english(_SAID[self.of], cap=Price(self.cap), left=Price(left))


@dataclass(frozen=True, slots=True)
class Left:
    """What may still be spent, in US dollars, `of` the run, day or month that leaves the least."""

    of: str
    amount: Decimal

    def __str__(self) -> str:
        shown = max(Decimal(0), self.amount).quantize(_SHOWN, ROUND_DOWN)
        return _(_LEFT[self.of], price=Price(shown))


def least_left(caps: Caps, spent: Spent) -> Left | None:
    """Return what the cap leaves that leaves the least; None without any cap."""
    left = (Left(of, cap - so_far) for of, cap, so_far in _each(caps, spent) if cap is not None)
    return min(left, key=lambda one: one.amount, default=None)


def excess(caps: Caps, spent: Spent, price: Decimal) -> Excess | None:
    """Return the first cap that spending `price` more would exceed."""
    for of, cap, so_far in _each(caps, spent):
        if cap is not None and so_far + price > cap:
            return Excess(of, cap, so_far)
    return None


def overspending(caps: Caps, spent: Spent, price: Decimal | None) -> str:
    """Say why the caps forbid to spend so much, in English, to be retold; else nothing."""
    if not caps.are_set:
        return ""
    if price is None:
        return _UNPRICED
    return str(excess(caps, spent, price) or "")


def objection(caps: Caps, spent: Spent, price: Price) -> str:
    """Say the same as the beginning of a sentence, for whoever asks before anything is sent."""
    reason = overspending(caps, spent, price.amount)
    if not reason:
        return ""
    if price.amount is None:
        return english("Set its price in [prices], or lift the budget: {reason}", reason=reason)
    return english("It costs {price} by estimate, and {reason}", price=price, reason=reason)


def _each(caps: Caps, spent: Spent) -> Iterator[tuple[str, Decimal | None, Decimal]]:
    yield "run", caps.run, spent.run
    yield "day", caps.day, spent.day
    yield "month", caps.month, spent.month
