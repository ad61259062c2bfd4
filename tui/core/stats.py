"""What many jobs came to: how many, how well, how fast, for how much."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil

from tui.core.job import State
from tui.core.price import Price
from tui.core.units import lasted

HEADERS = ("Jobs", "Saved", "Success", "Median", "95 %", "Spent", "Maybe")

_MADE = frozenset(
    {State.PENDING, State.PROCESSING, State.DOWNLOADING, State.SAVED, State.LOST, State.EXPIRED}
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger holds of one job; `price` in US dollars, None when nobody knows.

    `seconds` lie between its submission and its end, `was_accepted`: the gateway gave it an id.
    """

    key: tuple[str, ...]
    state: State
    price: Decimal | None
    seconds: float | None
    was_accepted: bool


@dataclass(slots=True)
class Figures:
    """The sums over some jobs.

    `spent` is what the gateway has taken on and not failed, `maybe` what may have been billed:
    submissions without an answer, and tasks that failed. Unknown prices are counted apart.
    """

    jobs: int = 0
    saved: int = 0
    failed: int = 0
    unknown: int = 0
    spent: Decimal = Decimal(0)
    maybe: Decimal = Decimal(0)
    unpriced: int = 0
    seconds: list[float] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        """Take a job in."""
        self.jobs += 1
        match entry.state:
            case State.SAVED:
                self.saved += 1
                self.seconds += [] if entry.seconds is None else [entry.seconds]
            case State.FAILED | State.LOST | State.EXPIRED:
                self.failed += 1
            case State.UNKNOWN:
                self.unknown += 1
            case _:
                pass
        is_spent = entry.state in _MADE
        may_be = entry.state in {State.SUBMITTING, State.UNKNOWN} or (
            entry.state is State.FAILED and entry.was_accepted
        )
        if entry.price is None:
            self.unpriced += is_spent or may_be
        elif is_spent:
            self.spent += entry.price
        elif may_be:
            self.maybe += entry.price

    @property
    def success(self) -> float | None:
        """The part of the jobs that ended which ended well; None before any has."""
        ended = self.saved + self.failed + self.unknown
        return self.saved / ended if ended else None

    @property
    def median(self) -> float | None:
        """The median time of saved jobs, in seconds."""
        return _quantile(self.seconds, 0.5)

    @property
    def p95(self) -> float | None:
        """The time that 95 of 100 saved jobs keep below, in seconds."""
        return _quantile(self.seconds, 0.95)

    @property
    def cells(self) -> tuple[str, ...]:
        """The figures below `HEADERS`; a dash where there is none."""
        return (
            f"{self.jobs:,}",
            f"{self.saved:,}",
            "–" if self.success is None else f"{self.success:.0%}",
            _lasted(self.median),
            _lasted(self.p95),
            str(Price(self.spent)),
            str(Price(self.maybe)) if self.maybe else "–",
        )


def figures(entries: Iterable[Entry]) -> dict[tuple[str, ...], Figures]:
    """Sum up by key, in the order of the keys."""
    found: dict[tuple[str, ...], Figures] = {}
    for entry in entries:
        found.setdefault(entry.key, Figures()).add(entry)
    return dict(sorted(found.items()))


def total(entries: Iterable[Entry]) -> Figures:
    """Sum up all of them."""
    found = Figures()
    for entry in entries:
        found.add(entry)
    return found


def _lasted(seconds: float | None) -> str:
    return "–" if seconds is None else lasted(seconds)


def _quantile(numbers: Sequence[float], part: float) -> float | None:
    if not numbers:
        return None
    return sorted(numbers)[max(1, ceil(part * len(numbers))) - 1]
