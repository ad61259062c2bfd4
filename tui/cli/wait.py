"""`imagedeck wait`."""

from collections.abc import Sequence

import click

from tui.cli.common import cli_of
from tui.cli.job_names import JobName, find_jobs
from tui.cli.output import note
from tui.cli.times import Seconds
from tui.core.job import Job, State
from tui.core.language import _
from tui.core.person import owners_of
from tui.core.text import one_line


@click.command()
@click.argument("names", metavar="JOB...", nargs=-1, required=True, type=JobName())
@click.option("--timeout", type=Seconds(), metavar="S", help=_("Wait that many seconds at most."))
@click.pass_context
def wait(ctx: click.Context, *, names: tuple[str, ...], timeout: float | None) -> int:
    """Wait for jobs that are under way; go on with those that nobody works on."""
    from tui.cli.following import Following, Wish
    from tui.cli.session import report, run
    from tui.deck import Deck

    cli = cli_of(ctx)
    jobs = find_jobs(cli, names)
    if all(job.state.is_end for job in jobs):
        return report(cli, jobs)

    def start(deck: Deck, following: Following) -> None:
        _tell_unsent(jobs, cli.settings.submitter)
        taken = deck.follow([job.id for job in jobs if not job.state.is_end])
        following.add(taken)
        known = {job.id for job in taken}
        following.add([job for job in jobs if job.id not in known], elsewhere=True)

    return run(cli, start, Wish(timeout=timeout))


def _tell_unsent(jobs: Sequence[Job], me: str | None) -> None:
    """Say who sends the jobs of others that were never sent."""
    left = [job for job in jobs if job.state is State.QUEUED]
    if names := one_line(", ".join(owners_of(left, me))):
        note(_("Not sent yet; whoever works for {names} sends it.", names=names))
