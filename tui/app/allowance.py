"""What the budget leaves, at hand without a look at the disk."""

import asyncio
import time
from typing import TYPE_CHECKING

from tui.app.session import Session

if TYPE_CHECKING:
    from tui.core.budget import Left
    from tui.deck import Deck


class Allowance:
    """Read anew only when jobs have changed, a day has begun, or there is another deck."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._read_of: tuple[Deck, int] | None = None
        self.left: Left | None = None

    async def look(self, *, has_news: bool) -> bool:
        """Read it if it may have changed; return whether it has. Raises JournalError."""
        deck = self._session.deck
        known = (deck, time.localtime().tm_yday)
        if not self._session.settings.budget.are_set or (known == self._read_of and not has_news):
            return False
        before, self.left = self.left, await asyncio.to_thread(deck.left)
        self._read_of = known
        return self.left != before
