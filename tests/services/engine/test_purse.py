from decimal import Decimal
from typing import Any

import pytest

from tui.core.budget import Caps
from tui.core.job import ErrorKind, State
from tui.services.engine.purse import Purse
from tui.services.gateway.outcome import Accepted, Limited
from tui.services.journal.protocol import OverBudgetError

PRICE = Decimal("0.1")


def test_a_run_spends_no_more_than_its_cap() -> None:
    purse = Purse(Caps(run=Decimal("0.25")))
    purse.take(PRICE)
    purse.take(PRICE)
    with pytest.raises(OverBudgetError, match=r"the run's budget of \$0.25 has \$0.05 left"):
        purse.take(PRICE)
    purse.give_back(PRICE)
    purse.take(PRICE)
    with pytest.raises(OverBudgetError, match="price is unknown"):
        purse.take(None)
    Purse(Caps(day=PRICE)).take(None)  # the journal keeps that one


@pytest.fixture
def capped(stage: Any) -> Any:
    """Let a stage spend a quarter dollar."""
    submitting = stage.runner._steps[State.QUEUED][1].__self__
    submitting._purse = Purse(Caps(run=Decimal("0.25")))
    return stage


async def test_what_would_exceed_the_cap_stays_queued_and_says_so(capped: Any) -> None:
    capped.gateway.submissions = [Limited("slow down", 1.0), Accepted("t1"), Accepted("t2")]
    jobs = [capped.job(price=PRICE) for _ in range(4)]
    await capped.add(*jobs)
    job = await capped.rest(jobs[3])
    for sent in jobs[1:3]:
        await capped.until(sent, lambda one: one.state is State.PENDING)
    assert len(capped.gateway.sent) == 3  # one of them was not accepted, and cost nothing
    assert job.state is State.QUEUED
    assert job.error.kind is ErrorKind.LIMITED
    assert "the run's budget of $0.25 has $0.05 left, and $0.1 more" in job.error.message
    assert capped.runner.gate.hold
    submitting = capped.runner._steps[State.QUEUED][1].__self__
    submitting._purse = Purse(Caps())
    await capped.runner.pauses.go_on()
    for one_of_them in jobs:
        await capped.until(one_of_them, lambda one: one.state is State.PENDING)
