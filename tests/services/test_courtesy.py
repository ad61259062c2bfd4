import asyncio
import threading
from collections.abc import Callable

from tui.services.courtesy import CourteousSelector, Courtesy

FOR_EVER = 60.0  # seconds, in which a test would have failed


def in_a_thread(do: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=do, daemon=True)
    thread.start()
    return thread


def test_who_works_stands_back_until_the_key_is_served() -> None:
    courtesy, done = Courtesy(FOR_EVER), []
    courtesy.begin()
    worker = in_a_thread(lambda: (courtesy.stand_back(), done.append("work")))
    done.append("key")
    courtesy.end()
    worker.join(FOR_EVER)
    assert done == ["key", "work"]
    courtesy.stand_back()  # nobody has the turn any more


def test_a_key_that_is_never_painted_holds_nobody_up() -> None:
    courtesy = Courtesy(longest=0.0)
    courtesy.begin()
    courtesy.stand_back()


def test_between_two_waits_there_is_as_much_work() -> None:
    times = iter([10.0, 10.5, 10.9])  # the second time it is not asked whether anybody waits
    courtesy = Courtesy(longest=0.0, now=lambda: next(times))
    courtesy.begin()
    courtesy.stand_back()
    courtesy.begin()
    courtesy.stand_back()
    assert next(times, None) is None


def test_a_loop_serves_what_has_come_when_the_key_is_served() -> None:
    courtesy, done = Courtesy(FOR_EVER), []
    ready = threading.Event()
    loops = []

    async def work() -> None:
        loops.append(asyncio.get_running_loop())
        over = asyncio.Event()
        loops.append(over)
        ready.set()
        await over.wait()
        done.append("work")

    def run() -> None:
        selector = CourteousSelector(courtesy)
        with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selector)) as runner:
            runner.run(work())

    worker = in_a_thread(run)
    assert ready.wait(FOR_EVER)
    courtesy.begin()
    loop, over = loops
    loop.call_soon_threadsafe(over.set)
    done.append("key")
    courtesy.end()
    worker.join(FOR_EVER)
    assert done == ["key", "work"]
