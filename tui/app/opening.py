"""Opening the deck: the key, earlier jobs, what was never sent."""

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.app import App

from tui.app.earlier import Orphans, newest
from tui.app.estimates import Estimates
from tui.app.screens.confirm import UnsentScreen
from tui.app.screens.key import DemoChosen, KeyGiven, KeyScreen
from tui.app.screens.main import MainScreen
from tui.app.session import Session
from tui.core.job import ErrorKind, Job
from tui.core.language import _, marked, plural
from tui.core.price import total
from tui.core.retelling import retold
from tui.core.text import one_line
from tui.services.keys import ApiKeyError, Key, store_key
from tui.services.places import PlaceError
from tui.services.settings import Settings

if TYPE_CHECKING:
    from tui.services.engine.holding import Hold

NO_KEY = 3
LOOKING = "others"  # the group of workers that look what others do
_PAUSED = marked("paused")
_SHOWN_WAIT = 3600.0  # seconds; a longer pause ends only when somebody does something
_LOOK_FOR_ORPHANS = 3.0  # seconds between looks for jobs that nobody alive follows any more
_WHY = {
    ErrorKind.AUTH: marked("key refused"),
    ErrorKind.QUOTA: marked("no credit"),
    ErrorKind.LIMITED: marked("too many requests"),
    ErrorKind.UNREACHABLE: marked("not reached"),
}


class Opening:
    """Opens the deck at the start, and anew with another key; asks what has to be asked.

    Raises what settings, key and journal raise.
    """

    def __init__(
        self, app: App[Any], session: Session, main: MainScreen, say: Callable[[str, str], None]
    ) -> None:
        self._app = app
        self._session = session
        self._estimates = Estimates(session)
        self._main = main
        self._say = say
        self._seen = 0
        self._orphans: Orphans
        self._looked = 0.0
        self.turn = asyncio.Lock()  # one opens at a time, from the key to the last question

    async def begin(self) -> None:
        """Find the key, open the deck, show earlier jobs, go on with them."""
        async with self.turn:
            await self._begin()

    async def _begin(self) -> None:
        key = await self.key(self._session.settings)
        is_needed = not self._session.is_demo and self._session.settings.needs_key
        if key is None and is_needed:
            self._app.exit(return_code=NO_KEY, message=_("Left without a key; nothing was sent."))
            return
        await self._open(key)

    async def go_on(self) -> bool:
        """End a pause; True when that took another key, and the deck was opened anew."""
        if self.turn.locked() or not self._session.is_open:
            return False
        async with self.turn:
            return await self._go_on()

    async def _go_on(self) -> bool:
        hold = self._session.deck.engine.hold
        if hold is None:
            queued = await asyncio.to_thread(self._orphans.unsent)
            await self._ask_about(queued)
            if not queued:
                self._say(_("Nothing pauses, and nothing was left unsent."), "information")
            return False
        error = hold.job.error if hold.job else None
        if error is None or error.kind is not ErrorKind.AUTH or self._session.is_demo:
            await asyncio.wrap_future(self._session.deck.engine.go_on())
            return False
        key = await self.key(self._session.settings, retold(error.message), leave=_("Back"))
        if key is None and not self._session.is_demo:
            return False
        await self._open(key)
        return True

    async def switch(self, settings: Settings, key: Key | None) -> None:
        """Go over to another profile; what is shown stays.

        Where that can't be done the old one is there again, and what was raised goes on.
        """
        session = self._session
        try:
            if session.is_demo:  # chosen where a key was asked for
                await self._open(None)
                return
            session.aim = settings.profile
            await self._renew(partial(session.switch, settings, key))
        finally:
            session.aim = session.settings.profile
        # The table has them; only whom workers leave something for looks for them once more.
        left = session.settings.leaves_to_workers
        await self._take_over(await asyncio.to_thread(newest, session.deck) if left else ())

    def pause(self, now: float) -> str:
        """Say why submissions pause; empty while they don't."""
        engine = self._session.deck.engine
        if hold := engine.hold:
            return pause_text(hold, now)
        return engine.lack

    @property
    def waits(self) -> str:
        """Say what limit holds jobs back; empty while none does, or all pause anyway."""
        engine = self._session.deck.engine
        return "" if engine.hold else engine.waits

    async def changes(self) -> list[Job]:
        """Return what changed in the journal since the last time, whoever did it.

        Jobs whose process ended meanwhile are gone on with.
        """
        if time.monotonic() - self._looked >= _LOOK_FOR_ORPHANS:
            queued = await self._take_up()
            if queued:
                said = plural(
                    "A job was left unsent by another imagedeck: f4 asks.",
                    "{number} jobs were left unsent by another imagedeck: f4 asks.",
                    len(queued),
                )
                self._say(said, "information")
        jobs, self._seen = await asyncio.wrap_future(self._session.deck.changes(self._seen))
        return jobs

    async def key(self, settings: Settings, fault: str = "", *, leave: str = "") -> Key | None:
        """Return a key, asked for if need be; None for the demo or for leaving."""
        session, key = self._session, None
        try:
            if not fault:
                find = session.begun.find_key
                key = await asyncio.to_thread(find, settings, session.places)
        except ApiKeyError as error:
            key, fault = None, str(error)
        is_optional = session.is_demo or not settings.needs_key
        if key or (is_optional and not fault):
            return key
        match await self._app.push_screen_wait(
            KeyScreen(settings.origin, fault, leave=leave or _("Quit"))
        ):
            case KeyGiven(key):
                await self._keep(settings, key)
                return key
            case DemoChosen():
                session.use_demo()
        return None

    async def _keep(self, settings: Settings, key: Key) -> None:
        try:
            await asyncio.to_thread(store_key, settings, self._session.places, key)
        except (ApiKeyError, PlaceError) as error:
            self._say(
                _("The key is used now but could not be kept: {error}", error=error), "warning"
            )

    async def _open(self, key: Key | None) -> None:
        await self._renew(partial(self._session.open, key))
        jobs = await asyncio.to_thread(newest, self._session.deck)
        self._seen = max((job.change for job in jobs), default=0)
        self._main.jobs.reset(jobs)
        await self._take_over(jobs)

    async def _renew(self, work: Callable[[], None]) -> None:
        """Change the deck while nobody uses it."""
        session = self._session
        self._app.workers.cancel_group(self._app, LOOKING)
        async with session.writing:
            session.note_open(is_open=False)
            try:
                await asyncio.to_thread(work)
            finally:
                session.note_open(is_open=session.is_open)
        self._main.show_estimate()  # by this deck's prices and times

    async def _take_over(self, jobs: Sequence[Job]) -> None:
        """Go on with earlier jobs, the newest being known; say which of them belong elsewhere."""
        deck = self._session.deck
        self._orphans = Orphans(deck)
        deck.engine.watch(jobs)
        queued = await self._take_up()
        for said, job in deck.home.others(self._orphans.away):
            way = _("{said}; f12 goes over to it.", said=said)
            if deck.home.lacks_key(job):
                way = _("{said}; R makes anew with yours what was never sent.", said=said)
            self._say(way, "information")
        await self._ask_about(queued)

    async def _take_up(self) -> list[Job]:
        queued = await asyncio.to_thread(self._orphans.take_up)
        self._looked = time.monotonic()
        return queued

    async def _ask_about(self, queued: list[Job]) -> None:
        """Ask before sending what was never sent: it costs money, and was left for a reason."""
        if not queued:
            return
        price = total(self._estimates.price(job) for job in queued)
        question = UnsentScreen(
            plural("A job was never sent.", "{number} jobs were never sent.", len(queued)),
            _(
                "They were left when the app was closed, or submissions paused. Estimated price of "
                "sending them now: {price}. Otherwise they stay in the table, unsent.",
                price=price,
            ),
            yes=_("Send now"),
            no=_("Not now"),
        )
        if await self._app.push_screen_wait(question):
            await asyncio.to_thread(self._session.deck.follow, [job.id for job in queued])
        else:
            self._say(_("They stay unsent: f4 asks again, x drops one for free."), "information")


def pause_text(hold: "Hold", now: float) -> str:
    """Say why submissions pause, until when, and which key ends it."""
    if hold.job is None:
        return _("paused, f4: go on")
    error = hold.job.error
    why = _(_WHY.get(error.kind, _PAUSED) if error else _PAUSED)
    wait = hold.until - now
    if wait < _SHOWN_WAIT:
        what = _("again in {wait} s, f4: now", wait=max(0, round(wait)))
    else:
        what = _("f4: another key") if error and error.kind is ErrorKind.AUTH else _("f4: go on")
    if error is None:
        return _("{why}, {what}", why=why, what=what)
    reason = one_line(retold(error.message), 100)
    return _("{why}, {what} ({reason})", why=why, what=what, reason=reason)
