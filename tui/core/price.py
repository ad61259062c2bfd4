"""What a request is estimated to cost."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from functools import lru_cache

from tui.core.language import sense

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """An estimate in US dollars for all images of one request; None when nobody knows.

    `guess` marks one that was scaled from another size.
    """

    amount: Decimal | None
    guess: bool = False

    def __str__(self) -> str:
        if self.amount is None:
            return sense("price", "unknown")
        # Cents at least ($0.10), and what lies below them as far as it goes ($0.035).
        digits = max(2, -int(self.amount.normalize().as_tuple().exponent))
        return f"{'≈ ' if self.guess else ''}${self.amount:.{digits}f}"

    def times(self, count: int) -> "Price":
        """Return the price of `count` such requests."""
        return self if self.amount is None else Price(self.amount * count, self.guess)


NO_PRICE = Price(None)


def millionths(amount: Decimal) -> int:
    """Return US dollars as a whole number of millionths, rounded up: sums of it are exact."""
    return int((amount * _MILLION).to_integral_value(ROUND_UP))


@lru_cache(1024)  # thousands of jobs cost the same, and then hold one number together
def dollars(amount: int) -> Decimal:
    """Return millionths as US dollars."""
    return Decimal(amount) / _MILLION


def total(prices: Iterable[Price]) -> Price:
    """Add prices up; one unknown makes the sum unknown."""
    amount, guess = Decimal(0), False
    for price in prices:
        if price.amount is None:
            return Price(None)
        amount, guess = amount + price.amount, guess or price.guess
    return Price(amount, guess)
