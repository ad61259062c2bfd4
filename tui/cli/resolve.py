"""`imagedeck resolve`."""

from typing import TYPE_CHECKING

import click

from tui.cli.common import cli_of
from tui.cli.errors import RefusedError
from tui.cli.job_names import JobName, find_jobs
from tui.cli.output import note
from tui.cli.owning import others_flag, own_jobs
from tui.cli.retry import request_faults, tell_moved
from tui.cli.times import Seconds
from tui.core.language import _

if TYPE_CHECKING:
    from tui.cli.following import Following
    from tui.deck import Deck
    from tui.services.engine.resolving import Way


@click.command()
@click.argument("name", metavar="JOB", type=JobName())
@click.option("--resubmit", is_flag=True, help=_("Send it again as a new job; may cost twice."))
@click.option("--abandon", is_flag=True, help=_("Count it as gone; it may have been billed."))
@click.option("--attach", metavar="TASK_ID", help=_("Follow this task, found at the gateway."))
@others_flag()
@click.option("--timeout", type=Seconds(), metavar="S", help=_("Wait that many seconds at most."))
@click.pass_context
def resolve(
    ctx: click.Context,
    *,
    name: str,
    resubmit: bool,
    abandon: bool,
    attach: str | None,
    others: bool,
    timeout: float | None,
) -> int:
    """Decide what becomes of an `unknown` job: one of the three ways must be given.

    Its submission may have been accepted, and billed; the gateway can't be asked.
    """
    from tui.cli.following import Wish
    from tui.cli.session import run
    from tui.services.engine.resolving import Abandon, Attach, ResolveError, Resubmit

    if resubmit + abandon + (attach is not None) != 1:
        raise click.UsageError(_("Give exactly one of --resubmit, --abandon and --attach TASK_ID."))
    cli = cli_of(ctx)
    (job,) = own_jobs(cli, find_jobs(cli, [name]), others=others)
    if resubmit and (faults := request_faults(cli, job)):
        raise RefusedError(*faults, prompt=job.prompt)

    def start(deck: "Deck", following: "Following") -> None:
        way: Way = Abandon() if attach is None else Attach(attach)
        if resubmit:
            deck.check_output()
            (new,) = deck.new_jobs(job.request, follows=job.id)
            way = Resubmit(new)
        try:
            following.add(deck.engine.resolve(job.id, way, others=others).result())
        except ResolveError as error:
            raise RefusedError(str(error), prompt=job.prompt) from error
        if resubmit:
            tell_moved(deck.home, [job])
            note(_("Sent again as a new job: if the first was accepted after all, both are paid."))

    return run(cli, start, Wish(timeout=timeout))
