"""Votes on the images of a group."""

import asyncio
import random
from collections.abc import Sequence

from tui.app.estimates import Estimates
from tui.app.screens.beside import MOST
from tui.app.screens.main import MainScreen
from tui.app.screens.vote import VoteScreen
from tui.app.session import Session
from tui.app.terminal import TerminalApp
from tui.core.job import Job
from tui.core.language import _
from tui.core.voting import Outcome, votes
from tui.services.journal.protocol import JournalError, Query


class Voting:
    """Shows images without their names, in no order, and writes down which is the best."""

    def __init__(self, session: Session, screen: MainScreen, app: TerminalApp) -> None:
        self._session = session
        self._screen = screen
        self._app = app

    async def vote(self, jobs: Sequence[Job]) -> None:
        """Vote on several jobs of one group, or on the whole group of one."""
        group = jobs[0].group
        if group is None or any(job.group != group for job in jobs):
            self._app.say(_("A vote is on the jobs of one comparison or batch."), "warning")
            return
        history = (await self._session.opened()).journal.history
        whole = await asyncio.to_thread(history.list, Query(group=group, limit=None))
        among = [job for job in (jobs if len(jobs) > 1 else whole) if job.files]
        if not 1 < len(among) <= MOST:
            said = _(
                "This group has {number} with images; a vote is on 2 to {most}: mark some (space).",
                number=len(among),
                most=MOST,
            )
            self._app.say(said, "warning")
            return
        ids = [job.id for job in whole]
        shuffled = random.sample(among, len(among))

        async def write(best: str | Outcome | None) -> bool:
            return await self._write(ids, [job.id for job in among], best)

        screen = VoteScreen(shuffled, Estimates(self._session), self._app.canvas, write)
        self._app.push_screen(screen)

    async def _write(
        self, group: Sequence[str], among: Sequence[str], best: str | Outcome | None
    ) -> bool:
        deck = await self._session.opened()
        try:
            voted = await asyncio.wrap_future(deck.vote(votes(group, among, best)))
        except JournalError as error:
            self._app.say(_("The vote was not kept: {error}", error=error), "error")
            return False
        self._screen.apply(voted)
        for screen in self._app.screen_stack:
            if isinstance(screen, VoteScreen):
                screen.apply(voted)
        return True
