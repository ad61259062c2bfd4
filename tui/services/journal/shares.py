"""What everybody gets of a gateway's limits: slots in time, and places in flight."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from tui.core.limits import Limits


@dataclass(frozen=True, slots=True)
class Slot:
    """Leave for one submission, `due` by the clock that all share (Unix seconds).

    The next one of that name is `interval` seconds later.
    """

    name: str
    due: float
    interval: float

    @property
    def tolerance(self) -> float:
        """How many seconds too early a submission may be after one that was late."""
        return min(max(self.interval / 2, 0.05), 0.25)


@dataclass(frozen=True, slots=True)
class Room:
    """How many more jobs of each model may be submitted, and how many are in flight."""

    free: Mapping[str, int]
    in_flight: Mapping[str, int]


class Traffic(Protocol):
    """The limits of a gateway, kept by all who share the database together."""

    async def slots(
        self, name: str, interval: float, count: int = 1, *, rank: int = 1
    ) -> tuple[list[Slot], float]:
        """Reserve the next slots of a key, so named; return them and what time it is.

        They are `interval` seconds apart, whoever reserves them. One that isn't used is lost, one
        that is used late is checked against the others then. There are none for a later `rank`
        while another process takes them for the first.
        """

    async def room(self, limits: Limits, ranks: Mapping[str, int]) -> Room:
        """Return how many more of each model may be submitted, by the rank of who waits here.

        Who finds no place stands in line for a few seconds: the lowest rank goes first, then who
        has waited longest.
        """

    async def news(self, seconds: float) -> None:
        """Wait until somebody may have changed something, so many seconds at most."""
