"""The flag and the questions that keep a command within its budget."""

import sys
import time
from dataclasses import replace
from decimal import Decimal, InvalidOperation

import click

from tui.cli.context import Cli
from tui.cli.errors import RefusedError
from tui.cli.output import is_terminal
from tui.core.budget import objection
from tui.core.language import _
from tui.core.price import Price
from tui.core.retelling import retold


class Dollars(click.ParamType[Decimal]):
    """An amount of money: `5`, `0.50`, `$5`; more than none, or `least` and more."""

    name = "amount"

    def __init__(self, *, least: Decimal | None = None) -> None:
        self._least = least

    def convert(
        self, value: str | Decimal, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        """Read US dollars."""
        try:
            amount = Decimal(str(value).strip().removeprefix("$"))
        except InvalidOperation:
            amount = Decimal(-1)
        least = self._least
        if not amount.is_finite() or not (amount > 0 if least is None else amount >= least):
            self.fail(
                _("{value!r} is no amount of US dollars: write 5 or 0.50.", value=value), param, ctx
            )
        return amount


def budget_flag() -> click.Option:
    """Return the flag that bounds one run."""
    return click.Option(
        ["--budget"],
        type=Dollars(),
        metavar="USD",
        help=_("Send nothing that would make this run cost more, by the estimated prices."),
    )


def cap_run(cli: Cli, most: Decimal | None) -> None:
    """Let this run cost no more than that, if it is said."""
    if most is not None:
        caps = replace(cli.settings.budget, run=most)
        cli.settings = replace(cli.settings, budget=caps)


def ask_budget(cli: Cli, price: Price, *, yes: bool) -> None:
    """Let a person confirm what the budget doesn't suffice for; raises RefusedError otherwise.

    With `yes` it is sent until the budget is used up, which the engine sees to.
    """
    caps = cli.settings.budget
    if not caps.are_set:
        return
    said = retold(objection(caps, cli.history.spent(time.time()), price))
    if said and price.amount is None:  # nothing of it could be sent
        raise RefusedError(_("{said}; nothing was sent.", said=said))
    if not said or yes:
        return
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise RefusedError(
            _("{said}; nothing was sent. --yes sends as much as the budget pays for.", said=said)
        )
    if not click.confirm(
        _("{said}. Send as much as it pays for?", said=said), default=False, err=True
    ):
        raise RefusedError(_("Nothing was sent."))
