import asyncio
import heapq
from collections.abc import Callable
from itertools import count

import pytest


class JumpingClock:
    """Time that jumps to whatever is waited for next, so that nobody waits."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._cancelled: set[int] = set()

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        self.call_later(seconds, woken.set)
        await woken.wait()

    def call_later(self, seconds: float, act: Callable[[], None]) -> "_Timer":
        number = next(self._order)
        heapq.heappush(self._timers, (self.time + seconds, number, act))
        asyncio.get_running_loop().call_soon(self._jump)
        return _Timer(self._cancelled, number)

    def _jump(self) -> None:
        if not self._timers:
            return
        due, number, act = heapq.heappop(self._timers)
        if number in self._cancelled:
            return self._jump()
        self.time = max(self.time, due)
        return act()


class _Timer:
    def __init__(self, cancelled: set[int], number: int) -> None:
        self._cancelled = cancelled
        self._number = number

    def cancel(self) -> None:
        self._cancelled.add(self._number)


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()
