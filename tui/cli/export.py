"""`imagedeck export`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.cli import exits
from tui.cli.common import cli_of
from tui.cli.job_names import JobName, find_jobs
from tui.cli.output import note, say, say_json
from tui.cli.times import Since
from tui.core.text import clean

if TYPE_CHECKING:
    from tui.cli.context import Cli
    from tui.core.job import Job
    from tui.services.export.items import Item

_FORMATS = ("html", "zip", "csv", "jsonl")


@click.command()
@click.argument("names", metavar="[JOB]...", nargs=-1, type=JobName())
@click.option(
    "--to", "target", metavar="PATH", required=True, type=click.Path(), help="Where it goes."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    help="A folder with a page (html), the same as a zip, or the metadata alone. PATH's ending "
    "says it otherwise; html unless it does.",
)
@click.option("--search", metavar="WORDS", default="", help="Only prompts with these words.")
@click.option(
    "--since", type=Since(), metavar="WHEN", help="Only newer ones: 90s, 15m, 2h, 7d, 2w or a date."
)
@click.option("--group", metavar="NAME", help="Only the jobs of a batch or comparison.")
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
    from tui.services.export.items import items_of
    from tui.services.export.writing import ExportError
    from tui.services.journal.protocol import Query

    cli = cli_of(ctx)
    if names:
        jobs = find_jobs(cli, names)
    else:
        query = Query(text=search, since=since, group=group, limit=None)
        jobs = [job for job in cli.history.list(query) if job.files]
    items = list(items_of(jobs))
    if not items:
        raise RefusedError("There are no images to export.")
    path = Path(target).expanduser()
    missing: list[Item] = []
    try:
        number = _write(items, path.absolute(), form or _form_of(path), missing)
    except ExportError as error:
        raise RefusedError(clean(str(error))) from error
    _tell(cli, jobs, path, number, missing)
    return exits.STORAGE if missing else exits.OK


def _form_of(path: Path) -> str:
    ending = path.suffix.lower().removeprefix(".")
    return ending if ending in _FORMATS[1:] else "html"


def _write(items: "list[Item]", path: Path, form: str, missing: "list[Item]") -> int:
    from tui.services.export import writing

    match form:
        case "zip":
            return writing.write_zip(items, path, missing.append)
        case "csv":
            return writing.write_csv(items, path)
        case "jsonl":
            return writing.write_jsonl(items, path)
        case _:
            return writing.write_folder(items, path, missing.append)


def _tell(cli: "Cli", jobs: "list[Job]", path: Path, number: int, missing: "list[Item]") -> None:
    for one in missing:
        note(f"{one.job.short_id}: {one.saved.path} is not there any more.")
    if cli.json:
        say_json({"path": str(path), "jobs": len(jobs), "images": number, "missing": len(missing)})
        return
    note(f"{number:,} images of {len(jobs):,} jobs.")
    say(str(path))
