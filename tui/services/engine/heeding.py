"""The pauses of a person, heeded by every process within a second."""

from contextlib import suppress

from tui.services.clock import Clock
from tui.services.engine.gate import Gate
from tui.services.engine.holding import EVERYTHING
from tui.services.journal.protocol import Journal, JournalError

_STILL_PAUSED = 1.0  # seconds between looks


class Heeding:
    """Writes pauses down for all processes, and keeps this one's gate to what is written.

    A pause that began elsewhere is noticed by the next submission, which the journal refuses; so
    nobody looks for pauses while there are none.
    """

    def __init__(self, gate: Gate, journal: Journal, clock: Clock) -> None:
        self._gate = gate
        self._journal = journal
        self._clock = clock

    async def pause(self, group: str = EVERYTHING) -> None:
        """Send nothing more, or nothing of a group, in no process; what was sent goes on."""
        await self._journal.pauses.begin(group)
        await self.look()

    async def go_on(self, group: str = EVERYTHING) -> None:
        """End a pause, of everything or of a group; where there is none, a hold."""
        if group in await self._journal.pauses.all():
            await self._journal.pauses.end(group)
        elif group == EVERYTHING:
            self._gate.end_hold()
        await self.look()

    async def look(self) -> None:
        """See what is paused now."""
        self._gate.heed(await self._journal.pauses.all())

    async def run(self) -> None:
        """While anything is paused, look whether it still is; whoever did it may be elsewhere."""
        while True:
            await self._gate.is_paused.wait()
            await self._clock.sleep(_STILL_PAUSED)
            with suppress(JournalError):
                await self.look()
