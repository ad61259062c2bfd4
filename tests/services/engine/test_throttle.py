import asyncio
from typing import Any

from tui.core.job import Result, State
from tui.services.engine.lanes import Lane
from tui.services.engine.throttle import Throttle
from tui.services.gateway.outcome import Progress, Trouble

DONE = Progress("succeeded", (Result(url="u1"),))


class Widths(Lane):
    """A lane that only notes what it is told."""

    def __init__(self) -> None:
        self.widths: list[int] = []
        self.holds: list[float] = []

    def resize(self, width: int) -> None:
        self.widths.append(width)

    def hold(self, seconds: float) -> None:
        self.holds.append(seconds)


def test_good_answers_widen_and_bad_ones_halve() -> None:
    lane = Widths()
    throttle = Throttle(lane, start=16, most=18, random=lambda: 0.0)
    for _ in range(100):
        throttle.good()
    throttle.bad()
    throttle.bad()
    assert lane.widths == [16, 17, 18, 9, 4]
    assert lane.holds == []


def test_at_its_narrowest_it_pauses_ever_longer_until_something_is_heard() -> None:
    lane = Widths()
    throttle = Throttle(lane, start=1, most=4, random=lambda: 0.0)
    for _ in range(9):
        throttle.bad()
    assert lane.holds == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    throttle.good()
    throttle.bad()
    assert lane.holds[-1] == 0.5


async def test_an_outage_is_no_storm(stage: Any) -> None:
    jobs = await stage.add(*[stage.job() for _ in range(60)])
    for job in jobs:
        await stage.until(job, lambda one: one.state is State.PENDING)
    stage.gateway.looks = [Trouble("502")]
    begun, asked = stage.clock.now(), len(stage.gateway.asked)
    while stage.clock.now() - begun < 600:
        await stage.clock.sleep(1)
    # One job alone would ask some 17 times in ten minutes, 60 jobs some 1,000 times.
    assert len(stage.gateway.asked) - asked < 100
    stage.gateway.looks = [DONE]
    ended = await asyncio.gather(*(stage.end(job) for job in jobs))
    assert {job.state for job in ended} == {State.SAVED}
