"""The flags that every command takes, before its name and after it."""

from collections.abc import Iterable

import click

from tui.cli.context import Cli
from tui.cli.help_pages import speak
from tui.cli.output import say
from tui.core.language import _


def add_common(command: click.Command) -> click.Command:
    """Give a command, and every command below it, the common flags; return it."""
    command.add_help_option = False  # click's own stumbles over a stdout that takes nothing
    speak(command)
    own = {flag for param in command.params for flag in param.opts}
    command.params += [one for one in _flags() if not own & set(one.opts)]
    if isinstance(command, click.Group):
        for below in command.commands.values():
            add_common(below)
    return command


def cli_of(ctx: click.Context) -> Cli:
    """Return what the common flags have said so far."""
    return ctx.find_root().ensure_object(Cli)


def _flags() -> Iterable[click.Option]:
    yield _flag("--demo", _("Use the embedded gateway: no key, no network, no bill."))
    yield _flag("--json", _("Print JSON Lines on stdout."))
    yield _text("--base-url", "URL", _("The gateway."))
    yield _text("--output-dir", "FOLDER", _("Where images go."), click.Path(file_okay=False))
    yield _text("--profile", "NAME", _("A named set of gateway, key, folder and prices."))
    yield click.Option(
        ["-h", "--help"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_say_help,
        help=_("Show this message and exit."),
    )


def _flag(name: str, text: str) -> click.Option:
    return click.Option([name], is_flag=True, expose_value=False, callback=_note, help=text)


def _text(name: str, metavar: str, text: str, kind: click.Path | None = None) -> click.Option:
    return click.Option(
        [name], metavar=metavar, type=kind, expose_value=False, callback=_note, help=text
    )


def _say_help(ctx: click.Context, _option: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        say(ctx.get_help())
        ctx.exit()


def _note(ctx: click.Context, param: click.Parameter, value: str | bool | None) -> None:
    cli = cli_of(ctx)
    match param.name, value:
        case _, None | False:
            return  # said nothing here; it may have been said before the command
        case "demo", _:
            cli.demo = True
        case "json", _:
            cli.json = True
        case str() as name, str() as text:
            cli.flags[name] = text
