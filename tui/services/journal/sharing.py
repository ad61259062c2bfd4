"""The limits that all who share the database keep together."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from tui.core.limits import Limits
from tui.services.journal import traffic
from tui.services.journal.owning import Owner
from tui.services.journal.shares import Room, Slot
from tui.services.journal.thread import JournalThread

News = Callable[[float], Awaitable[None]]


class StoredTraffic:
    """Slots and room at the gateways; see the protocol."""

    def __init__(self, thread: JournalThread, owner: Owner, news: News) -> None:
        self._thread = thread
        self._owner = owner
        self._news = news

    async def slots(
        self, name: str, interval: float, count: int = 1, *, rank: int = 1
    ) -> tuple[list[Slot], float]:
        """Reserve the next slots; return them and what time it is."""
        take = partial(traffic.reserve, name=name, interval=interval, count=count)
        return await self._thread.write(partial(take, rank=rank, owner=self._owner.id))

    async def room(self, limits: Limits, ranks: Mapping[str, int]) -> Room:
        """Return how many more of each model may be submitted."""
        ask = partial(traffic.ask, limits=limits, ranks=ranks, owner=self._owner.id)
        return await self._thread.write(ask)

    async def news(self, seconds: float) -> None:
        """Wait until somebody may have changed something."""
        await self._news(seconds)
