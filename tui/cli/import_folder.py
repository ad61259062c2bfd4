"""`imagedeck import`."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.cli.common import cli_of
from tui.cli.output import note, say_json
from tui.core.language import _, marked
from tui.core.retelling import retold
from tui.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.cli.context import Cli
    from tui.core.job import Job
    from tui.services.importing.folder import Left
_CAME = marked("{jobs:,} jobs with {images:,} images came in{there}.")
_WOULD_COME = marked("{jobs:,} jobs with {images:,} images would come in{there}.")


@click.command("import")
@click.argument("folder", type=click.Path())
@click.option("--dry-run", is_flag=True, help=_("Only say what would come in."))
@click.pass_context
def import_folder(ctx: click.Context, *, folder: str, dry_run: bool) -> int:
    """Take the images of a folder into the history; they stay where they are.

    Images with a sidecar of imagedeck come with everything that is known of them, PNG files of
    A1111, ComfyUI and InvokeAI with their prompt.
    """
    from tui.cli.errors import RefusedError

    cli = cli_of(ctx)
    try:
        jobs, left = asyncio.run(_found(Path(folder).expanduser().absolute()))
    except OSError as error:
        raise RefusedError(
            _(
                "{folder} can't be read: {strerror}.",
                folder=clean(folder),
                strerror=retold(error.strerror or ""),
            )
        ) from error
    known = [job for job in jobs if cli.history.get(job.id)]
    new = [job for job in jobs if job not in known]
    if new and not dry_run:
        asyncio.run(_add(cli, new))
    _tell(cli, new, known, left, dry_run=dry_run)
    return 0


async def _found(folder: Path) -> "tuple[list[Job], list[Left]]":
    from tui.services.decode import Decoder
    from tui.services.importing.folder import found_in

    decoder = Decoder()
    try:
        return await found_in(folder, decoder)
    finally:
        await decoder.close()


async def _add(cli: "Cli", jobs: "Sequence[Job]") -> None:
    me = cli.settings.submitter
    async with cli.open_journal() as journal:
        await journal.add([replace(job, submitter=me) for job in jobs])


def _tell(
    cli: "Cli",
    new: "Sequence[Job]",
    known: "Sequence[Job]",
    left: "Sequence[Left]",
    *,
    dry_run: bool,
) -> None:
    for one in left:
        note(_("left out: {path}: {reason}", path=one.path, reason=one.reason))
    images = sum(len(job.files) for job in new)
    if cli.json:
        counts = {"jobs": len(new), "images": images, "known": len(known), "left_out": len(left)}
        say_json({**counts, "dry_run": dry_run})
        return
    there = _("; {count:,} were there already", count=len(known)) if known else ""
    said = _WOULD_COME if dry_run else _CAME
    note(_(said, jobs=len(new), images=images, there=there))
