"""A plan told on stderr, and confirmed."""

from collections.abc import Iterable

from tui.cli.asking import ask_above
from tui.cli.budget import ask_budget
from tui.cli.context import Cli
from tui.cli.output import note
from tui.core.request import Request
from tui.services import plan as plans
from tui.services.plan import Plan, lines_of


def tell(plan: Plan) -> None:
    """Tell it on stderr."""
    for line in lines_of(plan):
        note(line)


def confirm(cli: Cli, plan: Plan, *, yes: bool) -> None:
    """Tell it, and let a person confirm what is much; raises RefusedError unless they do."""
    tell(plan)
    ask_above(cli, plan.requests, yes=yes)
    ask_budget(cli, plan.price, yes=yes)


def expected_seconds(cli: Cli, kinds: Iterable[Request], requests: int) -> float:
    """Return how long that many requests take; `kinds` are one of each kind among them."""
    return plans.expected_seconds(cli.history, cli.settings.submissions, kinds, requests)
