"""`imagedeck prune`."""

import asyncio
import time
from typing import TYPE_CHECKING

import click

from tui.cli.common import cli_of
from tui.cli.output import say, say_json
from tui.core.language import _, marked
from tui.core.units import amount

if TYPE_CHECKING:
    from tui.cli.context import Cli
    from tui.core.job import Job
    from tui.core.keeping import Thing
    from tui.services.housekeeping import Housekeeping, Removed

_WHAT = {
    "quarantine": marked("in quarantine"),
    "answers": marked("answers without a task id or an image"),
    "references": marked("copies of references"),
    "thumbnails": marked("thumbnails"),
    "leftovers": marked("leftovers of killed runs"),
    "originals": marked("copies of images that are in a bucket"),
    "results": marked("jobs with old result URLs"),
}
_FREED, _WOULD_FREE = marked("Freed {amount}."), marked("Would free {amount}.")


@click.command()
@click.option("--dry-run", is_flag=True, help=_("Only say what would be removed."))
@click.pass_context
def prune(ctx: click.Context, *, dry_run: bool) -> int:
    """Remove what is too old to be needed; images and jobs stay.

    How old that is stands in the settings, in the table [keep].
    """
    from tui.services.housekeeping import Housekeeping, summary

    cli = cli_of(ctx)
    house = Housekeeping(cli.places, cli.settings.keep, cli.history, folders=cli.settings.folders)
    found = house.find(time.time())
    removed = summary(*found) if dry_run else asyncio.run(_remove(cli, house, *found))
    _show(cli, removed, dry_run=dry_run)
    return 0


async def _remove(
    cli: "Cli", house: "Housekeeping", files: "list[Thing]", jobs: "list[Job]"
) -> "list[Removed]":
    if not files and not jobs:
        return []
    async with cli.open_journal() as journal:
        removed = await house.remove(files, jobs, journal)
    house.note_swept(time.time())
    return removed


def _show(cli: "Cli", removed: "list[Removed]", *, dry_run: bool) -> None:
    total = sum(one.bytes for one in removed)
    if cli.json:
        for one in removed:
            say_json(
                {"kind": one.kind, "number": one.number, "bytes": one.bytes, "dry_run": dry_run}
            )
        number = sum(one.number for one in removed)
        say_json({"kind": "total", "number": number, "bytes": total, "dry_run": dry_run})
        return
    for one in removed:
        say(f"{one.number:>7}  {_(_WHAT[one.kind])}, {amount(one.bytes)}")
    if not removed:
        say(_("Nothing is old enough to be removed."))
        return
    say(_(_WOULD_FREE if dry_run else _FREED, amount=amount(total)))
