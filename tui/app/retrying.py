"""Making jobs again, as new ones."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.app.desk import Desk
from tui.app.estimates import Estimates
from tui.app.questions import names_of, not_retried, retry_question
from tui.app.session import Session
from tui.app.terminal import TerminalApp
from tui.core.job import Job, State
from tui.core.language import _
from tui.core.price import total
from tui.core.text import clean
from tui.services.remade import REMADE, remade_faults

if TYPE_CHECKING:
    from tui.deck import Deck


class Retrying:
    """Sends the requests of jobs once more; asks before anything is paid for that may be here."""

    def __init__(
        self, session: Session, desk: Desk, app: TerminalApp, estimates: Estimates
    ) -> None:
        self._session = session
        self._desk = desk
        self._app = app
        self._estimates = estimates
        self._made: set[str] = set()

    async def retry(self, jobs: Sequence[Job]) -> None:
        """Make jobs again that failed, are saved, or wait unsent for another profile."""
        aim = self._session.aim
        deck = await self._session.opened()
        able = [job for job in jobs if self._is_able(deck, job)]
        if not able:
            self._app.say(not_retried(jobs), "warning")
            return
        if faults := await asyncio.to_thread(_faults, able, deck):
            self._app.say(clean(faults[0]), "warning")
            return
        saved = sum(job.state is State.SAVED for job in able)
        again = sum(job.id in self._made for job in able)
        if saved or again or len(able) > 1:
            price = str(total(self._estimates.price(job) for job in able))
            question = retry_question(jobs, able, saved, price, again)
            if not await self._app.push_screen_wait(question):
                return
        self._made.update(job.id for job in able)
        for job in able:
            if not await self._make(deck, job, aim):
                return

    def _is_able(self, deck: "Deck", job: Job) -> bool:
        is_away = job.state is State.QUEUED and not deck.home.has(job)
        return is_away or job.state in REMADE or job.state is State.SAVED

    async def _make(self, deck: "Deck", job: Job, aim: str) -> bool:
        """Make one again; False when nothing more can be sent."""
        if job.state is State.QUEUED:
            if not self._desk.is_meant(aim):
                return False
            if not await asyncio.wrap_future(deck.engine.drop(job.id, others=True)):
                said = _("Another imagedeck works on it: {names}", names=names_of([job]))
                self._app.say(said, "warning")
                return True
        if not await self._desk.send([job.request], aim, job.id):
            return False
        if moved := deck.home.moved(job, job.short_id):
            self._app.say(moved, "information")
        return True


def _faults(jobs: Sequence[Job], deck: "Deck") -> list[str]:
    return [fault for job in jobs for fault in remade_faults(job, deck.references.brought)]
