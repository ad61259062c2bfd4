"""What is wanted, made into jobs and a plan of them."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from tui.api.desk import Desk
from tui.api.errors import InvalidError
from tui.api.plan import Plan
from tui.core.fault import Fault
from tui.core.job import Job, State
from tui.core.price import Price, total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.api.wanted import Wanted
    from tui.deck import Deck


async def drop(desk: Desk, job: Job) -> None:
    """Drop a job that is made anew, or both would be paid for; raises InvalidError."""
    deck = desk.deck
    if await desk.call(deck.engine.drop(job.id)):
        return
    now = await desk.apart(partial(deck.journal.history.get, job.id))
    if now is None or now.state is not State.DROPPED:  # which an earlier try may have done
        raise InvalidError([Fault("job", "", f"another imagedeck works on {job.short_id}")])


def new_jobs(deck: "Deck", wanted: "Wanted") -> list[Job]:
    """Make the jobs that are to be sent, not yet written down."""
    made = []
    for order in wanted.orders:
        (job,) = deck.new_jobs(order.request, group=wanted.group, follows=order.follows)
        made.append(replace(job, row=order.row, template=wanted.template or job.template))
    return made


def price_of(deck: "Deck", wanted: "Wanted") -> Price:
    """Return what all that is to be sent costs by estimate."""
    return total(deck.settings.price(order.request) for order in wanted.orders)


def plan_of(deck: "Deck", wanted: "Wanted") -> Plan:
    """Say what it comes to; reads the disk."""
    from tui.services.gateway.shown import as_sent
    from tui.services.plan import expected_seconds

    requests: Sequence[Any] = [order.request for order in wanted.orders]
    kinds = {(one.model, str({**one.values, "prompt": ""})): one for one in requests}
    return Plan(
        requests=requests,
        price=price_of(deck, wanted),
        seconds=expected_seconds(
            deck.journal.history, deck.settings.submissions, kinds.values(), len(requests)
        ),
        warnings=wanted.warnings,
        lost=wanted.lost,
        earlier=len(wanted.earlier),
        bodies=[as_sent(deck.settings, one) for one in requests],
    )
