"""The flags of every command that sends new requests."""

import click

from tui.cli.budget import budget_flag
from tui.cli.common import cli_of
from tui.cli.flags import Between
from tui.cli.times import Seconds
from tui.core.language import _, marked

NO_WAIT = marked(
    "End as soon as every task is known by its id; where workers make the images, as soon as "
    "every job is in their queue."
)


def sending_flags() -> list[click.Option]:
    """Return them, in the order of the help."""
    return [
        click.Option(
            ["--dry-run"],
            is_flag=True,
            help=_(
                "Print method, URL, body and estimated price; send nothing. "
                "Files are shown by size and sha256."
            ),
        ),
        click.Option(["--no-wait"], is_flag=True, help=_(NO_WAIT)),
        click.Option(
            ["--timeout"],
            type=Seconds(),
            metavar="S",
            help=_("Wait that many seconds at most; the jobs go on."),
        ),
        click.Option(
            ["--in-flight"],
            type=Between(1, 100_000),
            metavar="N",
            expose_value=False,
            callback=keep_in_flight,
            help=_("Let the gateway work on that many jobs of this command at once."),
        ),
        budget_flag(),
        click.Option(
            ["--yes"], is_flag=True, help=_("Don't ask before many requests, or for the budget.")
        ),
    ]


def keep_in_flight(ctx: click.Context, _option: click.Parameter, value: int | None) -> None:
    """Let this run have that many jobs in flight at most, if it is said."""
    if value is not None:
        cli_of(ctx).in_flight = value
