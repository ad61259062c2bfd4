"""The table of commands, each loaded only when it is asked for."""

from difflib import get_close_matches
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

import click

from tui.cli.common import add_common
from tui.core.language import _, marked

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# Name, where it is, what it does: so that `imagedeck --help` loads none of them.
COMMANDS: dict[str, tuple[str, str]] = {
    "generate": ("tui.cli.generate:generate", marked("Make images and wait for them.")),
    "compare": (
        "tui.cli.compare:compare",
        marked("Make one image with several models, side by side."),
    ),
    "batch": ("tui.cli.batch:batch", marked("Make the images of a file, one request a row.")),
    "jobs": ("tui.cli.jobs:jobs", marked("List jobs, the newest first.")),
    "show": ("tui.cli.show:show", marked("Show everything that is known about a job.")),
    "wait": ("tui.cli.wait:wait", marked("Wait for jobs that are under way.")),
    "retry": ("tui.cli.retry:retry", marked("Make jobs that came to nothing anew.")),
    "mark": ("tui.cli.mark:mark", marked("Tag, rate or note jobs.")),
    "vote": ("tui.cli.vote:vote", marked("Say which image of a comparison is the best.")),
    "delete": (
        "tui.cli.delete:delete",
        marked("Take jobs off the lists, their images into the trash."),
    ),
    "resolve": ("tui.cli.resolve:resolve", marked("Decide what becomes of an `unknown` job.")),
    "pause": ("tui.cli.pause:pause", marked("Hold submissions back, or let them go on.")),
    "resume": ("tui.cli.resume:resume", marked("Finish everything that is unfinished.")),
    "fetch": ("tui.cli.fetch:fetch", marked("Copy images as they were made into a folder here.")),
    "export": ("tui.cli.export:export", marked("Copy images with a page to look at them.")),
    "import": (
        "tui.cli.import_folder:import_folder",
        marked("Take a folder's images into the history."),
    ),
    "prune": ("tui.cli.prune:prune", marked("Remove what is too old to be needed.")),
    "stats": ("tui.cli.stats:stats", marked("Add up jobs, times and money.")),
    "models": ("tui.cli.models:models", marked("List the models and what they take.")),
    "gateway": ("tui.cli.gateway:gateway", marked("Serve the embedded gateway over HTTP.")),
    "key": ("tui.cli.key:key", marked("Set, check or forget the gateway key.")),
    "worker": (
        "tui.cli.worker:worker",
        marked("Work on the jobs of a database that several hosts share."),
    ),
    "db": ("tui.cli.db:db", marked("Care for a database that several hosts share.")),
    "migrate": ("tui.cli.migrate:migrate", marked("Move all jobs into a shared database.")),
    "config": ("tui.cli.config:config", marked("Find, show or edit the settings.")),
    "doctor": ("tui.cli.doctor.command:doctor", marked("Find out what is wrong, and what to do.")),
    "completion": (
        "tui.cli.completion:completion",
        marked("Print the completion script of a shell."),
    ),
}


class LazyGroup(click.Group):
    """A group whose commands stand in `COMMANDS`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Load one command."""
        return _load(cmd_name) if cmd_name in COMMANDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was asked for, or name the nearest one."""
        name = args[0]
        if name not in COMMANDS and not ctx.resilient_parsing and not name.startswith("-"):
            begun = [command for command in COMMANDS if command.startswith(name)]
            near = begun or get_close_matches(name, COMMANDS, n=1)
            hint = _(" Did you mean {near!r}?", near=near[0]) if near else ""
            ctx.fail(
                _(
                    "There is no command {name!r}.{hint} Commands: {commands}.",
                    name=name,
                    hint=hint,
                    commands=", ".join(COMMANDS),
                )
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the table of commands without loading any."""
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(summary)) for name, (_place, summary) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Complete a command's name without loading any."""
        from click.shell_completion import CompletionItem

        names = [
            CompletionItem(name, help=_(summary))
            for name, (_place, summary) in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)


@cache
def _load(name: str) -> click.Command:
    module, _colon, attribute = COMMANDS[name][0].partition(":")
    command: click.Command = getattr(import_module(module), attribute)
    return add_common(command)
