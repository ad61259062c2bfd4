"""What a worker does about a key that is refused, since nobody can be asked."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest

pytest.importorskip("procrastinate", reason="imagedeck[shared] is not installed")

from tui.core.job import ErrorKind, Result, State
from tui.services.delivery.chores import tend
from tui.services.gateway.outcome import Accepted, Progress, Refused

DONE = Progress("succeeded", results=(Result(url="https://x/1"),))
REFUSED = Refused(ErrorKind.AUTH, "401", pauses=True)


async def test_a_refused_key_is_tried_again_after_ever_longer_pauses(stage: Any) -> None:
    told: list[str] = []
    stage.gateway.submissions = [*[REFUSED] * 6, Accepted("t1"), REFUSED, Accepted("t2")]
    stage.gateway.looks = [DONE]
    tending = asyncio.create_task(
        tend(stage.runner.gate, stage.clock, lambda _word, text: told.append(text))
    )
    ends = [await stage.end(job) for job in await stage.add(*(stage.job() for _ in range(9)))]
    tending.cancel()
    # A try costs one job each; what was accepted lets the pauses begin anew.
    assert [job.state for job in ends] == [
        *[State.FAILED] * 6,
        State.SAVED,
        State.FAILED,
        State.SAVED,
    ]
    pauses = [300, 600, 1200, 2400, 3600, 3600, 300]
    assert told == [f"nothing is sent for {pause} s: 401" for pause in pauses]
    sent = pairwise(job.finished for job in ends[:6])
    assert all(b - a >= pause for (a, b), pause in zip(sent, pauses[:5], strict=True))
