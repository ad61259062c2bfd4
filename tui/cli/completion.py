"""`imagedeck completion`."""

import click

from tui.cli.output import say
from tui.core.language import _

_INSTALL = {
    "bash": 'eval "$(imagedeck completion bash)"  in ~/.bashrc',
    "zsh": 'eval "$(imagedeck completion zsh)"  in ~/.zshrc, after compinit',
    "fish": "imagedeck completion fish > ~/.config/fish/completions/imagedeck.fish",
}


_HELP = "\n".join(
    [
        _("Print the completion script of a shell."),
        "",
        "\b",
        *(f"{shell:<6}{how}" for shell, how in _INSTALL.items()),
    ]
)


@click.command(help=_HELP)
@click.argument("shell", type=click.Choice(list(_INSTALL)))
@click.pass_context
def completion(ctx: click.Context, *, shell: str) -> None:
    """Print the completion script of a shell."""
    from tui.cli.root import COMPLETE_VARIABLE, PROG
    from tui.cli.shells import SHELLS

    say(_("# To install it: {install}", install=_INSTALL[shell]))
    say(SHELLS[shell](ctx.find_root().command, {}, PROG, COMPLETE_VARIABLE).source())
