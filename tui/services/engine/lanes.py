"""A lane: jobs by the time they are due, served by a bounded number of workers."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tui.core.limits import NO_LIMITS, Limits
from tui.services.clock import Clock
from tui.services.engine.turns import Place, Turns

Serve = Callable[[str], Awaitable[None]]
_FIRST = Place()


@dataclass(frozen=True, slots=True)
class Widths:
    """How many steps of each kind run at once, and how many jobs of this process are in flight."""

    submit: int = 8
    poll: int = 32
    save: int = 8
    flight: Limits = NO_LIMITS


class Lane:
    """Serves each job once it is due, at most `width` at a time; who goes first, Turns says.

    A waiting job costs a heap entry and no connection; no client's pool queues for us. A job
    has one turn at most: a new one takes the place of the old. `admits` says whether one of a kind
    may be served now, `may_begin` whether anybody may, which `look_again` asks anew; `begin` hears
    whose turn it is before anybody else is asked about, `late` how many seconds after its time a
    turn comes.
    """

    def __init__(
        self,
        serve: Serve,
        *,
        width: int,
        clock: Clock,
        admits: Callable[[str], bool] = lambda _kind: True,
        may_begin: Callable[[], bool] = lambda: True,
        begin: Callable[[str], None] = lambda _job_id: None,
        late: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self._serve = serve
        self._clock = clock
        self._width = width
        self._turns = Turns(admits)
        self._may_begin = may_begin
        self._begin = begin
        self._late = late
        self._changed = asyncio.Event()
        self._held_until = 0.0
        self._serving: dict[str, asyncio.Task[None]] = {}

    def push(self, job_id: str, wait: float = 0.0, place: Place = _FIRST) -> None:
        """Let the job be served in `wait` seconds."""
        self._turns.add(job_id, self._clock.monotonic() + wait, place)
        self._changed.set()

    def put_back(self, job_id: str, place: Place) -> None:
        """Let a job be served whose turn came too early, before all others of its line."""
        self._turns.add(job_id, 0.0, place)
        self._changed.set()

    def pause(self, line: str) -> None:
        """Serve nobody of that line until `unpause`."""
        self._turns.pause(line)

    def unpause(self, line: str) -> None:
        """Serve that line again."""
        self._turns.go(line)
        self._changed.set()

    def first(self, job_id: str) -> bool:
        """Let a job that waits for its turn be the next one; False when it does not wait."""
        self._changed.set()
        return self._turns.put_first(job_id)

    def hold(self, seconds: float) -> None:
        """Serve nobody for that many seconds, or until `go`."""
        self._held_until = max(self._held_until, self._clock.monotonic() + seconds)
        self._changed.set()

    def go(self) -> None:
        """End a hold."""
        self._held_until = 0.0
        self._changed.set()

    def look_again(self) -> None:
        """Ask anew whom there is room for."""
        self._changed.set()

    def resize(self, width: int) -> None:
        """Serve so many at a time from now on; who is being served stays."""
        self._width = width
        self._changed.set()

    def wanted(self) -> dict[str, int]:
        """Return the kinds of who would be served if they were admitted, each with its first rank.

        While nobody is served anyway, no rank is before that of others.
        """
        now = self._clock.monotonic()
        wanted = {} if self._is_full else self._turns.wanted(now)
        return dict.fromkeys(wanted, 1) if self._held_until > now else wanted

    def __len__(self) -> int:
        """Return how many jobs wait for their turn."""
        return len(self._turns)

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
            self._begin(job_id)
            self._serving[job_id] = asyncio.create_task(self._serve_one(job_id))

    async def settle(self, seconds: float) -> None:
        """Wait at most that long for what is being served."""
        if tasks := set(self._serving.values()):
            await asyncio.wait(tasks, timeout=seconds)

    async def finish(self, seconds: float) -> None:
        """Wait at most that long for what is being served, then cancel it."""
        await self.settle(seconds)
        late = [*self._serving.values()]
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
            elif not self._may_begin():
                await self._changed.wait()
            elif job_id := self._pop():
                return job_id

    def _wait(self) -> float | None:
        """Return the seconds until the next turn; None while nothing but a change can bring one."""
        now = self._clock.monotonic()
        first = None if self._is_full else self._turns.next_due(now)
        if first is None:
            return None
        due = max(first, self._held_until)
        return None if due == math.inf else due - now

    def _pop(self) -> str | None:
        """Take the first turn; None when another took its place, or its job is being served."""
        now = self._clock.monotonic()
        job_id = self._turns.pop(now)
        if job_id is None or job_id in self._serving:
            return None
        self._late(now - max(self._turns.last_due, self._held_until))
        return job_id
