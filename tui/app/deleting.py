"""Deleting jobs, and taking that back."""

import asyncio
import time
from collections.abc import Sequence
from functools import partial

from tui.app.screens.confirm import ConfirmScreen
from tui.app.screens.main import MainScreen
from tui.app.session import Session
from tui.app.terminal import TerminalApp
from tui.app.undo import Undo
from tui.core.bucket import remote_of
from tui.core.job import Job
from tui.core.language import _, plural
from tui.core.query import Search, parse
from tui.services.journal.protocol import JournalError, Query
from tui.services.trash import trash_images

UNDO_SECONDS = 30.0
_EARLY = 1.0  # seconds: a timer and a clock may disagree by less
_DELETED: Search = parse("is:deleted")


class Deleting:
    """Takes jobs off the lists at once, their images to the trash half a minute later.

    Until then everything is where it was, so that undoing needs nothing from the trash; an app
    that ends meanwhile does it at its next start.
    """

    def __init__(self, session: Session, screen: MainScreen, app: TerminalApp, undo: Undo) -> None:
        self._session = session
        self._screen = screen
        self._app = app
        self._undo = undo

    async def delete(self, jobs: Sequence[Job]) -> None:
        """Delete jobs that are over; say what is left, and how to undo it."""
        if len(jobs) > 1 and not await self._agrees(len(jobs)):
            return
        deck = await self._session.opened()
        ids = [job.id for job in jobs]
        done = await asyncio.wrap_future(deck.annotate(ids, others=True, deleted=time.time()))
        gone = tuple(done)
        left = len(jobs) - len(gone)
        if left:
            why = _("not over yet, or has to be resolved first")
            self._app.say(
                _(
                    "{left} of {count} left as they are: {why}.",
                    left=left,
                    count=len(jobs),
                    why=why,
                ),
                "warning",
            )
        if not gone:
            return
        self._undo.note(partial(self._bring_back, gone))
        self._screen.apply(list(gone))
        self._app.set_timer(UNDO_SECONDS, partial(self._app.start, self._trash, gone))
        what = plural("1 job", "{number:,} jobs", len(gone))
        if remote_of(one.path for job in gone for one in job.files):
            said = _("Deleted: {what}. U undoes it; images in S3 stay there.", what=what)
        else:
            said = _(
                "Deleted: {what}. U undoes it; the images go to the trash in 30 seconds.", what=what
            )
        self._app.say(said)

    async def _bring_back(self, gone: Sequence[Job]) -> None:
        deck = await self._session.opened()
        ids = [job.id for job in gone]
        back = await asyncio.wrap_future(deck.annotate(ids, others=True, deleted=None))
        self._screen.apply(back)
        late = time.time() - (gone[0].deleted or 0.0) > UNDO_SECONDS
        where = _(" Their images are in the system's trash.") if late else ""
        self._app.say(_("Back again: {number}.{where}", number=len(back), where=where))

    async def sweep(self) -> None:
        """Put into the trash what an earlier run had no time for."""
        await self._trash(None)

    async def _trash(self, jobs: Sequence[Job] | None) -> None:
        """Put images of deleted jobs into the trash; of all that are deleted, without any named."""
        history = (await self._session.opened()).journal.history

        def work() -> list[str]:
            # Another imagedeck may still undo its own.
            latest = time.time() - UNDO_SECONDS + _EARLY
            every = Query(search=_DELETED, known=None, limit=None)
            named = history.list(every) if jobs is None else jobs
            known = (history.get(job.id) for job in named)
            gone = [job for job in known if job and job.deleted and job.deleted <= latest]
            return trash_images(one.path for job in gone for one in job.files)

        try:
            problems = await asyncio.to_thread(work)
        except JournalError as error:  # the next start does it
            self._app.say(str(error), "warning")
            return
        if problems:
            more = _(" and {number} more", number=len(problems) - 1) if len(problems) > 1 else ""
            self._app.say(
                _(
                    "Not in the trash, and where it was: {problem}{more}",
                    problem=problems[0],
                    more=more,
                ),
                "warning",
            )

    async def _agrees(self, number: int) -> bool:
        question = ConfirmScreen(
            _("Delete {number} jobs?", number=number),
            _(
                "They leave the lists, and their images go to the system's trash. "
                "U brings them back for 30 seconds as if nothing had happened."
            ),
            yes=_("Delete"),
            no=_("Keep"),
        )
        answer: bool | None = await self._app.push_screen_wait(question)
        return bool(answer)
