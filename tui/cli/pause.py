"""`imagedeck pause`."""

import asyncio
from typing import TYPE_CHECKING

import click

from tui.cli.common import cli_of
from tui.cli.errors import RefusedError
from tui.cli.output import note, say_json
from tui.core.language import _, marked
from tui.core.text import clean, one_line

if TYPE_CHECKING:
    from tui.cli.context import Cli
_ALL = marked("Submissions are paused; `imagedeck pause --off{suffix}` lets them go on.")
_GROUP = marked(
    "Submissions of {group} are paused; `imagedeck pause --group {group} --off{suffix}` lets them "
    "go on."
)


@click.command()
@click.option(
    "--group", metavar="NAME", help=_("Only a batch or a comparison, by its group's name.")
)
@click.option("--off", is_flag=True, help=_("Let them go on."))
@click.pass_context
def pause(ctx: click.Context, *, group: str | None, off: bool) -> None:
    """Hold submissions back, in every imagedeck, until `imagedeck pause --off`.

    What was sent goes on to its images. Commands that have something to send wait, and the app says
    so; `p` there does the same.
    """
    from tui.services.journal.protocol import Query

    cli = cli_of(ctx)
    if group and not off and not cli.history.list(Query(group=group, limit=1)):
        raise RefusedError(
            _(
                "There is no group {group}; `imagedeck show JOB` names a job's group.",
                group=clean(group, 60),
            )
        )
    paused = asyncio.run(_set(cli, group or "", off=off))
    if cli.json:
        groups = sorted(name for name in paused if name)
        say_json({"paused": "" in paused, "groups": groups})
    for name in sorted(paused):
        note(_(_GROUP if name else _ALL, group=one_line(name, 60), suffix=cli.suffix))
    if not paused:
        note(_("Submissions go on."))


async def _set(cli: "Cli", name: str, *, off: bool) -> frozenset[str]:
    async with cli.open_journal() as journal:
        await (journal.pauses.end(name) if off else journal.pauses.begin(name))
        return await journal.pauses.all()
