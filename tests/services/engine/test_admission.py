"""Jobs wait, queued, for their slot and their place."""

from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tui.core.job import Result, State
from tui.core.limits import Limits
from tui.services.gateway.outcome import Accepted, Progress

Begin = Callable[[Limits], Any]
DONE = Progress("succeeded", results=(Result(url="https://x/1"),))


@pytest.fixture
async def begin(tmp_path: Path, clock: Any, new_stage: Any) -> AsyncIterator[Begin]:
    """Open a stage with limits: `begin(Limits(…))`."""
    opened = []

    def start(limits: Limits) -> Any:
        opened.append(new_stage(tmp_path / f"data-{len(opened)}", clock, limits))
        opened[-1].gateway.submissions = [Accepted(f"t{number}") for number in range(50)]
        opened[-1].gateway.looks = [DONE]
        return opened[-1]

    yield start
    for stage in opened:
        await stage.close()


async def went(stage: Any) -> list[float]:
    """Return the gaps between the moments at which something went out."""
    ask = "SELECT sent FROM attempts WHERE sent IS NOT NULL ORDER BY sent"
    rows = await stage.journal._thread.read(lambda db: db.execute(ask).fetchall())
    return [after - before for (before,), (after,) in pairwise(rows)]


async def test_they_go_one_after_the_other_and_wait_queued_without_a_fault(begin: Begin) -> None:
    stage = begin(Limits(rate=0.1))
    jobs = await stage.add(*(stage.job(group="b") for _ in range(6)))
    for job in jobs:
        assert (await stage.end(job)).state is State.SAVED
        seen = [one for one in stage.seen if one.id == job.id]
        assert not [one.error for one in seen if one.error]
        assert seen[-1].tries == 0
    gaps = await went(stage)
    assert len(gaps) == 5
    assert min(gaps) >= 9.75


async def test_who_asks_alone_gets_the_next_slot(begin: Begin) -> None:
    stage = begin(Limits(rate=0.1))
    await stage.runner.pauses.pause()
    batch = await stage.add(*(stage.job(group="b") for _ in range(5)))
    (single,) = await stage.add(stage.job())
    await stage.runner.pauses.go_on()
    await stage.end(batch[-1])
    order = [one.id for one in stage.seen if one.state is State.PENDING]
    assert order[0] == single.id


async def test_a_fast_rate_reserves_several_at_once(begin: Begin) -> None:
    stage = begin(Limits(rate=100))
    asked = []
    slots = stage.journal.traffic.slots

    async def count(name: str, interval: float, number: int, *, rank: int) -> Any:
        asked.append(number)
        return await slots(name, interval, number, rank=rank)

    stage.journal.traffic.slots = count
    for job in await stage.add(*(stage.job(group="b") for _ in range(20))):
        await stage.end(job)
    assert set(asked) == {5}
    assert len(await went(stage)) == 19


async def test_what_waits_for_a_place_goes_as_soon_as_another_ended(begin: Begin) -> None:
    stage = begin(Limits(2, origin="https://gateway.example"))
    stage.gateway.looks = [Progress("pending")]
    jobs = await stage.add(*(stage.job(group="b") for _ in range(5)))
    for job in jobs[:2]:
        await stage.until(job, lambda one: one.state is State.PENDING)
    assert [stage.states(job) for job in jobs[2:]] == [[State.QUEUED]] * 3
    stage.gateway.looks = [DONE]
    for job in jobs:
        assert (await stage.end(job)).state is State.SAVED
    order = [one.id for one in stage.seen if one.state is State.PENDING]
    assert list(dict.fromkeys(order)) == [job.id for job in jobs]


async def test_places_that_another_process_holds_are_waited_for(begin: Begin) -> None:
    stage = begin(Limits(1, origin="https://gateway.example"))
    from tui.services.journal import SqliteJournal

    other = SqliteJournal.open(stage.folder / "imagedeck.db", stage.clock)
    (theirs,) = await other.add([stage.job()])
    pending = await other.settle(
        await other.intent(theirs), State.PENDING, task_id="x", poll_path="/p"
    )
    (mine,) = await stage.add(stage.job())
    await stage.told_full()
    assert stage.states(mine) == [State.QUEUED]
    assert stage.runner.admission.waits == "1 of 1 jobs are in flight"
    await other.to(pending, State.FAILED)
    assert (await stage.end(mine)).state is State.SAVED
    await other.close()
