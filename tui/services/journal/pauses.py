"""The pauses that stand in the database."""

from functools import partial

from tui.services.journal import pausing
from tui.services.journal.thread import JournalThread


class StoredPauses:
    """What a person has paused; see the protocol. A change is durable before its call returns."""

    def __init__(self, thread: JournalThread) -> None:
        self._thread = thread

    async def all(self) -> frozenset[str]:
        """Return the groups that are paused, and `""` where all is."""
        return await self._thread.read(pausing.read)

    async def begin(self, name: str = "") -> None:
        """Pause a group, or everything."""
        await self._thread.write(partial(pausing.begin, name=name))

    async def end(self, name: str = "") -> None:
        """Let a group, or everything, go on; pauses of others stay."""
        await self._thread.write(partial(pausing.end, name=name))
