"""Carrying out what the screens ask for."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from tui.app.earlier import older
from tui.app.screens.main import MainScreen
from tui.app.session import Session
from tui.app.widgets.jobs.finding import FindingPane
from tui.app.widgets.preview.wanted import ThumbnailWanted
from tui.core.fault import Fault
from tui.core.job import Job
from tui.core.language import _
from tui.core.request import Request
from tui.core.retelling import retold
from tui.core.stats import Entry
from tui.services.decode import BadImageError, DecoderError
from tui.services.files import StorageError
from tui.services.journal.protocol import JournalError

if TYPE_CHECKING:
    from concurrent.futures import Future

    from tui.deck import Deck

_T = TypeVar("_T")
SAME_WITHIN = 2.0  # seconds in which an identical submission needs a second press

Notify = Callable[[str, str], None]


class Desk:
    """Talks to the deck for the main screen; nothing in it blocks the app's loop.

    `notify` shows a sentence (and a severity).
    """

    def __init__(self, session: Session, screen: MainScreen, notify: Notify) -> None:
        self._session = session
        self._screen = screen
        self._notify = notify
        self._last: tuple[str, float] = ("", 0.0)
        self._edited: str | None = None

    async def submit(self, requests: Sequence[Request], aim: str) -> None:
        """Send requests; the same ones within two seconds only at a second, confirming press.

        `aim` is the profile they are meant for; with another one in use nothing is sent.
        """
        key, now = " ".join(one.key for one in requests), time.monotonic()
        last, at = self._last
        if key == last and now - at < SAME_WITHIN:
            self._last = ("", 0.0)  # the next press is the confirming one
            self._notify(
                _("The same request again? Press once more to pay for it twice."), "warning"
            )
            return
        self._last = (key, now)
        if not await self.send_form(requests, aim):
            self._last = ("", 0.0)

    async def send_form(self, requests: Sequence[Request], aim: str) -> bool:
        """Send what the form stands for; return whether it is written down."""
        follows, self._edited = self._edited, None  # whoever sends next follows nothing
        is_sent = await self.send(requests, aim, follows)
        if not is_sent and self._edited is None:
            self._edited = follows
        return is_sent

    def note_edit(self, job: Job) -> None:
        """Note that the form holds a job taken out of the queue: what is sent next follows it."""
        self._edited = job.id

    def forget_edit(self) -> None:
        """Note that the form holds something else."""
        self._edited = None

    async def check_reference(self, source: str) -> None:
        """Look at a reference and tell the form."""
        form = self._screen.form
        field = form.model.references
        if field is None:
            return
        try:
            references, faults = await self._of_deck(
                lambda deck: deck.take_references([source], field)
            )
        except StorageError as error:
            references, faults = [], [Fault(field.name, source, retold(str(error)))]
        form.reference_result(source, references[0] if references else None, faults)

    async def draw(self, wanted: ThumbnailWanted) -> None:
        """Make the picture that a widget asks for."""
        try:
            picture = await self._of_deck(
                lambda deck: deck.thumbnail(wanted.path, wanted.sha256, wanted.wish)
            )
        except (BadImageError, DecoderError) as error:
            wanted.to.no_picture(wanted, str(error))
        else:
            wanted.to.picture(wanted, picture)

    async def find_older(self, wanted: FindingPane.OlderWanted) -> None:
        """Find older jobs for the table."""
        deck = await self._session.opened()
        try:
            jobs = await asyncio.to_thread(older, deck, wanted)
        except JournalError as error:
            self._notify(str(error), "error")
        else:
            self._screen.jobs.take_older(wanted, jobs)

    async def ledger(self) -> tuple[list[Entry], str] | None:
        """Return what every job came to, keyed by day and model, and what day it is."""
        history = (await self._session.opened()).journal.history
        try:
            entries = await asyncio.to_thread(
                lambda: [*history.ledger(0.0, ("day", "model", "owner"))]
            )
        except JournalError as error:
            self._notify(str(error), "error")
            return None
        return entries, f"{datetime.now().astimezone():%Y-%m-%d}"

    async def send(self, requests: Sequence[Request], aim: str, follows: str | None = None) -> bool:
        """Send requests, as what follows another job; return whether they are written down."""
        session = self._session
        await session.opened()
        async with session.writing:
            if not self.is_meant(aim):
                return False
            try:
                jobs = await asyncio.to_thread(session.submit, requests, follows)
            except (StorageError, JournalError) as error:
                self._notify(_("Nothing was sent: {error}", error=retold(str(error))), "error")
                return False
        self._screen.apply(jobs)
        return True

    async def _of_deck(self, ask: "Callable[[Deck], Future[_T]]") -> _T:
        """Ask the deck for something; where it is closed meanwhile, the one that comes after."""
        while True:
            deck = await self._session.opened()
            try:
                return await asyncio.wrap_future(ask(deck))
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if (task and task.cancelling()) or await self._session.opened() is deck:
                    raise

    def is_meant(self, profile: str) -> bool:
        """Whether what was asked for with a profile may be sent; says so where it may not."""
        used = self._session.settings.profile
        if profile != used:
            self._notify(
                _(
                    "Nothing was sent: profile {used} is in use, not {profile}.",
                    used=used,
                    profile=profile,
                ),
                "warning",
            )
        return profile == used
