"""What is expected of a job, as the table and the preview are told."""

from collections.abc import Callable
from dataclasses import dataclass

from tui.app.looks import typical_of
from tui.core.job import Job
from tui.core.price import Price


def _guess(_job: Job) -> bool:
    return False


def _unpriced(_job: Job) -> Price:
    return Price(None)


@dataclass(frozen=True, slots=True)
class Expects:
    """`typical` seconds of a job, whether they were learned from jobs alike, and its `price`.

    `me` is what the person is called who asks.
    """

    typical: Callable[[Job], float | None] = typical_of
    is_learned: Callable[[Job], bool] = _guess
    price: Callable[[Job], Price] = _unpriced
    me: str = ""

    def cost(self, job: Job) -> float | None:
        """Return the price in US dollars, None when nobody knows it."""
        amount = self.price(job).amount
        return None if amount is None else float(amount)
