import asyncio
from typing import Any

from tui.services.engine.lanes import Lane


class Log:
    """Serves by writing down who came when; `gate` holds everybody until it is open."""

    def __init__(self, clock: Any) -> None:
        self.clock = clock
        self.served: list[str] = []
        self.times: list[float] = []
        self.most = self.running = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.came = asyncio.Condition()

    async def serve(self, job_id: str) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        async with self.came:
            self.served.append(job_id)
            self.times.append(self.clock.monotonic())
            self.came.notify_all()
        await self.gate.wait()
        self.running -= 1

    async def until(self, number: int) -> None:
        async with self.came:
            await self.came.wait_for(lambda: len(self.served) >= number)


async def ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_the_longest_due_comes_first(clock: Any) -> None:
    log = Log(clock)
    lane = Lane(log.serve, width=1, clock=clock)
    start = clock.monotonic()
    for name, wait in (("late", 30.0), ("soon", 10.0), ("now", 0.0)):
        lane.push(name, wait)
    task = asyncio.create_task(lane.run())
    await log.until(3)
    assert log.served == ["now", "soon", "late"]
    assert [time - start for time in log.times] == [0.0, 10.0, 30.0]
    await ended(task)


async def test_no_more_than_the_width_at_once_and_everybody_gets_a_turn(clock: Any) -> None:
    log = Log(clock)
    log.gate.clear()
    lane = Lane(log.serve, width=3, clock=clock)
    task = asyncio.create_task(lane.run())
    for number in range(100):
        lane.push(str(number))
    await log.until(3)
    log.gate.set()
    await log.until(100)
    assert log.most == 3
    assert sorted(map(int, log.served)) == list(range(100))
    await ended(task)


async def test_a_hold_stops_turns_until_it_ends(clock: Any) -> None:
    log = Log(clock)
    lane = Lane(log.serve, width=1, clock=clock)
    start = clock.monotonic()
    lane.hold(60.0)
    lane.push("a")
    task = asyncio.create_task(lane.run())
    await log.until(1)
    assert log.times[0] - start == 60.0
    lane.hold(1e9)
    lane.go()
    lane.push("b")
    await log.until(2)
    assert log.times[1] - start == 60.0
    await ended(task)


async def test_one_job_is_never_served_twice_at_once(clock: Any) -> None:
    log = Log(clock)
    log.gate.clear()
    lane = Lane(log.serve, width=2, clock=clock)
    task = asyncio.create_task(lane.run())
    lane.push("a")
    lane.push("a")
    lane.push("b")
    await log.until(2)
    assert log.served == ["a", "b"]
    assert lane.serving("a")
    log.gate.set()
    await ended(task)
    await lane.finish(1.0)
    assert lane.serving("a") is None


async def test_finish_waits_and_then_cuts_short(clock: Any) -> None:
    log = Log(clock)
    log.gate.clear()
    lane = Lane(log.serve, width=2, clock=clock)
    task = asyncio.create_task(lane.run())
    lane.push("a")
    await log.until(1)
    await ended(task)
    await lane.finish(0.0)
    assert lane.serving("a") is None


async def test_a_lane_can_be_widened_while_it_runs(clock: Any) -> None:
    log = Log(clock)
    log.gate.clear()
    lane = Lane(log.serve, width=1, clock=clock)
    task = asyncio.create_task(lane.run())
    for number in range(4):
        lane.push(str(number))
    await log.until(1)
    await asyncio.sleep(0)
    assert log.most == 1
    lane.resize(3)
    await log.until(3)
    lane.resize(1)
    log.gate.set()
    await log.until(4)
    assert log.most == 3
    await ended(task)


async def test_a_new_turn_takes_the_place_of_the_old(clock: Any) -> None:
    log = Log(clock)
    lane = Lane(log.serve, width=2, clock=clock)
    lane.push("a", 60.0)
    lane.push("a", 5.0)
    lane.push("b", 90.0)
    task = asyncio.create_task(lane.run())
    await log.until(2)
    assert log.served == ["a", "b"]
    await ended(task)


async def test_who_is_cancelled_or_fails_leaves_its_place_to_the_next(clock: Any) -> None:
    served: list[str] = []
    first, last = asyncio.Event(), asyncio.Event()

    async def serve(job_id: str) -> None:
        served.append(job_id)
        if job_id == "a":
            first.set()
            await asyncio.Event().wait()
        if job_id == "b":
            raise asyncio.CancelledError
        last.set()

    lane = Lane(serve, width=1, clock=clock)
    task = asyncio.create_task(lane.run())
    for name in "abc":
        lane.push(name)
    await first.wait()
    serving = lane.serving("a")
    assert serving
    serving.cancel()
    await last.wait()
    assert served == ["a", "b", "c"]
    await ended(task)


async def test_a_turn_given_while_being_served_is_not_lost(clock: Any) -> None:
    times: list[float] = []
    last = asyncio.Event()

    async def serve(job_id: str) -> None:
        times.append(clock.monotonic())
        if len(times) == 3:
            last.set()
        else:
            lane.push(job_id, 0.0 if len(times) == 1 else 7.0)

    lane = Lane(serve, width=1, clock=clock)
    task = asyncio.create_task(lane.run())
    lane.push("a")
    await last.wait()
    assert [time - times[0] for time in times] == [0.0, 0.0, 7.0]
    await ended(task)


async def test_who_is_moved_up_comes_first_the_last_one_before_all(clock: Any) -> None:
    log = Log(clock)
    lane = Lane(log.serve, width=1, clock=clock)
    lane.hold(60.0)
    for name in ("a", "b", "c", "d"):
        lane.push(name)
    assert lane.first("c")
    assert lane.first("d")
    assert not lane.first("nobody")
    task = asyncio.create_task(lane.run())
    await log.until(4)
    assert log.served == ["d", "c", "a", "b"]
    assert not lane.first("d")
    await ended(task)
