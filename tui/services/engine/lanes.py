"""A lane: jobs by the time they are due, served by a bounded number of workers."""

import asyncio
import heapq
import math
from collections.abc import Awaitable, Callable
from itertools import count

from tui.services.clock import Clock

Serve = Callable[[str], Awaitable[None]]
_Turn = tuple[float, int, str]


class Lane:
    """Serves each job once it is due, the longest due first, at most `width` at a time.

    A waiting job costs a heap entry and no connection; no client's pool queues for us. A job
    has one turn at most: a new one takes the place of the old.
    """

    def __init__(self, serve: Serve, *, width: int, clock: Clock) -> None:
        self._serve = serve
        self._clock = clock
        self._width = width
        self._heap: list[_Turn] = []
        self._turns: dict[str, _Turn] = {}
        self._order = count()
        self._changed = asyncio.Event()
        self._held_until = 0.0
        self._serving: dict[str, asyncio.Task[None]] = {}

    def push(self, job_id: str, wait: float = 0.0) -> None:
        """Let the job be served in `wait` seconds."""
        turn = (self._clock.monotonic() + wait, next(self._order), job_id)
        self._turns[job_id] = turn
        heapq.heappush(self._heap, turn)
        self._changed.set()

    def hold(self, seconds: float) -> None:
        """Serve nobody for that many seconds, or until `go`."""
        self._held_until = max(self._held_until, self._clock.monotonic() + seconds)
        self._changed.set()

    def go(self) -> None:
        """End a hold."""
        self._held_until = 0.0
        self._changed.set()

    def resize(self, width: int) -> None:
        """Serve so many at a time from now on; who is being served stays."""
        self._width = width
        self._changed.set()

    @property
    def is_busy(self) -> bool:
        """Whether anybody is being served right now."""
        return bool(self._serving)

    def serving(self, job_id: str) -> asyncio.Task[None] | None:
        """Return the task that serves a job right now."""
        return self._serving.get(job_id)

    async def run(self) -> None:
        """Serve until cancelled; what is being served then goes on."""
        while True:
            job_id = await self._next_due()
            self._serving[job_id] = asyncio.create_task(self._serve_one(job_id))

    async def settle(self, seconds: float) -> None:
        """Wait at most that long for what is being served."""
        if tasks := set(self._serving.values()):
            await asyncio.wait(tasks, timeout=seconds)

    async def finish(self, seconds: float) -> None:
        """Wait at most that long for what is being served, then cancel it."""
        await self.settle(seconds)
        late = set(self._serving.values())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _serve_one(self, job_id: str) -> None:
        try:
            await self._serve(job_id)
        finally:
            was_full = self._is_full
            del self._serving[job_id]
            if was_full:
                self._changed.set()

    @property
    def _is_full(self) -> bool:
        return len(self._serving) >= self._width

    async def _next_due(self) -> str:
        while True:
            self._changed.clear()
            wait = self._wait()
            if wait is None:
                await self._changed.wait()
            elif wait > 0:
                timer = self._clock.call_later(wait, self._changed.set)
                try:
                    await self._changed.wait()
                finally:
                    timer.cancel()
            elif job_id := self._pop():
                return job_id

    def _wait(self) -> float | None:
        """Return the seconds until the next turn; None while nothing but a change can bring one."""
        if not self._heap or self._is_full:
            return None
        due = max(self._heap[0][0], self._held_until)
        return None if due == math.inf else due - self._clock.monotonic()

    def _pop(self) -> str | None:
        """Take the first turn; None when another took its place, or its job is being served."""
        turn = heapq.heappop(self._heap)
        job_id = turn[2]
        if self._turns.get(job_id) is not turn:
            return None
        del self._turns[job_id]
        return None if job_id in self._serving else job_id
