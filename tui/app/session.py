"""The deck of this run with what it was made from."""

import asyncio
import os
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.app.begun import Begun
from tui.core.grid import model_cell
from tui.core.job import Job
from tui.core.naming import group_name
from tui.core.request import Request
from tui.services.courtesy import Courtesy
from tui.services.engine.purse import Purse
from tui.services.finisher import start_finisher
from tui.services.inbox import Inbox
from tui.services.keys import Key
from tui.services.log import start_log
from tui.services.places import Places, current_folder
from tui.services.settings import Settings, load_settings

if TYPE_CHECKING:
    from tui.deck import Deck


class Session:
    """Opens and closes the deck; what may take long belongs off the app's loop.

    `flags` are the command line's. `aim` is the profile that what is asked for now is meant for:
    another one than the settings' while the deck is being changed. Raises what settings, key and
    journal raise.
    """

    places: Places
    settings: Settings

    def __init__(self, flags: Mapping[str, str | None], inbox: Inbox, *, demo: bool) -> None:
        self._flags = dict(flags)
        self._inbox = inbox
        self._deck: Deck | None = None
        self._closing: Deck | None = None
        self._is_opened = asyncio.Event()
        self._gate = threading.RLock()  # whoever opens or closes the deck
        self.writing = asyncio.Lock()  # whoever writes jobs down, or changes the deck
        self._load(demo=demo)
        self.begun = Begun(self._flags, self.settings)
        self._purse = Purse(self.settings.budget)
        self.courtesy = Courtesy()  # of the engine, while a key is served
        start_log(self.places)

    @property
    def deck(self) -> "Deck":
        """The deck; a RuntimeError before there is one."""
        if self._deck is None:
            raise RuntimeError("the deck is not open yet")
        return self._deck

    async def opened(self) -> "Deck":
        """Return the deck, once `note_open` was called; belongs to the app's loop."""
        await self._is_opened.wait()
        return self.deck

    def note_open(self, *, is_open: bool = True) -> None:
        """Let those go on who wait for the deck, or wait: another one will be opened.

        Belongs to the app's loop.
        """
        if is_open:
            self._is_opened.set()
        else:
            self._is_opened.clear()

    @property
    def is_open(self) -> bool:
        """Whether there is a deck."""
        return self._deck is not None

    @property
    def is_sending(self) -> bool:
        """Whether a submission is in flight, so that closing has to wait for its answer."""
        deck = self._deck or self._closing
        return deck is not None and deck.engine.is_sending

    @property
    def is_demo(self) -> bool:
        """Whether the embedded gateway makes the images."""
        return self.places.demo

    def use_demo(self) -> None:
        """Go over to the embedded gateway, with jobs and images of its own."""
        self._flags.pop("base_url", None)
        self._load(demo=True)

    def switch(self, settings: Settings, key: Key | None) -> None:
        """Close the deck and open it with the settings of another profile.

        Where that can't be done the old one is opened again, and what was raised goes on.
        """
        with self._gate:
            before = self.settings, self._flags, self._deck.key if self._deck else None
            self.close()
            try:
                self.settings, self._flags = settings, self.begun.flags(settings.profile)
                self.open(key)
            except BaseException:
                self.settings, self._flags, old_key = before
                self.open(old_key)
                raise

    def read_settings(self, profile: str | None = None) -> Settings:
        """Return the settings as they stand in the files now, perhaps with another profile.

        Raises SettingsError.
        """
        flags = self._flags if profile is None else self.begun.flags(profile)
        return load_settings(flags, os.environ, current_folder(), self.places)

    def open(self, key: Key | None) -> None:
        """Open the deck, in the place of an older one."""
        from tui.deck import Deck  # only now: it knows the HTTP clients

        put = self._inbox.put
        with self._gate:
            self.close()
            self._purse.keep_to(self.settings.budget)
            deck = Deck(self.settings, self.places, key, publish=put, tell=put, purse=self._purse)
            deck.engine.courtesy = self.courtesy
            deck.pictures.is_looked_at = True
            deck.engine.start()
            self._deck = deck

    def close(self) -> None:
        """Wait for submissions in flight, then end; the next start goes on."""
        with self._gate:
            deck, self._deck, self._closing = self._deck, None, self._deck
            if deck:
                deck.close()
                self._closing = None

    def hurry(self) -> None:
        """Let `close` wait for no answer any longer; may be called from a signal's handler."""
        deck = self._closing or self._deck
        if deck:
            deck.engine.hurry()

    def leave_behind(self) -> None:
        """Close; let a process without a terminal finish the rest, if the settings say so."""
        deck = self._deck
        self.close()
        if deck and self.settings.detach_on_hangup and not self.settings.leaves_to_workers:
            start_finisher(
                {**self._flags, "preview": None},  # it shows nothing
                deck.key,
                demo=self.is_demo,
                environ=os.environ,
                left=deck.settings.budget.left_of_run(deck.engine.spent),
            )

    def submit(self, requests: Sequence[Request], follows: str | None = None) -> list[Job]:
        """Write new jobs down, several as a group, and let them go.

        Raises StorageError or JournalError.
        """
        deck, group = self.deck, None
        if len(requests) > 1:
            group = group_name(requests[0].prompt, secrets.token_bytes(4))
        deck.check_output()
        made = [deck.new_jobs(one, follows=follows, group=group)[0] for one in requests]
        models = {one.model for one in requests}
        if group and len(models) == len(requests):  # a comparison
            cells = [model_cell(one.model, at) for at, one in enumerate(requests)]
            made = [replace(job, row=cell.key) for job, cell in zip(made, cells, strict=True)]
        return deck.engine.add(made).result()

    def _load(self, *, demo: bool) -> None:
        self.places = Places.standard(demo=demo)
        self.settings = self.read_settings()
        self.aim = self.settings.profile
