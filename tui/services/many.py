"""Requests that differ in their prompts only."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from tui.core.fault import Fault
from tui.core.fields import RefusedError
from tui.core.language import _, marked
from tui.core.model import Model
from tui.core.price import Price, total
from tui.core.request import Request
from tui.services.matrix import MOST, Matrix
from tui.services.plan import Plan, time_of

_TOO_MANY = marked(
    "stands for {prompts:,} prompts; at most {most:,} requests go at once: a sample draws some of "
    "them"
)
_ONE = marked("{rule} (prompt {number} of {prompts})")
_SOME = marked("{fault} (prompt {number} of {prompts}{others})")


@dataclass(frozen=True, slots=True)
class ManyRequests:
    """One request in many wordings, `count` jobs each."""

    first: Request
    matrix: Matrix
    count: int = 1

    @property
    def number(self) -> int:
        """How many jobs it comes to."""
        return self.matrix.count * self.count

    def __iter__(self) -> Iterator[Request]:
        for text in self.matrix:
            yield replace(self.first, values={**self.first.values, "prompt": text})

    def check(self, model: Model) -> list[str]:
        """Return what is to be warned of, each with the number of the first prompt it is about.

        Raises RefusedError where there are too many, or one of the prompts can't be sent.
        """
        prompts = self.matrix.count
        if self.number > MOST:
            raise RefusedError(Fault("prompt", "", _(_TOO_MANY, prompts=prompts, most=MOST)))
        field = model.field("prompt")
        warned: list[tuple[int, Fault]] = []
        for number, prompt in enumerate(self.matrix, 1):
            try:
                faults = field.check(field.read(prompt)) if field else ()
            except RefusedError as error:
                rule = _(_ONE, rule=error.fault.rule, number=number, prompts=prompts)
                raise RefusedError(replace(error.fault, rule=rule)) from error
            warned += [(number, fault) for fault in faults]
        if not warned:
            return []
        (number, fault), more = warned[0], len(warned) - 1
        others = _(" and {more:,} more", more=more) if more else ""
        return [_(_SOME, fault=fault, number=number, prompts=prompts, others=others)]


def plan_many(
    wordings: Sequence[ManyRequests],
    *,
    price: Callable[[Request], Price],
    seconds: Callable[[Request], float],
    submissions: int,
    hint: str = "",
) -> Plan:
    """Say what the same prompts come to, with each of some models.

    `price` and `seconds` estimate one request, `submissions` go side by side; `hint` says how to
    draw the same sample again.
    """
    requests = sum(one.number for one in wordings)
    slowest = max(seconds(one.first) for one in wordings)
    return Plan(
        requests=requests,
        images=sum(one.number * one.first.count for one in wordings),
        price=total(price(one.first).times(one.number) for one in wordings),
        seconds=time_of(slowest, requests, submissions),
        examples=wordings[0].matrix.examples,
        more=wordings[0].matrix.about(hint),
    )
