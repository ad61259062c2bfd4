"""`imagedeck generate`, with one command for each model."""

from decimal import Decimal
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import click

from tui.cli.budget import ask_budget, cap_run
from tui.cli.common import add_common, cli_of
from tui.cli.expanding import expand_flags
from tui.cli.flags import epilog, field_flags
from tui.cli.sending import sending_flags
from tui.cli.snippets import snippet_flag
from tui.core.language import _
from tui.core.model import Model
from tui.models import MODELS, UnknownModelError, find_model

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class ModelGroup(click.Group):
    """A group whose commands are the models, by id and alias."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the models' ids, in the order of the sidebar."""
        return [model.id for model in MODELS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Return a model's command; raises UnknownModelError."""
        return _command(find_model(cmd_name).id)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the model that was asked for."""
        try:
            return super().resolve_command(ctx, args)
        except UnknownModelError as error:
            from tui.cli.errors import RefusedError

            if args[0].startswith("-"):
                ctx.fail(_("There is no option {args!r} before the model's name.", args=args[0]))
            raise RefusedError(str(error), model=args[0]) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the models with their aliases and what they are best for."""
        with formatter.section(_("Models")):
            formatter.write_dl([(", ".join(model.names), model.best_for) for model in MODELS])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Complete a model's name."""
        from click.shell_completion import CompletionItem

        names = [
            CompletionItem(name, help=model.best_for)
            for model in MODELS
            for name in model.names
            if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)


@click.group(cls=ModelGroup, subcommand_metavar="MODEL PROMPT [OPTIONS]")
def generate() -> None:
    """Make images and wait for them.

    `imagedeck generate MODEL --help` shows what a model takes.
    """


def _own_flags() -> list[click.Option]:
    return [
        click.Option(["--count"], default="1", metavar="N", help=_("How many jobs to make of it.")),
        click.Option(
            ["--preset"],
            metavar="NAME",
            help=_("Take the values of a preset of the settings where no flag says otherwise."),
        ),
        snippet_flag(),
        *expand_flags(),
        *sending_flags(),
    ]


@cache
def _command(model_id: str) -> click.Command:
    model = find_model(model_id)
    command = click.Command(
        model.id,
        params=[*field_flags(model), *_own_flags()],
        callback=click.pass_context(partial(_generate, model=model)),
        help=_(
            "Make images with {title}.\n\nPROMPT says what the image shows; `-` reads it "
            "from standard input.",
            title=model.title,
        ),
        short_help=model.best_for,
        epilog=epilog(model),
        no_args_is_help=False,
    )
    return add_common(command)


def _generate(
    ctx: click.Context,
    *,
    model: Model,
    dry_run: bool,
    no_wait: bool,
    timeout: float | None,
    yes: bool,
    budget: Decimal | None,
    **flags: Any,
) -> int:
    from tui.cli.asking import ask_above, read_request
    from tui.cli.expanding import take_wanted
    from tui.cli.following import Wish
    from tui.cli.matrix import read_many, send_many, show_requests
    from tui.cli.session import run_new

    cli = cli_of(ctx)
    cap_run(cli, budget)
    wish = Wish(timeout=timeout, until_submitted=no_wait)
    wanted, faults = take_wanted(flags)
    if wanted or faults:
        many = read_many(cli, model, flags, wanted, faults)
        return show_requests(cli, many) if dry_run else send_many(cli, many, wish, yes=yes)
    request, count = read_request(cli, model, flags)
    if dry_run:
        from tui.cli.dry_run import show

        show(cli, request, count)
        return 0
    ask_above(cli, count, yes=yes)
    ask_budget(cli, cli.settings.price(request).times(count), yes=yes)
    return run_new(
        cli,
        lambda deck: deck.new_jobs(request, count),
        wish,
    )
