"""Turns for fetching what somebody looks at."""

import asyncio
from types import TracebackType
from typing import Self


class LatestFirst:
    """At most so many at a time; of those who wait, whoever came last is the next.

    A person who goes through a hundred images wants to see the one he has come to, not to wait
    for those he has passed. Belongs to one event loop.
    """

    def __init__(self, most: int) -> None:
        self._free = most
        self._waiting: list[asyncio.Future[None]] = []

    async def __aenter__(self) -> Self:
        if self._free:
            self._free -= 1
            return self
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn in self._waiting:
                self._waiting.remove(turn)
            elif not turn.cancelled():  # it was given, but nobody takes it any more
                self._pass_on()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        while self._waiting:
            turn = self._waiting.pop()
            if not turn.cancelled():
                turn.set_result(None)
                return
        self._free += 1
