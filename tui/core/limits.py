"""How much a gateway is asked for at once."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.core.language import _

_ALL = sys.maxsize


@dataclass(frozen=True, slots=True)
class Limits:
    """What one gateway may be asked for, by all who share a database together.

    `most` is how many jobs may be in flight, from their submission until their images are made,
    `models` the same by model id, `rate` how many are submitted a second; what is not set has no
    bound. `origin` is the gateway's: what is at another doesn't count.
    """

    most: int | None = None
    models: Mapping[str, int] = field(default_factory=dict)
    rate: float | None = None
    origin: str = ""

    @property
    def bound_flight(self) -> bool:
        """Whether there is any bound on the jobs in flight."""
        return self.most is not None or bool(self.models)

    @property
    def interval(self) -> float:
        """The seconds between two submissions; 0 where there is no bound."""
        return 1 / self.rate if self.rate else 0.0

    def free(self, model: str, in_flight: Mapping[str, int]) -> int:
        """Return how many more of a model may be submitted beside those in flight, by model."""
        own = self.models.get(model)
        left = _ALL if own is None else own - in_flight.get(model, 0)
        return max(0, min(left, self.free_of_all(in_flight)))

    def crowded(self, model: str, in_flight: Mapping[str, int]) -> str:
        """Say that no more of a model may be in flight; empty while some may."""
        own, number = self.models.get(model), sum(in_flight.values())
        if self.most is not None and number >= self.most:
            return _("{number:,} of {most:,} jobs are in flight", number=number, most=self.most)
        mine = in_flight.get(model, 0)
        if own is None or mine < own:
            return ""
        return _(
            "{number:,} of {most:,} jobs of {model} are in flight",
            number=mine,
            most=own,
            model=model,
        )

    def waits(self, model: str, in_flight: Mapping[str, int]) -> str:
        """Say what a job of a model that is not sent yet waits for; empty without any bound."""
        if said := self.crowded(model, in_flight):
            return said
        return _("{rate:g} are sent a second", rate=self.rate) if self.rate else ""

    def free_of_all(self, in_flight: Mapping[str, int]) -> int:
        """Return how many more may be submitted whatever their model."""
        return _ALL if self.most is None else self.most - sum(in_flight.values())


NO_LIMITS = Limits()
