"""`imagedeck resume`."""

import click

from tui.cli.common import cli_of
from tui.cli.output import note
from tui.cli.times import Seconds
from tui.core.job import Job, State

_LIVE = tuple(state for state in State if not state.is_end)
_GONE = (State.EXPIRED, State.LOST)
_PARTIAL = (State.SAVED, State.FAILED)


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
    live = [job for job in cli.history.list(Query(states=_LIVE, limit=None)) if job.is_live]
    ended = [
        *cli.history.list(Query(states=_GONE, limit=None)),
        *cli.history.list(Query(states=_PARTIAL, unfetched=True, limit=None)),
    ]
    missing = [job.id for job in ended if job.is_resumable]
    if not live and not missing:
        note("Nothing is unfinished.")
        return 0

    def start(deck: Deck, following: Following) -> None:
        taken = deck.follow()
        following.add([*taken, *deck.follow(missing)])
        _tell(live, taken)

    return run(cli, start, Wish(timeout=timeout))


def _tell(live: list[Job], taken: list[Job]) -> None:
    known = {job.id for job in taken}
    others = sum(job.id not in known for job in live)
    if others:
        note(f"{others} more are being worked on by another imagedeck.")
