"""Opening batch files: checked as a whole, then sent as there is room."""

import asyncio
import threading
from typing import TYPE_CHECKING

from tui.app.checking import Checked, checked_file
from tui.app.screens.batch import BatchScreen, Choices, Found
from tui.app.screens.main import MainScreen
from tui.app.sending import BatchRun
from tui.app.session import Session
from tui.app.terminal import TerminalApp
from tui.core.home import Home
from tui.core.job import Job
from tui.core.language import _, marked
from tui.core.retelling import retold
from tui.core.text import clean
from tui.services.batch.placing import (
    SENT,
    Placed,
    Target,
    gone_on_with,
    jobs_of,
    placed,
)
from tui.services.batch.source import SourceError
from tui.services.files import StorageError
from tui.services.journal.protocol import JournalError

if TYPE_CHECKING:
    from tui.deck import Deck

_STOPPED = marked("The batch stops here: {error}. Opened again, it goes on.")
_GAP = 1.0  # seconds between two words on the progress


class Batches:
    """Lets a person open a batch file, sends it, and tells how far it is."""

    def __init__(self, session: Session, screen: MainScreen, app: TerminalApp) -> None:
        self._session = session
        self._screen = screen
        self._app = app
        self._checked: Checked | None = None
        self._looks = 0
        self._gate = threading.Lock()  # between this loop and the threads that look
        self._runs: list[BatchRun] = []
        self._is_due = False
        self._path = ""

    async def open(self) -> None:
        """Ask for a file, check it, and send it if that is wanted."""
        await self._session.opened()
        try:
            wanted: bool | None = await self._app.push_screen_wait(
                BatchScreen(self.look, self._path)
            )
            if wanted and self._checked:
                checked, self._checked = self._checked, None
                self._app.start(self._send, checked)
        finally:
            self._let_go()

    async def look(self, path: str, choices: Choices) -> Found:
        """Check a file as a whole; say what is wrong with it, and what it comes to."""
        self._let_go()
        self._path = path
        number = self._looks
        deck, model = await self._session.opened(), self._screen.form.model

        def work() -> Found:
            checked, found = checked_file(deck, path, choices, model)
            # Whoever looks later is shown, and must be what is sent; a slower one counts no more.
            with self._gate:
                if number == self._looks:
                    self._checked = checked
                else:
                    checked.file.close()
            return found

        try:
            return await asyncio.to_thread(work)
        except (SourceError, JournalError, StorageError, OSError) as error:
            return Found(problem=clean(retold(str(error)), 300))

    def see(self, jobs: list[Job]) -> None:
        """Take in what has changed, and tell it once a second."""
        concerned = [run for run in self._runs if run.see(jobs)]
        if concerned and not self._is_due:
            self._is_due = True
            self._app.set_timer(_GAP, self._tell)

    def _let_go(self) -> None:
        with self._gate:
            self._looks += 1
            checked, self._checked = self._checked, None
        if checked:
            checked.file.close()

    async def _send(self, checked: Checked) -> None:
        file, target = checked.file, checked.target
        if any(run.group == target.group and not run.is_over for run in self._runs):
            self._app.say(_("This file is under way already."), "warning")
            file.close()
            return
        run = BatchRun(target.group, file.source.title, checked.requests)
        self._runs.append(run)
        try:
            await self._feed(run, checked)
        except (JournalError, StorageError, OSError, RuntimeError, ValueError) as error:
            self._app.say(_(_STOPPED, error=retold(str(error))), "error")
        finally:
            file.close()
            run.is_fed = True
            self.see([])
            self._tell()

    async def _feed(self, run: BatchRun, checked: Checked) -> None:
        """Bring the rows in, a thousand of them at a time; the others wait in the file."""
        await self._session.opened()
        file, target, deck = checked.file, checked.target, self._same(checked.home)
        await asyncio.to_thread(deck.check_output)
        chunks = placed(file, target, deck.journal.history)
        while chunk := await asyncio.to_thread(next, chunks, None):
            await run.has_room()
            async with self._session.writing:
                jobs = await asyncio.to_thread(_bring, self._same(checked.home), chunk, target)
            self._screen.apply(jobs)
            self.see(jobs)
        if file.has_changed:
            self._app.say(_("The file has changed while it was read: open it again."), "warning")

    def _same(self, home: Home) -> "Deck":
        """Return the deck there is now; raises RuntimeError when it has another home."""
        deck = self._session.deck
        if deck.home != home:
            raise RuntimeError(
                _(
                    "it goes to profile {profile}, and {profile2} is in use",
                    profile=home.profile,
                    profile2=deck.home.profile,
                )
            )
        return deck

    def _tell(self) -> None:
        """Say how far the batches are; a last word on those that are over."""
        self._is_due = False
        for run in [one for one in self._runs if one.is_over]:
            self._runs.remove(run)
            self._app.say(run.line)
        more = _(" · {count} more", count=len(self._runs) - 1) if len(self._runs) > 1 else ""
        self._screen.jobs.tell_progress(f"{self._runs[-1].line}{more}" if self._runs else "")


def _bring(deck: "Deck", chunk: list[Placed], target: Target) -> list[Job]:
    """Write rows down, or take their jobs up; return the jobs of all of them."""
    added = deck.engine.add(jobs_of(chunk, target, deck.new_jobs)).result()
    taken = {job.id: job for job in deck.follow(gone_on_with(chunk))}
    rest = [one.earlier for one in chunk if one.earlier and one.fate not in SENT]
    return [*added, *(taken.get(job.id, job) for job in rest)]
