"""`imagedeck export`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.cli import exits
from tui.cli.common import cli_of
from tui.cli.job_names import JobName
from tui.cli.narrowing import narrowing_flags, with_images
from tui.cli.output import note, say, say_json
from tui.core.language import _
from tui.core.text import clean
from tui.services.export.writing import FORMATS, ExportError, form_of, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.cli.context import Cli
    from tui.core.job import Job
    from tui.services.export.items import Item


@click.command()
@click.argument("names", metavar="[JOB]...", nargs=-1, type=JobName())
@click.option(
    "--to", "target", metavar="PATH", required=True, type=click.Path(), help=_("Where it goes.")
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help=_(
        "A folder with a page (html), the same as a zip, or the metadata alone. PATH's ending "
        "says it otherwise; html unless it does."
    ),
)
@narrowing_flags
@click.pass_context
def export(
    ctx: click.Context,
    *,
    names: tuple[str, ...],
    target: str,
    form: str | None,
    search: str,
    since: float | None,
    group: str | None,
) -> int:
    """Copy images, with a page to look at them, or write down what is known of them.

    Without JOB all that is saved. Nothing that exists is overwritten.
    """
    from tui.cli.errors import RefusedError
    from tui.cli.originals import on_hand
    from tui.services.export.items import items_of

    cli = cli_of(ctx)
    jobs = with_images(cli, names, search, since, group)
    items = list(items_of(jobs))
    if not items:
        raise RefusedError(_("There are no images to export."))
    path = Path(target).expanduser()
    missing: list[Item] = []
    try:
        with on_hand(cli) as here:
            number = write(
                items, path.absolute(), form or form_of(path), missing.append, here.original
            )
    except ExportError as error:
        raise RefusedError(clean(str(error))) from error
    _tell(cli, jobs, path, number, missing)
    return exits.STORAGE if missing else exits.OK


def _tell(
    cli: "Cli", jobs: "Sequence[Job]", path: Path, number: int, missing: "list[Item]"
) -> None:
    for one in missing:
        note(
            _(
                "{short_id}: {path} is not there any more.",
                short_id=one.job.short_id,
                path=one.saved.path,
            )
        )
    if cli.json:
        say_json({"path": str(path), "jobs": len(jobs), "images": number, "missing": len(missing)})
        return
    note(_("{number:,} images of {count:,} jobs.", number=number, count=len(jobs)))
    say(str(path))
