"""The flags that every command takes, before its name and after it."""

from collections.abc import Iterable

import click

from tui.cli.context import Cli


def add_common(command: click.Command) -> click.Command:
    """Give a command, and every command below it, the common flags; return it."""
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
    yield click.Option(
        ["--demo"],
        is_flag=True,
        expose_value=False,
        callback=_note,
        help="Use the embedded gateway: no key, no network, no bill.",
    )
    yield click.Option(
        ["--json"],
        is_flag=True,
        expose_value=False,
        callback=_note,
        help="Print JSON Lines on stdout.",
    )
    yield click.Option(
        ["--base-url"], metavar="URL", expose_value=False, callback=_note, help="The gateway."
    )
    yield click.Option(
        ["--output-dir"],
        metavar="FOLDER",
        type=click.Path(file_okay=False),
        expose_value=False,
        callback=_note,
        help="Where images go.",
    )
    yield click.Option(
        ["--profile"],
        metavar="NAME",
        expose_value=False,
        callback=_note,
        help="A named set of gateway, key, folder and prices.",
    )


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
