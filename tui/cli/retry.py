"""`imagedeck retry`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tui.cli.budget import ask_budget
from tui.cli.common import cli_of
from tui.cli.context import Cli
from tui.cli.errors import RefusedError
from tui.cli.job_names import JobName, find_jobs, job_named
from tui.cli.output import note
from tui.cli.owning import others_flag, own_jobs
from tui.cli.sending import NO_WAIT
from tui.cli.times import Seconds
from tui.core.job import Job, State
from tui.core.language import _, marked
from tui.core.price import total
from tui.core.state_words import STATES
from tui.core.text import clean
from tui.services.remade import REMADE, remade_faults

if TYPE_CHECKING:
    from tui.core.home import Home
    from tui.deck import Deck
_CAREFUL = marked(
    "Job {id} may have been accepted, and billed, so retry does not send it again; "
    "`imagedeck resolve {named}` says what can be done."
)
_UNDER_WAY = marked("Job {id} is {state}; `imagedeck wait {named}` follows it.")


@click.command()
@click.argument("names", metavar="JOB...", nargs=-1, required=True, type=JobName())
@click.option("--again", is_flag=True, help=_("Take jobs whose images are saved, too."))
@others_flag()
@click.option("--no-wait", is_flag=True, help=_(NO_WAIT))
@click.option("--timeout", type=Seconds(), metavar="S", help=_("Wait that many seconds at most."))
@click.option("--yes", is_flag=True, help=_("Don't ask before many requests, or for the budget."))
@click.pass_context
def retry(
    ctx: click.Context,
    *,
    names: tuple[str, ...],
    again: bool,
    others: bool,
    no_wait: bool,
    timeout: float | None,
    yes: bool,
) -> int:
    """Make jobs that failed, or were lost, expired or dropped, anew, as new jobs.

    With today's profile, whichever they were made with; the images go to its output folder. A job
    that waits unsent for another profile or gateway is dropped there.
    """
    from tui.cli.asking import ask_above
    from tui.cli.following import Wish
    from tui.cli.session import run_new

    cli = cli_of(ctx)
    old = find_jobs(cli, names)
    own_jobs(cli, [job for job in old if job.state is State.QUEUED], others=others)
    faults = [fault for job in old for fault in refusals(cli, job, cli.home, again=again)]
    if faults:
        raise RefusedError(*faults)
    ask_above(cli, len(old), yes=yes)
    ask_budget(cli, total(cli.settings.price(job.request) for job in old), yes=yes)
    tell_moved(cli.home, old)

    def make(deck: "Deck") -> list[Job]:
        drop_unsent(deck, old, others=others)
        return [new for job in old for new in deck.new_jobs(job.request, follows=job.id)]

    return run_new(cli, make, Wish(timeout=timeout, until_submitted=no_wait))


def tell_moved(home: "Home", old: Sequence[Job]) -> None:
    """Say which jobs were made with another profile or gateway than they are made with now."""
    for job in old:
        if moved := home.moved(job, job_named(job)):
            note(moved)


def drop_unsent(deck: "Deck", old: Sequence[Job], *, others: bool) -> None:
    """Drop those that were never sent: they are made anew here; raises RefusedError."""
    for job in old:
        if job.state is not State.QUEUED:
            continue
        if not deck.engine.drop(job.id, others=others).result():
            raise RefusedError(
                _("Job {short_id} is being worked on by another imagedeck.", short_id=job.short_id)
            )


def refusals(cli: Cli, job: Job, home: "Home", *, again: bool) -> Sequence[str]:
    """Say why a job can't be made anew; nothing where it can."""
    name, named = job.short_id, f"{job.short_id}{cli.suffix}"
    match job.state:
        case state if state in REMADE:
            return request_faults(cli, job)
        case State.QUEUED if not home.has(job):
            return request_faults(cli, job)
        case State.SAVED if again:
            return request_faults(cli, job)
        case State.SAVED:
            return [_("Job {id} is saved; --again makes it once more.", id=name)]
        case State.UNKNOWN:
            return [_(_CAREFUL, id=name, named=named)]
        case state:
            return [_(_UNDER_WAY, id=name, state=STATES[state], named=named)]


def request_faults(cli: Cli, job: Job) -> Sequence[str]:
    """Say what keeps a job's request from being sent today; nothing where it can be."""
    return [clean(one) for one in remade_faults(job, cli.brought)]
