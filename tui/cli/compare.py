"""`imagedeck compare`."""

from decimal import Decimal
from typing import Any

import click

from tui.cli.budget import cap_run
from tui.cli.common import cli_of
from tui.cli.flags import Suggested
from tui.cli.sending import sending_flags
from tui.cli.snippets import snippet_flag
from tui.core.language import _
from tui.models import MODELS


@click.command(
    epilog=_(
        "Shape, resolution and format are said in each model's own words; what a model has no "
        "word for is told and left out. The jobs are one group."
    )
)
@click.argument("prompt", nargs=-1, metavar="PROMPT")
@click.option(
    "-m",
    "--model",
    "models",
    multiple=True,
    metavar="MODEL",
    type=Suggested(tuple(name for model in MODELS for name in model.names)),
    help=_("A model to compare; repeat it. All of them when left out."),
)
@click.option("--ratio", metavar="W:H", help=_("The shape, such as 16:9."))
@click.option("--resolution", metavar="1K|2K|4K|WxH", help=_("How many pixels, or the very size."))
@click.option("--format", "format_", metavar="png|jpeg|webp", help=_("The file format."))
@click.option(
    "--quality", metavar="low|medium|high", help=_("The quality, where a model has tiers.")
)
@click.option(
    "--image",
    "images",
    multiple=True,
    type=click.Path(),
    metavar="FILE|URL",
    help=_("A reference image, where a model takes some; repeat it for more."),
)
@click.option(
    "--rows",
    multiple=True,
    metavar="NAME=VALUE,…",
    help=_(
        "Make a grid: what its rows differ in, one of model, size, quality, ratio or a variable "
        "{{NAME}} of the prompt. Values with a comma stand in double quotes."
    ),
)
@click.option(
    "--columns",
    multiple=True,
    metavar="NAME=VALUE,…",
    help=_("The same for its columns; the models unless given."),
)
@click.option("--count", default="1", metavar="N", help=_("How many jobs for each model."))
@click.pass_context
def compare(
    ctx: click.Context,
    /,
    *,
    dry_run: bool,
    no_wait: bool,
    timeout: float | None,
    budget: Decimal | None,
    yes: bool,
    **wish: Any,
) -> int:
    """Make the same image with several models, side by side.

    PROMPT says what the image shows; `-` reads it from standard input. With --rows and --columns
    it is made once for each cell of a grid; what no model can do is named and left out.
    """
    from tui.cli.comparing import new_jobs, plan_of, read, show_requests
    from tui.cli.following import Wish
    from tui.cli.plan import confirm
    from tui.cli.session import run_new

    cli = cli_of(ctx)
    cap_run(cli, budget)
    comparison = read(cli, wish)
    if dry_run:
        show_requests(cli, comparison)
        return 0
    confirm(cli, plan_of(cli, comparison), yes=yes)
    return run_new(
        cli,
        lambda deck: new_jobs(deck, comparison),
        Wish(timeout=timeout, until_submitted=no_wait),
    )


compare.params += [snippet_flag(), *sending_flags()]
