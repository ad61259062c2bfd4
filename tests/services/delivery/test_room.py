"""How many jobs a worker takes before it has sent those it has."""

import asyncio

from tui.services.delivery.room import Room


async def test_what_is_not_sent_takes_up_room_until_it_is() -> None:
    room = Room(2, 10, lambda: 0)
    assert await room.wait() == 2
    room.take("a")
    room.take("b")
    waiting = asyncio.create_task(room.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    room.note_sent("a")
    assert await waiting == 1


async def test_a_worker_that_follows_enough_takes_no_more() -> None:
    followed = 10
    room = Room(4, 10, lambda: followed)
    waiting = asyncio.create_task(room.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    followed = 7
    room.look_again()
    assert await waiting == 3


async def test_one_that_ends_has_no_room() -> None:
    room = Room(0, 10, lambda: 0)
    waiting = asyncio.create_task(room.wait())
    await asyncio.sleep(0)
    room.close()
    assert await waiting == 0
