"""The flag that lets a command touch jobs that other people added."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from tui.cli.errors import RefusedError
from tui.core.language import _
from tui.core.person import is_own
from tui.core.text import one_line

if TYPE_CHECKING:
    from tui.cli.context import Cli
    from tui.core.job import Job


def others_flag() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the flag."""
    return click.option(
        "--others", is_flag=True, help=_("Also jobs that others added to a shared database.")
    )


def own_jobs(cli: "Cli", jobs: "Sequence[Job]", *, others: bool) -> "Sequence[Job]":
    """Return jobs; raises RefusedError for those of other people, unless these are meant, too."""
    me = None if others else cli.settings.submitter
    faults = [
        _(
            "Job {id} was added by {owner}; --others does it all the same.",
            id=job.short_id,
            owner=one_line(job.submitter or ""),
        )
        for job in jobs
        if not is_own(job, me)
    ]
    if faults:
        raise RefusedError(*faults)
    return jobs
