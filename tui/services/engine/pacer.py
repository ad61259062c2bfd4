"""Submissions a second, counted for all processes together."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from tui.core.job import Job
from tui.services.engine.lanes import Lane
from tui.services.engine.work import Work
from tui.services.journal.protocol import Attempt, JournalError, TooSoonError
from tui.services.journal.shares import Slot

if TYPE_CHECKING:
    from tui.services.clock import Timer

_LEAD = 0.25  # seconds
_AT_ONCE = 0.05  # seconds' worth of slots
_MOST_HELD = 5.0  # seconds for which an open connection is kept waiting
_TRY_AGAIN, _LEAST_WAIT = 1.0, 0.1


@dataclass(frozen=True, slots=True)
class Late:
    """Nothing was sent: the moment for it had passed."""


class Permit(NamedTuple):
    """Leave to submit once, at a time by this process's own monotonic clock."""

    due: float
    slot: Slot


class Pacer:
    """Gives leave for one submission after the other, as the journal gives out slots.

    A slot is asked for once somebody waits for it, and is nobody's until shortly before it is due:
    then the first in line gets it, so that it has its connection when it may send. Each key at each
    gateway has its own.
    """

    def __init__(self, work: Work, lane: Callable[[], Lane]) -> None:
        self._journal = work.journal
        self._clock = work.clock
        self._interval = work.limits.interval
        self._name = f"{work.home.origin} {work.fingerprint or ''}"
        self._lane = lane
        self._permits: deque[Permit] = deque()
        self._taken: dict[str, Permit] = {}
        self._fetching: asyncio.Task[None] | None = None
        self._timer: Timer | None = None
        self.is_waiting = False  # whether somebody waits for nothing but a slot

    def may_begin(self) -> bool:
        """Whether the first in line may begin; if not, the lane looks again in time."""
        if not self._interval:
            return True
        now = self._clock.monotonic()
        wait = self._permits[0].due - _LEAD - now if self._permits else 0.0
        self.is_waiting = wait > 0 or not self._permits
        if not self._permits and self._fetching is None:
            self._fetching = asyncio.create_task(self._fetch())
        if self._timer:
            self._timer.cancel()
        self._timer = self._clock.call_later(wait, self._lane().look_again) if wait > 0 else None
        return not self.is_waiting

    def begin(self, job: Job) -> None:
        """Let a job whose turn has come have the permit that `may_begin` spoke of."""
        if self._permits:
            self._taken[job.id] = self._permits.popleft()

    def end(self, job: Job) -> None:
        """Let the next in line have a job's permit, if it was not used."""
        if permit := self._taken.pop(job.id, None):
            self._permits.appendleft(permit)
            self._lane().look_again()

    async def sent(self, attempt: Attempt) -> bool:
        """Wait until it may be sent, then write it down; see Journal.sent.

        Raises TooSoonError when that would keep the gateway waiting for too long.
        """
        permit = self._taken.pop(attempt.job, None)
        if permit is None:
            return await self._journal.sent(attempt)
        clock = self._clock
        ends = clock.monotonic() + _MOST_HELD
        await clock.sleep(max(0.0, permit.due - clock.monotonic()))
        while True:
            try:
                return await self._journal.sent(attempt, permit.slot)
            except TooSoonError as problem:
                if clock.monotonic() + problem.wait > ends:
                    raise
                await clock.sleep(problem.wait)

    async def _fetch(self) -> None:
        try:
            permits = await self._reserve(max(1, ceil(_AT_ONCE / self._interval)))
            self._permits += permits
            if not permits:  # single jobs of others have them
                await self._clock.sleep(max(_LEAST_WAIT, min(self._interval, _TRY_AGAIN)))
        except JournalError:
            await self._clock.sleep(_TRY_AGAIN)
        finally:
            self._fetching = None
        self._lane().look_again()

    async def _reserve(self, count: int) -> list[Permit]:
        rank = min(self._lane().wanted().values(), default=1)
        traffic = self._journal.traffic
        slots, moment = await traffic.slots(self._name, self._interval, count, rank=rank)
        now = self._clock.monotonic()
        return [Permit(now + slot.due - moment, slot) for slot in slots]
