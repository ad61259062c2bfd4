"""Room at the gateway beside the jobs of all processes."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress

from tui.core.job import Job
from tui.services.engine.lanes import Lane
from tui.services.engine.work import Work
from tui.services.journal.protocol import JournalError

_AT_MOST_EVERY = 0.1  # seconds between two looks because others have changed something
_LOOK_AGAIN = 0.5  # seconds after which it is looked whatever was heard


class Crowd:
    """Admits as many jobs as the journal has told of places for; then it asks again.

    The journal checks each once more, as its submission begins: others are as quick.
    """

    def __init__(self, work: Work, lane: Callable[[], Lane]) -> None:
        self._journal = work.journal
        self._clock = work.clock
        self._limits = work.limits
        self._lane = lane
        self._free: dict[str, int] = {}
        self._asked = asyncio.Event()
        self._is_stirred = asyncio.Event()
        self._is_refused = False
        self.full: frozenset[str] = frozenset()  # models that wait here for a place
        self.in_flight: Mapping[str, int] = {}  # by model, when it was last asked

    def admits(self, model: str) -> bool:
        """Whether there is a place for one more."""
        if not self._limits.bound_flight or self._free.get(model, 0) > 0:
            return True
        self._asked.set()
        return False

    def begin(self, job: Job) -> None:
        """Take a place."""
        self._change(job.request.model, -1)

    def leave(self, job: Job) -> None:
        """Give a place back: whoever is quick has the next one."""
        self._change(job.request.model, 1)
        self._is_stirred.set()

    def refuse(self, job: Job) -> None:
        """Note that there was no place for a job after all."""
        self._free[job.request.model] = -1  # it is about to give its own back
        self._is_refused = True

    async def run(self) -> None:
        """Ask whenever somebody waits for a place."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            if self._is_refused:
                self._is_refused = False
                await self._clock.sleep(_AT_MOST_EVERY)
            ranks = {
                model: rank
                for model, rank in self._lane().wanted().items()
                if self._free.get(model, 0) <= 0
            }
            await self._ask(ranks)
            if self.full:
                await self._news()
                self._asked.set()

    async def _ask(self, ranks: Mapping[str, int]) -> None:
        self._is_stirred.clear()
        full = frozenset(ranks)
        if not ranks:
            self.full = full
            return
        with suppress(JournalError):  # a database that is away is told of by those who write
            room = await self._journal.traffic.room(self._limits, ranks)
            self._free |= room.free
            self.in_flight = room.in_flight
            full = frozenset(model for model, places in room.free.items() if places <= 0)
        self.full = full
        if len(self.full) < len(ranks):
            self._lane().look_again()

    async def _news(self) -> None:
        """Wait until a place may be free."""
        stirring = asyncio.ensure_future(self._is_stirred.wait())
        hearing = asyncio.ensure_future(self._journal.traffic.news(_LOOK_AGAIN))
        try:
            await asyncio.wait({stirring, hearing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stirring.cancel()
            hearing.cancel()
        if hearing.done() and not hearing.cancelled():
            await self._clock.sleep(_AT_MOST_EVERY)

    def _change(self, model: str, by: int) -> None:
        among = self._free if self._limits.most is not None else {model} & self._free.keys()
        for one in [*among]:
            self._free[one] += by
