"""`imagedeck delete`."""

import asyncio
import time

import click

from tui.cli import exits
from tui.cli.common import cli_of
from tui.cli.errors import RefusedError
from tui.cli.job_names import JobName, find_jobs
from tui.cli.output import note, say, say_json
from tui.cli.owning import others_flag, own_jobs
from tui.cli.times import rfc3339
from tui.core.bucket import remote_of
from tui.core.job import Job, State
from tui.core.language import _, marked
from tui.core.state_words import STATES
from tui.core.text import clean, one_line

_GONE = marked("{id}  deleted: {prompt}")
_BACK = marked("{id}  listed again: {prompt}")


@click.command()
@click.argument("names", metavar="JOB...", nargs=-1, required=True, type=JobName())
@click.option(
    "--undo", is_flag=True, help=_("List deleted jobs again; the trash keeps their images.")
)
@others_flag()
@click.pass_context
def delete(ctx: click.Context, *, names: tuple[str, ...], undo: bool, others: bool) -> int:
    """Take jobs off the lists and put their images into the system's trash.

    What they cost still counts in the statistics. Jobs under way are not deleted. Images in S3 stay
    there.
    """
    from tui.cli.mark import annotated
    from tui.services.trash import trash_images

    cli = cli_of(ctx)
    jobs = own_jobs(cli, find_jobs(cli, names), others=others)
    if undo:
        faults = [
            _("Job {id} is not deleted.", id=job.short_id) for job in jobs if job.deleted is None
        ]
    else:
        faults = [fault for job in jobs for fault in undeletable(job)]
    if faults:
        raise RefusedError(*faults)
    deleted = None if undo else time.time()
    wanted = [(job.id, {"deleted": deleted}) for job in jobs]
    done = asyncio.run(annotated(cli, wanted, others=others))
    problems = [] if undo else trash_images(one.path for job in done for one in job.files)
    for job in done:
        if cli.json:
            say_json({**job.as_event(), "time": rfc3339(job.updated), "deleted": not undo})
        else:
            say(_(_BACK if undo else _GONE, id=job.short_id, prompt=one_line(job.prompt)))
        _tell_of_images(job, undo=undo)
    for problem in problems:
        note(_("Not in the trash, and where it was: {problem}", problem=clean(problem)))
    return exits.STORAGE if problems else exits.OK


def _tell_of_images(job: Job, *, undo: bool) -> None:
    away = remote_of(one.path for one in job.files)
    if away and not undo:
        note(_("Images in S3 are never deleted from here, and stay: {path}", path=away[0]))
    if undo and len(away) < len(job.files):
        note(
            _(
                "Its images are in the system's trash, if not here: {folder}",
                folder=clean(job.folder),
            )
        )


def undeletable(job: Job) -> list[str]:
    """Say why a job can't be deleted."""
    name = job.short_id
    if job.state is State.UNKNOWN and not job.resolution:
        return [_("Job {id} may have been billed; `imagedeck resolve {id}` comes first.", id=name)]
    if not job.state.is_end:
        return [
            _(
                "Job {id} is {state}; only jobs that are over are deleted.",
                id=name,
                state=STATES[job.state],
            )
        ]
    return []
