"""The command `imagedeck` with everything below it."""

import os
import time
from collections.abc import Sequence

import click

import tui
from tui.app.first_frame import has_size, is_dumb, is_terminal
from tui.cli import exits
from tui.cli.commands import COMMANDS, LazyGroup
from tui.cli.common import add_common
from tui.cli.context import Cli
from tui.cli.output import note, say, say_json
from tui.core.language import _
from tui.core.picture import PREVIEWS

PROG = "imagedeck"
COMPLETE_VARIABLE = "_IMAGEDECK_COMPLETE"


def _say_version(ctx: click.Context, _option: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        say(f"{PROG} {tui.__version__}")
        ctx.exit()


_HELP = "{}\n\n\b\n{:<48}{}\n{:<48}{}\n".format(
    _("Make images with several models through one gateway."),
    'imagedeck generate gpt "a lighthouse" --demo',
    _("without key or network"),
    "imagedeck key set",
    _("then the same without --demo"),
)


@click.group(
    PROG,
    cls=LazyGroup,
    help=_HELP,
    invoke_without_command=True,
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_say_version,
    help=_("Show the version and exit."),
)
@click.option(
    "--plain",
    is_flag=True,
    help=_("Work line by line: for screen readers, and where nothing can be placed."),
)
@click.option(
    "--preview",
    type=click.Choice(PREVIEWS),
    help=_("How the app shows pictures; auto: the best that the terminal can."),
)
@click.pass_context
def root(ctx: click.Context, *, plain: bool, preview: str | None) -> int:
    """Set up what every command needs; without a command, open the app."""
    from tui.services.crash import install_crash_report
    from tui.services.places import Places

    install_crash_report(Places.standard().log_file)
    if ctx.invoked_subcommand is not None:
        return exits.OK
    cli: Cli = ctx.obj
    if plain or (is_terminal() and (is_dumb() or not has_size())):
        from tui.cli.plain.shell import open_plain

        return open_plain(cli)
    if not is_terminal():
        raise click.UsageError(
            _(
                "The app needs a terminal at both ends. Without one, name a command: {commands}.",
                commands=", ".join(COMMANDS),
            )
        )
    from tui.app.launch import open_app

    return open_app({**cli.flags, "preview": preview}, demo=cli.demo)


add_common(root)


def run(args: Sequence[str]) -> int:
    """Run a command line without the program's name; return the exit code."""
    cli = Cli(json="--json" in args)  # known before the rest is parsed, which may fail
    if COMPLETE_VARIABLE in os.environ:
        from tui.cli.shells import register_shells

        register_shells()
    try:
        code = root.main(
            list(args),
            PROG,
            complete_var=COMPLETE_VARIABLE,
            standalone_mode=False,
            obj=cli,
        )
    except (click.Abort, KeyboardInterrupt):
        note(_("Interrupted; nothing was sent."))
        code = exits.INTERRUPTED
    except _known_failures() as error:
        code = _fail(cli, error)
    finally:
        cli.close()
    return code if isinstance(code, int) else exits.OK


def _known_failures() -> tuple[type[Exception], ...]:
    from tui.cli.failures import known_failures  # only now: it knows all services

    return known_failures()


def _fail(cli: Cli, error: Exception) -> int:
    from tui.app.first_frame import FRAME
    from tui.cli.failures import meaning, sentences
    from tui.cli.times import rfc3339

    FRAME.leave()  # what is said on its screen would vanish with it
    code, kind = meaning(error)
    lines = list(sentences(error))
    for line in lines:
        note(line)
    if cli.json:
        say_json(
            {
                "job": None,
                "model": getattr(error, "model", None),
                "prompt": getattr(error, "prompt", None),
                "state": None,
                "task_id": None,
                "files": [],
                "error": {"kind": kind.value, "message": "\n".join(lines)},
                "time": rfc3339(time.time()),
            }
        )
    return code
