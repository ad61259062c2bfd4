"""`imagedeck fetch`."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.cli import exits
from tui.cli.common import cli_of
from tui.cli.errors import RefusedError
from tui.cli.job_names import JobName, job_named
from tui.cli.narrowing import narrowing_flags, with_images
from tui.cli.output import note, say, say_json
from tui.cli.times import rfc3339
from tui.core.job import ErrorKind, Job
from tui.core.language import _
from tui.core.retelling import retold
from tui.services.files import StorageError

if TYPE_CHECKING:
    from tui.cli.context import Cli

_AT_ONCE = 8  # jobs whose images are copied side by side


@click.command()
@click.argument("names", metavar="[JOB]...", nargs=-1, type=JobName())
@click.option(
    "--to",
    "target",
    metavar="FOLDER",
    type=click.Path(),
    default=".",
    help=_("Where they go; the current folder unless given."),
)
@narrowing_flags
@click.pass_context
def fetch(
    ctx: click.Context,
    *,
    names: tuple[str, ...],
    target: str,
    search: str,
    since: float | None,
    group: str | None,
) -> int:
    """Copy images as they were made, and the files beside them, into a folder here.

    From the bucket or the folder where they are; nothing that exists is overwritten, and an equal
    image that is there already counts as the copy.
    """
    cli = cli_of(ctx)
    if not (names or search or group or since is not None):
        raise RefusedError(_("Say which jobs: by name, --search, --since or --group."))
    jobs = with_images(cli, names, search, since, group)
    if not any(job.files for job in jobs):
        raise RefusedError(_("There are no images to fetch."))
    return asyncio.run(_fetch(cli, jobs, Path(target).expanduser().absolute()))


async def _fetch(cli: "Cli", jobs: Sequence[Job], folder: Path) -> int:
    from tui.cli.reporters import path_line

    codes, told = [], set[str]()
    async for job, copies in _copied(cli, jobs, folder):
        problems = [one for one in copies if isinstance(one, StorageError)]
        paths = {
            saved.index: str(path)
            for saved, path in zip(job.files, copies, strict=True)
            if isinstance(path, Path)
        }
        for problem in {str(one) for one in problems} - told:
            told.add(problem)  # of a store that is away once
            note(f"{job.short_id}: {retold(problem)}")
        if not job.files:
            codes.append(exits.code_of(job))
            note(_("{job} has no image.", job=job_named(job)))
        if problems:
            codes.append(exits.STORAGE)
        if cli.json:
            say_json(_event(job, paths, problems))
        else:
            for path in paths.values():
                say(path_line(path))
    return exits.worst(codes)


async def _copied(
    cli: "Cli", jobs: Sequence[Job], folder: Path
) -> AsyncIterator[tuple[Job, list[Path | StorageError]]]:
    from tui.cli.originals import originals_of
    from tui.services.fetching import fetch_all

    originals = originals_of(cli)
    for start in range(0, len(jobs), _AT_ONCE):
        some = jobs[start : start + _AT_ONCE]
        copying = (fetch_all(job.files, folder, originals) for job in some)
        for job, copies in zip(some, await asyncio.gather(*copying), strict=True):
            yield job, copies


def _event(job: Job, paths: dict[int, str], problems: list[StorageError]) -> dict[str, object]:
    """Return the job's object with the copies' paths; an error where one is missing."""
    event = job.as_event()
    files = zip(job.files, event["files"], strict=True)
    event["files"] = [
        {**record, "path": paths[one.index]} for one, record in files if one.index in paths
    ]
    if problems:
        event["error"] = {"kind": ErrorKind.DISK.value, "message": str(problems[0])}
    return {**event, "time": rfc3339(job.updated)}
