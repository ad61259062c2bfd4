"""`imagedeck resume`."""

import os
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from tui.cli.budget import Dollars, cap_run
from tui.cli.common import cli_of
from tui.cli.output import note
from tui.cli.sending import keep_in_flight
from tui.cli.times import Seconds
from tui.cli.words import way_on
from tui.core.job import Job, State
from tui.core.language import _, marked, plural
from tui.core.person import is_own
from tui.services.finisher import BUDGET_LEFT, IN_FLIGHT, KEY_ON_STDIN, start_finisher

if TYPE_CHECKING:
    from tui.core.home import Home
    from tui.deck import Deck

_GONE = (State.EXPIRED, State.LOST)
_DETACHED = marked("Process {pid} finishes what is unfinished; `imagedeck jobs{suffix}` shows how.")


@click.command()
@click.option("--timeout", type=Seconds(), metavar="S", help=_("Wait that many seconds at most."))
@click.option("--detach", is_flag=True, help=_("Leave it to a process without a terminal."))
@click.option(KEY_ON_STDIN, is_flag=True, hidden=True)
@click.option(BUDGET_LEFT, type=Dollars(least=Decimal(0)), hidden=True)
@click.option(IN_FLIGHT, type=int, expose_value=False, callback=keep_in_flight, hidden=True)
@click.pass_context
def resume(
    ctx: click.Context,
    *,
    timeout: float | None,
    detach: bool,
    key_on_stdin: bool,
    budget_left: Decimal | None,
) -> int:
    """Finish everything that is unfinished and that nobody else is working on.

    Images that are paid for but could not be saved are tried once more. Jobs of other profiles
    and gateways wait for theirs.
    """
    from tui.cli.following import Following, Wish
    from tui.cli.session import run
    from tui.services.unfinished import unfinished

    cli = cli_of(ctx)
    cap_run(cli, budget_left)
    everything = unfinished(cli.history, cli.settings.submitter)
    here = [job for job in everything if cli.settings.home.has(job)]
    _tell_away(cli.settings.home, [job for job in everything if job.state not in _GONE])
    if not here:
        note(_("Nothing else is unfinished.") if everything else _("Nothing is unfinished."))
        return 0
    if key_on_stdin:
        cli.take_key(sys.stdin.readline())
    if detach:
        pid = start_finisher(cli.flags, cli.key, demo=cli.demo, environ=os.environ)
        note(_(_DETACHED, pid=pid, suffix=cli.suffix))
        return 0

    def start(deck: "Deck", following: Following) -> None:
        following.add(_taken(deck, here))

    return run(cli, start, Wish(timeout=timeout))


def _taken(deck: "Deck", here: list[Job]) -> list[Job]:
    """Take up what can be had; return that, and one's own jobs whose key is not here."""
    keyless = []
    if deck.home.keys is not None:
        left = {*deck.orphans().result()}
        keyless = [job for job in here if job.id in left and deck.home.lacks_key(job)]
        _tell_away(deck.home, keyless)
    taken, without = deck.follow(), {job.id for job in keyless}
    _tell([job for job in here if job.is_live and job.id not in without], taken)
    taken += deck.follow([job.id for job in here if not job.is_live])
    get, me = deck.journal.history.get, deck.settings.submitter
    return [*taken, *(get(job.id) or job for job in keyless if is_own(job, me))]


def _tell_away(home: "Home", jobs: list[Job]) -> None:
    for said, job in home.others(jobs):
        note(way_on(home, said, job))
    if any(job.state is State.QUEUED and not home.has(job) for job in jobs):
        note(_("What of that was never sent, `imagedeck retry JOB` makes here instead."))


def _tell(live: list[Job], taken: list[Job]) -> None:
    known = {job.id for job in taken}
    others = sum(job.id not in known for job in live)
    if others:
        note(
            plural(
                "1 more is being worked on by another imagedeck.",
                "{number:,} more are being worked on by another imagedeck.",
                others,
            )
        )
