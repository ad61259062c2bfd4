"""Groups shown as grids."""

import asyncio
from collections.abc import Sequence

from tui.app.estimates import Estimates
from tui.app.screens.grid import GridScreen
from tui.app.session import Session
from tui.app.terminal import TerminalApp
from tui.core.grid import grid_of
from tui.core.job import Job
from tui.core.language import _
from tui.services.journal.protocol import Query


class Grids:
    """Opens the grid of a job's group."""

    def __init__(self, session: Session, app: TerminalApp) -> None:
        self._session = session
        self._app = app

    async def show(self, jobs: Sequence[Job]) -> None:
        """Show the whole group of the first job, as far as it is a comparison."""
        group = jobs[0].group
        history = (await self._session.opened()).journal.history
        whole: list[Job] = []
        if group is not None:
            whole = await asyncio.to_thread(history.list, Query(group=group, limit=None))
        if grid_of(whole) is None:
            self._app.say(_("It is part of no comparison and no grid."), "warning")
            return
        self._app.push_screen(GridScreen(whole, Estimates(self._session), self._app.canvas))
