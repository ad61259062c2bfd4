"""A bounded queue between one producer and one consumer, which either may close."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
_MOST = 16


class Pipe(Generic[T]):
    """Hands items on in order, a few ahead at most."""

    def __init__(self) -> None:
        self._items: deque[T] = deque()
        self._stirred = asyncio.Event()
        self._closed = False

    async def put(self, item: T) -> bool:
        """Wait for room, hand the item over; False when the pipe is closed."""
        await self._until(lambda: self._closed or len(self._items) < _MOST)
        if self._closed:
            return False
        self._items.append(item)
        self._stirred.set()
        return True

    async def get(self) -> T | None:
        """Wait for the next item; None when it is closed and nothing is left in it."""
        await self._until(lambda: self._closed or bool(self._items))
        if not self._items:
            return None
        self._stirred.set()
        return self._items.popleft()

    def close(self) -> None:
        """Take nothing more in."""
        self._closed = True
        self._stirred.set()

    async def _until(self, ready: Callable[[], bool]) -> None:
        while not ready():
            self._stirred.clear()
            await self._stirred.wait()
