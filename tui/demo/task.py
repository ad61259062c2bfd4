"""A simulated task: what was asked for, when it will be done."""

import math
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Self

from tui.core.fields import Value
from tui.core.model import Model
from tui.core.request import Request
from tui.demo.chance import fraction

_QUEUE = 0.1  # of the typical time is spent pending
_SIGMA = 0.35  # of the log-normal: two tasks of three lie within 0.7 and 1.4 of the typical time


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One accepted submission.

    `born` is Unix seconds; it is pending for `waits` seconds, then processing for `works`
    seconds. `token` stands in the addresses of its images, so that nobody can guess them.
    """

    id: str
    token: str
    model: str
    values: Mapping[str, Value]
    references: int
    born: float
    waits: float
    works: float

    @classmethod
    def start(
        cls,
        model: Model,
        request: Request,
        now: float,
        pace: float,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> Self:
        """Make a task that takes about the model's typical time, times `pace`.

        `random` gives so many bytes, which tell its id, its token and how long it takes.
        """
        name = "img_gen_" + random(12).hex()
        typical = model.typical(request.values) * pace
        return cls(
            id=name,
            token=urlsafe_b64encode(random(18)).decode(),
            model=model.id,
            values=request.values,
            references=len(request.references),
            born=now,
            waits=typical * _QUEUE * _jitter(name, "waits"),
            works=typical * (1 - _QUEUE) * _jitter(name, "works"),
        )

    @property
    def prompt(self) -> str:
        """The prompt, as it was sent."""
        return str(self.values["prompt"])

    @property
    def count(self) -> int:
        """How many images it makes."""
        return int(self.values.get("n", 1))

    def status(self, now: float) -> str:
        """Return the status word at that time (Unix seconds)."""
        age = now - self.born
        if age < self.waits:
            return "pending"
        if age < self.waits + self.works:
            return "processing"
        return "failed" if "[fail]" in self.prompt else "succeeded"


def _jitter(*words: object) -> float:
    return math.exp(_SIGMA * NormalDist().inv_cdf(fraction(*words)))
