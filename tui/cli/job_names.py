"""Jobs by the names people give them: the last characters of their ids."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tui.cli.common import cli_of
from tui.cli.context import Cli
from tui.cli.errors import RefusedError
from tui.cli.times import local
from tui.cli.words import status
from tui.core.job import Job
from tui.core.language import _
from tui.core.text import clean, one_line

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_OFFERED = 50


class JobName(click.ParamType[str]):
    """A short id, or any other unique end of a job's id."""

    name = "job"

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002 - click's signature
        incomplete: str,
    ) -> "list[CompletionItem]":
        """Offer the newest jobs."""
        from click.shell_completion import CompletionItem

        from tui.services.journal.protocol import JournalError, Query
        from tui.services.places import PlaceError
        from tui.services.settings import SettingsError

        try:
            newest = cli_of(ctx).history.list(Query(limit=_OFFERED))
        except (JournalError, SettingsError, PlaceError):
            return []
        return [
            CompletionItem(
                job.short_id,
                help=_("{state}: {prompt}", state=status(job), prompt=one_line(job.prompt, 60)),
            )
            for job in newest
            if job.short_id.startswith(incomplete.lower())
        ]


def find_jobs(cli: Cli, names: Sequence[str]) -> list[Job]:
    """Find each job once; raises RefusedError for all names that fit none or several."""
    found: dict[str, Job] = {}
    faults = []
    for name in names:
        shown = clean(name, 60) or "''"
        matches = cli.history.find(name.strip().lower()) if name.strip() else []
        match matches:
            case [job]:
                found[job.id] = job
            case []:
                faults.append(
                    _(
                        "There is no job {shown}; `imagedeck jobs{suffix}` lists them.",
                        shown=shown,
                        suffix=cli.suffix,
                    )
                )
            case _:
                several = [
                    f"  {job.short_id}  {local(job.created)}  {one_line(job.prompt, 60)}"
                    for job in matches
                ]
                faults += [_("{shown} fits several jobs; give more of one:", shown=shown), *several]
    if faults:
        raise RefusedError(*faults)
    return list(found.values())


def job_named(job: Job) -> str:
    """Name a job in a sentence, at its beginning."""
    return _("Job {id}", id=job.short_id)
