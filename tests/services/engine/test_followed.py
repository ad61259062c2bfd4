"""Whoever waits for a job hears when it is followed no more."""

import asyncio
from collections.abc import Callable

from tui.core.job import Job
from tui.services.engine.followed import Followed


async def test_its_last_snapshot_comes_when_it_is_left(make_job: Callable[[], Job]) -> None:
    job = make_job()
    followed = Followed()
    followed.put(job)
    waiting = [asyncio.create_task(followed.until_left(job.id)) for _ in range(2)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0)
    followed.leave(job.id, job)
    assert await waiting[1] is job
    assert [*followed] == []


async def test_of_what_is_not_followed_nothing_is_awaited(make_job: Callable[[], Job]) -> None:
    job = make_job()
    followed = Followed()
    assert await followed.until_left(job.id) is None
    followed.put(job)
    taken = asyncio.create_task(followed.until_left(job.id))
    await asyncio.sleep(0)
    followed.leave(job.id)
    assert await taken is None
