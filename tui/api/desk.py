"""The engine of this process as a program's loop sees it."""

import asyncio
import logging
import os
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from tui.api.errors import BudgetError, ClosedError, NoKeyError, translated
from tui.core.budget import objection
from tui.core.job import Job
from tui.core.price import Price

if TYPE_CHECKING:
    from concurrent.futures import Future

    from tui.deck import Deck
    from tui.services.inbox import Inbox
    from tui.services.keys import Key
    from tui.services.places import Places
    from tui.services.settings import Settings

_log = logging.getLogger("tui.api")
_T = TypeVar("_T")

Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What Deck was given; see there."""

    demo: bool
    base_url: str | None
    output_dir: str | None
    profile: str | None
    settings: "Settings | None"
    key: str | None = field(repr=False)
    budget: Decimal | None
    tell: Tell | None


class Follower(Protocol):
    """Hears of every job that changes."""

    def note(self, job: Job) -> None:
        """Take a new snapshot."""

    async def settle(self) -> None:
        """Bring to its end what is being written down."""


class Desk:
    """Opens the deck, passes on what it says, closes it; all of it on the program's loop."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._deck: Deck | None = None
        self._inbox: Inbox
        self._followers: weakref.WeakSet[Follower] = weakref.WeakSet()

    @property
    def deck(self) -> "Deck":
        """The deck; raises ClosedError unless it is open and at work."""
        if self._deck is None:
            raise ClosedError("The deck is not open: use it inside `async with Deck() as deck:`.")
        if not self._deck.engine.is_running:
            raise ClosedError("The engine has broken; what it had taken on stays on disk.")
        return self._deck

    async def open(self) -> None:
        """Open the deck; raises DeckError. What may take long runs on another thread."""
        if self._deck is not None:
            raise ClosedError("This deck is open already: make another one.")
        loop = asyncio.get_running_loop()

        def wake() -> None:
            with suppress(RuntimeError):  # the program has ended its loop
                loop.call_soon_threadsafe(self._take)

        with translated():
            opening = loop.run_in_executor(None, partial(self._open, wake))
            try:
                self._deck = await asyncio.shield(opening)
            except asyncio.CancelledError:
                # What was opened meanwhile must not stay open.
                opening.add_done_callback(_close_again)
                raise

    async def close(self, *, interrupted: bool) -> None:
        """Wait for submissions in flight; whoever interrupts twice leaves them `unknown`.

        All other jobs go on at the next start.
        """
        if self._deck is None:
            return
        deck, cancelled = self._deck, None
        interrupts = int(interrupted)
        try:
            for follower in [*self._followers]:
                await follower.settle()
        except asyncio.CancelledError as error:
            cancelled, interrupts = error, interrupts + 1
        closing = asyncio.get_running_loop().run_in_executor(None, deck.close)
        while not closing.done():
            try:
                await asyncio.shield(closing)
            except asyncio.CancelledError as error:
                cancelled, interrupts = error, interrupts + 1
                if interrupts > 1:
                    deck.engine.hurry()
        self._take()
        self._deck = None
        if cancelled:
            raise cancelled
        closing.result()

    def tell(self, sentence: str) -> None:
        """Pass a sentence on."""
        (self._options.tell or _log.warning)(sentence)

    def add(self, follower: Follower) -> None:
        """Let somebody hear of all jobs, for as long as somebody else holds on to it."""
        self._followers.add(follower)

    async def call(self, future: "Future[_T]") -> _T:
        """Await what the engine's thread does; it goes on where the wait is cancelled."""
        with translated():
            return await asyncio.shield(asyncio.wrap_future(future))

    async def apart(self, work: Callable[[], _T]) -> _T:
        """Await work on another thread; it goes on where the wait is cancelled."""
        with translated():
            return await asyncio.to_thread(work)

    def ask_budget(self, price: Price) -> None:
        """Raise BudgetError for what may not be spent."""
        deck = self.deck
        caps = deck.settings.budget
        if not caps.are_set:
            return
        spent = replace(deck.journal.history.spent(time.time()), run=deck.engine.spent)
        if said := objection(caps, spent, price):
            raise BudgetError(f"{said}; nothing was sent.")

    def _open(self, wake: Callable[[], None]) -> "Deck":
        from tui.deck import Deck
        from tui.services.inbox import Inbox
        from tui.services.places import Places

        places = Places.standard(demo=self._options.demo)
        settings = self._settings(places)
        key = self._key(settings, places)
        self._inbox = Inbox(wake)
        deck = Deck(settings, places, key, publish=self._inbox.put, tell=self._inbox.put)
        deck.engine.start(is_guest=True)
        return deck

    def _settings(self, places: "Places") -> "Settings":
        from tui.services.places import current_folder
        from tui.services.settings import load_settings

        given = self._options
        flags = {name: getattr(given, name) for name in ("base_url", "output_dir", "profile")}
        settings = given.settings or load_settings(flags, os.environ, current_folder(), places)
        if given.budget is None:
            return settings
        return replace(settings, budget=replace(settings.budget, run=given.budget))

    def _key(self, settings: "Settings", places: "Places") -> "Key | None":
        from tui.services.keys import Key, find_key, no_key

        if places.demo:
            return None
        if self._options.key is not None:
            return Key(self._options.key)
        found = find_key(settings, os.environ, places)
        if found is None and settings.needs_key:
            raise NoKeyError(no_key(settings))
        return found.key if found else None

    def _take(self) -> None:
        jobs, sentences = self._inbox.take()
        for sentence in sentences:
            self.tell(sentence)
        for follower in [*self._followers]:
            for job in jobs:
                follower.note(job)


def _close_again(opening: "asyncio.Future[Deck]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        asyncio.get_running_loop().run_in_executor(None, opening.result().close)
