"""Images of jobs as files of this machine."""

import asyncio
from collections.abc import Sequence

from tui.app.session import Session
from tui.app.terminal import TerminalApp
from tui.core.bucket import remote_of
from tui.core.job import Saved
from tui.core.language import plural
from tui.core.retelling import retold
from tui.services.files import StorageError


class Here:
    """Finds the files of images, and fetches those that are in a bucket."""

    def __init__(self, session: Session, app: TerminalApp) -> None:
        self._session = session
        self._app = app

    async def paths(self, files: Sequence[Saved]) -> list[str]:
        """Return the paths of all that can be had; says why one can't."""
        away = len(remote_of(one.path for one in files))
        if not away:
            return [one.path for one in files]
        self._app.say(plural("Fetching 1 image…", "Fetching {number:,} images…", away))
        found = await asyncio.gather(*map(self._path, files))
        return [path for path in found if path]

    async def _path(self, file: Saved) -> str | None:
        deck = await self._session.opened()
        try:
            path = await asyncio.wrap_future(deck.on_hand.local(file))
        except StorageError as error:
            self._app.say(retold(str(error)), "warning")
            return None
        return str(path)
