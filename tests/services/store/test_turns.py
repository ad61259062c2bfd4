import asyncio

from tui.services.store.turns import LatestFirst


async def test_whoever_came_last_is_next_and_who_has_left_costs_no_turn() -> None:
    turns, served = LatestFirst(1), list[int]()
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def take(number: int) -> None:
        async with turns:
            served.append(number)
            begun.set()
            await may_end.wait()

    tasks = [asyncio.create_task(take(number)) for number in range(5)]
    await begun.wait()
    await asyncio.sleep(0)
    tasks[4].cancel()
    await asyncio.gather(tasks[4], return_exceptions=True)
    may_end.set()
    await asyncio.gather(*tasks[:4])
    assert served == [0, 3, 2, 1]
    # A turn that was given to somebody who leaves at this moment goes on to the next.
    may_end.clear()
    begun.clear()
    tasks = [asyncio.create_task(take(number)) for number in (5, 6, 7)]
    await begun.wait()
    await asyncio.sleep(0)
    may_end.set()
    await asyncio.sleep(0)
    tasks[2].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert served[4:] in ([5, 6], [5, 7, 6])
    async with asyncio.timeout(5), turns:
        pass
