"""`imagedeck batch`."""

from typing import TYPE_CHECKING, Any

import click

from tui.cli.budget import cap_run
from tui.cli.common import cli_of
from tui.cli.expanding import expand_flags, take_wanted
from tui.cli.flags import Suggested
from tui.cli.sending import sending_flags
from tui.cli.snippets import snippet_flag
from tui.core.language import _
from tui.models import MODELS

if TYPE_CHECKING:
    from tui.cli.context import Cli
    from tui.services.batch.file import Reading

_NAMES = tuple(name for model in MODELS for name in model.names)
_HELP = _("""Make the images of a file, one request a row.

FILE is JSONL (an object a line), CSV (columns named as the fields) or one prompt a line; `-` reads
standard input. All rows are checked before the first is sent. The same file again sends only what
is missing.
""")


def _flag(*names: str, **options: Any) -> click.Option:
    return click.Option(list(names), **options)


def _flags() -> list[click.Parameter]:
    return [
        click.Argument(["file"], metavar="FILE", type=click.Path()),
        _flag("-m", "--model", type=Suggested(_NAMES), metavar="MODEL",
              help=_("The model of rows that name none.")),
        _flag("--format", "form", type=click.Choice(["jsonl", "csv", "lines"]),
              help=_("What FILE is, where its ending doesn't say.")),
        _flag("--skip-invalid", is_flag=True, help=_("Send the other rows when some are wrong.")),
        _flag("--retry-failed", is_flag=True,
              help=_("Send rows again that failed, or were lost, expired or dropped.")),
        _flag("--again", is_flag=True, help=_("Begin anew: send every row once more.")),
        _flag("--name", metavar="NAME",
              help=_("What the batch is known by; FILE's place unless given.")),
        _flag("--out", metavar="TEMPLATE",
              help=_("How its images are named; a setting otherwise.")),
        _flag("--trust-paths", is_flag=True,
              help=_("Take reference images from outside FILE's folder.")),
        snippet_flag(),
        *expand_flags(),
        *sending_flags(),
    ]  # fmt: skip


@click.pass_context
def _batch(ctx: click.Context, /, *, file: str, **flags: Any) -> int:
    from tui.cli.batch_check import CheckedFile
    from tui.cli.batch_run import Options, run_batch
    from tui.cli.errors import RefusedError
    from tui.services.batch.source import Source, SourceError

    cli = cli_of(ctx)
    reading = _reading(cli, flags)
    cap_run(cli, flags.pop("budget"))
    options = Options(**flags)
    try:
        source = Source.open(file)
    except SourceError as error:
        raise RefusedError(str(error)) from error
    with CheckedFile(cli, source, reading) as opened:
        return run_batch(cli, opened, options)


def _reading(cli: "Cli", flags: dict[str, Any]) -> "Reading":
    """Take out of the flags what says how to read; raises RefusedError with all faults."""
    from tui.cli.errors import RefusedError
    from tui.cli.snippets import take_snippets
    from tui.core.naming import TemplateError, check_template
    from tui.models import find_model
    from tui.services.batch.file import Reading
    from tui.services.batch.source import Format

    wanted, faults = take_wanted(flags)
    snippets = take_snippets(cli, flags.pop("snippets"), faults)
    reasons = [str(fault) for fault in faults]
    try:
        if flags["out"] is not None:
            check_template(flags["out"])
    except TemplateError as error:
        reasons.append(_("out: {error}", error=error))
    if reasons:
        raise RefusedError(*reasons)
    name, form = flags.pop("model"), flags.pop("form")
    return Reading(
        model=find_model(name) if name else None,
        form=Format(form) if form else None,
        trust_paths=flags.pop("trust_paths"),
        wanted=wanted,
        snippets=snippets,
    )


batch = click.Command("batch", params=_flags(), callback=_batch, help=_HELP)
