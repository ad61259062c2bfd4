"""What many jobs came to: how many, how well, how fast, for how much."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from math import ceil

from tui.core.job import State
from tui.core.language import marked
from tui.core.price import Price
from tui.core.units import lasted
from tui.core.voting import Vote

VOTE_HEADERS = (
    marked("Votes"),
    marked("Won"),
    marked("Tied"),
    marked("Wins"),
    marked("Median"),
    marked("A job"),
)
HEADERS = (
    marked("Jobs"),
    marked("Saved"),
    marked("Success"),
    marked("Median"),
    "95 %",
    marked("Spent"),
    marked("Maybe"),
)

_HUNDREDTH = Decimal("0.0001")  # of a cent
_MADE = frozenset(
    {State.PENDING, State.PROCESSING, State.DOWNLOADING, State.SAVED, State.LOST, State.EXPIRED}
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger holds of one job; `price` in US dollars, None when nobody knows.

    `seconds` lie between its submission and its end, `was_accepted`: the gateway gave it an id,
    `vote`: how it did in the vote on its group.
    """

    key: tuple[str, ...]
    state: State
    price: Decimal | None
    seconds: float | None
    was_accepted: bool
    vote: str | None = None


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
    votes: int = 0
    won: int = 0
    tied: int = 0
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
        self.votes += entry.vote is not None
        self.won += entry.vote == Vote.WON
        self.tied += entry.vote == Vote.TIED
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
    def win_rate(self) -> float | None:
        """The part of the votes that was won, a tie being half of one; None before any vote."""
        return (self.won + self.tied / 2) / self.votes if self.votes else None

    @property
    def price_each(self) -> Decimal | None:
        """What a saved job cost in the mean, US dollars; None where that is unknown."""
        if not self.saved or self.unpriced:
            return None
        return (self.spent / self.saved).quantize(_HUNDREDTH)

    @property
    def vote_cells(self) -> tuple[str, ...]:
        """The figures below `VOTE_HEADERS`."""
        return (
            f"{self.votes:,}",
            f"{self.won:,}",
            f"{self.tied:,}" if self.tied else "–",
            "–" if self.win_rate is None else f"{self.win_rate:.0%}",
            _lasted(self.median),
            "–" if self.price_each is None else str(Price(self.price_each)),
        )

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


def contests(entries: Iterable[Entry], model: int) -> dict[str, Figures]:
    """Sum up what was voted on by its model, which is that part of the key; the best first."""
    voted = (one for one in entries if one.vote is not None)
    found = figures(replace(one, key=(one.key[model],)) for one in voted)
    best = sorted(found.items(), key=lambda one: -(one[1].win_rate or 0.0))
    return {name: one for (name,), one in best}


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
