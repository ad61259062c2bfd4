"""`imagedeck delete`."""

import asyncio
import time

import click

from tui.cli import exits
from tui.cli.common import cli_of
from tui.cli.errors import RefusedError
from tui.cli.job_names import JobName, find_jobs
from tui.cli.output import note, say, say_json
from tui.cli.times import rfc3339
from tui.core.job import Job, State
from tui.core.text import clean, one_line


@click.command()
@click.argument("names", metavar="JOB...", nargs=-1, required=True, type=JobName())
@click.option("--undo", is_flag=True, help="List deleted jobs again; the trash keeps their images.")
@click.pass_context
def delete(ctx: click.Context, *, names: tuple[str, ...], undo: bool) -> int:
    """Take jobs off the lists and put their images into the system's trash.

    What they cost still counts in the statistics. Jobs under way are not deleted.
    """
    from tui.cli.mark import annotated
    from tui.services.trash import trash_images

    cli = cli_of(ctx)
    jobs = find_jobs(cli, names)
    if undo:
        faults = [f"Job {job.short_id} is not deleted." for job in jobs if job.deleted is None]
    else:
        faults = [fault for job in jobs for fault in undeletable(job)]
    if faults:
        raise RefusedError(*faults)
    deleted = None if undo else time.time()
    done = asyncio.run(annotated(cli, [(job.id, {"deleted": deleted}) for job in jobs]))
    problems = [] if undo else trash_images(one.path for job in done for one in job.files)
    for job in done:
        if cli.json:
            say_json({**job.as_event(), "time": rfc3339(job.updated), "deleted": not undo})
        else:
            say(f"{job.short_id}  {'listed again' if undo else 'deleted'}: {one_line(job.prompt)}")
        if undo and job.files:
            note(f"Its images are in the system's trash, if not here: {clean(job.folder)}")
    for problem in problems:
        note(f"Not in the trash, and where it was: {clean(problem)}")
    return exits.STORAGE if problems else exits.OK


def undeletable(job: Job) -> list[str]:
    """Say why a job can't be deleted."""
    name = f"Job {job.short_id}"
    if job.state is State.UNKNOWN and not job.resolution:
        return [f"{name} may have been billed; `imagedeck resolve {job.short_id}` comes first."]
    if not job.state.is_end:
        return [f"{name} is {job.state}; only jobs that are over are deleted."]
    return []
