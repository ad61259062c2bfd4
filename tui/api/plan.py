"""What something comes to, before anything of it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tui.core.fault import Fault
from tui.core.price import Price
from tui.core.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The requests that would be sent, a job each.

    `price` is the estimate for all of them, `seconds` the expected time; `warnings` stop nothing.
    `lost` says by model what a comparison can't say in its words; `earlier` is how many rows of a
    batch were sent before and are not sent again.
    """

    requests: Sequence[Request]
    price: Price
    seconds: float
    warnings: tuple[Fault, ...] = ()
    lost: Mapping[str, str] = field(default_factory=dict)
    earlier: int = 0
    bodies: Sequence[Mapping[str, Any]] = field(default=(), repr=False)

    @property
    def images(self) -> int:
        """How many images are asked for."""
        return sum(request.count for request in self.requests)
