"""What many requests come to, told before any of them is sent."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tui.core import schedule
from tui.core.language import _, plural
from tui.core.price import Price
from tui.core.request import Request
from tui.core.text import one_line
from tui.core.units import lasted
from tui.core.widths import labelled
from tui.models import PRICES_AS_OF, find_model
from tui.services.journal.protocol import History

_SUBMISSION = 1.0  # seconds that one is taken to last, several going side by side


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`seconds` is the expected time; `examples` are prompts, `more` are lines about the rest."""

    requests: int
    images: int
    price: Price
    seconds: float
    examples: Sequence[str] = ()
    more: Sequence[tuple[str, str]] = ()


def lines_of(plan: Plan) -> Iterator[str]:
    """Return what a person should know beforehand."""
    images = plural("{number:,} image", "{number:,} images", plan.images)
    yield from (labelled(_(name), text) for name, text in plan.more)
    for number, prompt in enumerate(plan.examples):
        yield labelled("" if number else _("such as"), one_line(prompt, 200))
    yield labelled(_("requests"), _("{number:,}, {images}", number=plan.requests, images=images))
    yield labelled(
        _("time"),
        _("about {time}, if the gateway works on all side by side", time=lasted(plan.seconds)),
    )
    yield labelled(
        _("price"),
        _("{price} in all (an estimate as of {date})", price=plan.price, date=PRICES_AS_OF),
    )


def expected_seconds(
    history: History, submissions: int, kinds: Iterable[Request], requests: int
) -> float:
    """Return how long that many requests take, `submissions` being sent at once.

    `kinds` are one request of each kind among them.
    """
    slowest = max((typical_seconds(history, one) for one in kinds), default=0.0)
    return time_of(slowest, requests, submissions)


def typical_seconds(history: History, request: Request) -> float:
    """Return how long one request takes: learned from the history, or declared."""
    declared = find_model(request.model).typical(request.values)
    past = history.durations(request.model, schedule.kind_of(request))
    return schedule.learn(past, declared).median


def time_of(slowest: float, requests: int, submissions: int) -> float:
    """Return how long (seconds) that many take, of which one takes `slowest` at most."""
    return slowest + requests * _SUBMISSION / submissions
