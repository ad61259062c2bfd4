"""`imagedeck completion`."""

import click

from tui.cli.output import say

_INSTALL = {
    "bash": 'eval "$(imagedeck completion bash)"  in ~/.bashrc',
    "zsh": 'eval "$(imagedeck completion zsh)"  in ~/.zshrc, after compinit',
    "fish": "imagedeck completion fish > ~/.config/fish/completions/imagedeck.fish",
}


_HELP = "\n".join(
    [
        "Print the completion script of a shell.",
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
    from click.shell_completion import get_completion_class

    from tui.cli.root import COMPLETE_VARIABLE, PROG

    kind = get_completion_class(shell)
    if kind is None:
        ctx.fail(f"There is no completion for {shell}.")
    say(f"# To install it: {_INSTALL[shell]}")
    say(kind(ctx.find_root().command, {}, PROG, COMPLETE_VARIABLE).source())
