"""Opening the deck: the key, earlier jobs, what was never sent."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.app import App

from tui.app.earlier import newest, take_up
from tui.app.estimates import Estimates
from tui.app.screens.confirm import ConfirmScreen
from tui.app.screens.key import DemoChosen, KeyGiven, KeyScreen
from tui.app.screens.main import MainScreen
from tui.app.session import Session
from tui.core.job import ErrorKind, Job
from tui.core.price import total
from tui.core.text import one_line
from tui.models import MODELS
from tui.services.keys import ApiKeyError, Key
from tui.services.places import PlaceError

if TYPE_CHECKING:
    from tui.services.engine.runner import Hold

NO_KEY = 3
_SHOWN_WAIT = 3600.0  # seconds; a longer pause ends only when somebody does something


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

    async def begin(self) -> None:
        """Find the key, open the deck, show earlier jobs, go on with them."""
        key = await self._key()
        if key is None and not self._session.is_demo:
            self._app.exit(return_code=NO_KEY, message="Left without a key; nothing was sent.")
            return
        await self._open(key)

    async def go_on(self) -> bool:
        """End a pause; True when that took another key, and the deck was opened anew."""
        hold = self._session.deck.engine.hold if self._session.is_open else None
        if hold is None:
            return False
        error = hold.job.error
        if error is None or error.kind is not ErrorKind.AUTH or self._session.is_demo:
            self._session.deck.engine.go_on()
            return False
        key = await self._key(error.message)
        if key is None and not self._session.is_demo:
            return False
        await self._open(key)
        return True

    async def changes(self) -> list[Job]:
        """Return what changed in the journal since the last time, whoever did it."""
        jobs, self._seen = await asyncio.wrap_future(self._session.deck.changes(self._seen))
        return jobs

    async def _key(self, fault: str = "") -> Key | None:
        """Return a key, asked for if need be; None for the demo or for leaving."""
        try:
            key = None if fault else await asyncio.to_thread(self._session.find_key)
        except ApiKeyError as error:
            key, fault = None, str(error)
        if key or (self._session.is_demo and not fault):
            return key
        origin = self._session.settings.origin
        match await self._app.push_screen_wait(KeyScreen(origin, fault)):
            case KeyGiven(key):
                await self._keep(key)
                return key
            case DemoChosen():
                self._session.use_demo()
        return None

    async def _keep(self, key: Key) -> None:
        try:
            await asyncio.to_thread(self._session.keep_key, key)
        except (ApiKeyError, PlaceError) as error:
            self._say(f"The key is used now but could not be kept: {error}", "warning")

    async def _open(self, key: Key | None) -> None:
        self._session.note_shut()
        await asyncio.to_thread(self._session.open, key)
        self._session.note_open()
        settings = self._session.settings
        self._main.set_prices({model.id: settings.prices_of(model) for model in MODELS})
        jobs = await asyncio.to_thread(newest, self._session.deck)
        self._seen = max((job.change for job in jobs), default=0)
        self._main.table.reset(jobs)
        await self._ask_about(await asyncio.to_thread(take_up, self._session.deck))

    async def _ask_about(self, queued: list[Job]) -> None:
        """Ask before sending what was never sent: it costs money, and was left for a reason."""
        if not queued:
            return
        number = "A job was" if len(queued) == 1 else f"{len(queued)} jobs were"
        price = total(self._estimates.price(job) for job in queued)
        question = ConfirmScreen(
            f"{number} never sent.",
            f"They were left when the app was closed, or submissions paused.\n"
            f"Estimated price: {price}. Unsent jobs stay in the table either way.",
            yes="Send now",
            no="Not now",
        )
        if await self._app.push_screen_wait(question):
            await asyncio.to_thread(self._session.deck.follow, [job.id for job in queued])


def pause_text(hold: "Hold", now: float) -> str:
    """Say why submissions pause, until when, and which key ends it."""
    reason = one_line(hold.job.error.message, 80) if hold.job.error else "paused"
    wait = hold.until - now
    if wait < _SHOWN_WAIT:
        return f"again in {max(0, round(wait))} s (f4: now): {reason}"
    return f"paused (f4: go on): {reason}"
