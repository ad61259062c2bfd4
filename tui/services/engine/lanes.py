"""A lane: jobs by the time they are due, served by a bounded number of workers."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from itertools import count

from tui.services.clock import Clock

Serve = Callable[[str], Awaitable[None]]


class Lane:
    """Serves each job once it is due, the longest due first, at most `width` at a time.

    A waiting job costs a heap entry and no connection; no client's pool queues for us.
    """

    def __init__(self, serve: Serve, *, width: int, clock: Clock) -> None:
        self._serve = serve
        self._clock = clock
        self._free = asyncio.Semaphore(width)
        self._heap: list[tuple[float, int, str]] = []
        self._order = count()
        self._changed = asyncio.Event()
        self._held_until = 0.0
        self._serving: dict[str, asyncio.Task[None]] = {}

    def push(self, job_id: str, wait: float = 0.0) -> None:
        """Let the job be served in `wait` seconds."""
        due = self._clock.monotonic() + wait
        heapq.heappush(self._heap, (due, next(self._order), job_id))
        self._changed.set()

    def hold(self, seconds: float) -> None:
        """Serve nobody for that many seconds, or until `go`."""
        self._held_until = max(self._held_until, self._clock.monotonic() + seconds)
        self._changed.set()

    def go(self) -> None:
        """End a hold."""
        self._held_until = 0.0
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
            await self._free.acquire()
            try:
                job_id = await self._next_due()
            except asyncio.CancelledError:
                self._free.release()
                raise
            if job_id in self._serving:  # two turns of one job, left over from before it was left
                self._free.release()
                continue
            self._serving[job_id] = asyncio.create_task(self._serve_one(job_id))

    async def finish(self, seconds: float) -> None:
        """Wait at most that long for what is being served, then cancel it."""
        tasks = set(self._serving.values())
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _serve_one(self, job_id: str) -> None:
        try:
            await self._serve(job_id)
        finally:
            del self._serving[job_id]
            self._free.release()

    async def _next_due(self) -> str:
        while True:
            self._changed.clear()
            now = self._clock.monotonic()
            if self._heap and max(self._heap[0][0], self._held_until) <= now:
                return heapq.heappop(self._heap)[2]
            if not self._heap:
                await self._changed.wait()
                continue
            due = max(self._heap[0][0], self._held_until)
            timer = self._clock.call_later(due - now, self._changed.set)
            try:
                await self._changed.wait()
            finally:
                timer.cancel()
