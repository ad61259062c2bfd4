"""A pause is everybody's, and nothing slips through it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tui.core.job import Job, State
from tui.services.journal.protocol import PausedError

NewJob = Callable[..., Job]
Open = Callable[..., Any]


async def test_what_one_process_pauses_no_other_submits(
    open_journal: Open, new_job: NewJob, clock: Any
) -> None:
    mine, theirs = open_journal(), open_journal()
    free, batch = await theirs.add([new_job(price=Decimal(1)), new_job(group="boats")])
    await mine.pauses.begin()
    for job in (free, batch):
        with pytest.raises(PausedError):
            await theirs.intent(job)
    assert theirs.history.get(free.id).state is State.QUEUED
    assert theirs.history.spent(clock.now()).day == 0
    await mine.pauses.begin("boats")
    assert await theirs.pauses.all() == {"", "boats"}
    await theirs.pauses.end()
    assert await theirs.intent(free)
    with pytest.raises(PausedError):
        await theirs.intent(batch)
    await mine.pauses.end("boats")
    assert await theirs.intent(batch)
