"""`imagedeck resume`."""

import click

from tui.cli.common import cli_of
from tui.cli.output import note
from tui.cli.times import Seconds
from tui.core.job import Job, State

_INCOMPLETE = (State.SAVED, State.FAILED, State.EXPIRED, State.LOST)


@click.command()
@click.option("--timeout", type=Seconds(), metavar="S", help="Wait that many seconds at most.")
@click.pass_context
def resume(ctx: click.Context, *, timeout: float | None) -> int:
    """Finish everything that is unfinished and that nobody else is working on.

    Images that are paid for but could not be saved are tried once more.
    """
    from tui.cli.following import Following, Wish
    from tui.cli.session import run
    from tui.deck import Deck
    from tui.services.journal.protocol import Query

    cli = cli_of(ctx)
    history = cli.history
    incomplete = [
        job for job in history.list(Query(states=_INCOMPLETE, limit=None)) if job.is_resumable
    ]
    live = history.list(Query(states=_LIVE, limit=None))
    if not incomplete and not any(job.is_live for job in live):
        note("Nothing is unfinished.")
        return 0

    def start(deck: Deck, following: Following) -> None:
        taken = deck.follow()
        again = deck.follow([job.id for job in incomplete]) if incomplete else []
        following.add([*taken, *again])
        _tell(live, taken)

    return run(cli, start, Wish(timeout=timeout))


_LIVE = tuple(state for state in State if not state.is_end)


def _tell(live: list[Job], taken: list[Job]) -> None:
    known = {job.id for job in taken}
    others = sum(job.is_live and job.id not in known for job in live)
    if others:
        note(f"{others} more are being worked on by another imagedeck.")
