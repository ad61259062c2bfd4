"""What the flags before and after a command come to."""

import os
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from shlex import quote
from typing import TYPE_CHECKING

from tui.cli.errors import NoKeyError
from tui.services.places import Places, current_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tui.core.home import Home
    from tui.deck import Deck, Publish, Tell
    from tui.services.journal.opening import KeptReferences
    from tui.services.journal.reading import StoredHistory
    from tui.services.journal.stored import StoredJournal
    from tui.services.keys import Key
    from tui.services.settings import Settings


@dataclass
class Cli:
    """The flags of one run, and what follows from them, made when it is first asked for."""

    flags: dict[str, str | None] = field(default_factory=dict)
    demo: bool = False
    json: bool = False
    in_flight: int | None = None
    _given_key: "Key | None" = None

    @cached_property
    def places(self) -> Places:
        """The standard places, those of the demo apart."""
        return Places.standard(demo=self.demo)

    @cached_property
    def settings(self) -> "Settings":
        """The settings as they stood when they were first asked for; raises SettingsError."""
        return self.read_settings()

    def read_settings(self) -> "Settings":
        """Return the settings as they stand in the files now; raises SettingsError."""
        from tui.services.settings import load_settings

        settings = load_settings(self.flags, os.environ, current_folder(), self.places)
        return replace(settings, run_in_flight=self.in_flight)

    def with_profile(self, name: str) -> "Cli":
        """Return the same with another profile, which has a gateway and a folder of its own."""
        return Cli({"profile": name}, demo=self.demo, json=self.json, in_flight=self.in_flight)

    @property
    def key(self) -> "Key | None":
        """The key of the settings' gateway, None in the demo; raises NoKeyError, ApiKeyError."""
        if self.demo:
            return None
        key = self._found_key()
        if key is None:
            from tui.services.keys import no_key

            raise NoKeyError(no_key(self.settings))
        return key

    def _found_key(self) -> "Key | None":
        if self._given_key:
            return self._given_key
        from tui.services.keys import find_key

        found = find_key(self.settings, os.environ, self.places)
        return found.key if found else None

    def take_key(self, text: str) -> None:
        """Use this key, which another process handed over; raises BadKeyError."""
        from tui.services.keys import Key

        self._given_key = Key(text) if text.strip() else None

    @cached_property
    def history(self) -> "StoredHistory":
        """The stored jobs, to read; a database that isn't there is not made."""
        from tui.cli.output import note
        from tui.services.journal.opening import open_history

        return open_history(self.places.database, self.settings.database_url, tell=note)

    @cached_property
    def home(self) -> "Home":
        """What the jobs of this run keep to, its key included; raises as `key` does."""
        from tui.services.paying import Held, home_of

        if not self.settings.database_url:
            return self.settings.home
        key = self._given_key = self.key if self.settings.needs_key else self._found_key()
        return home_of(self.settings, Held(key, self.history.salt()))

    @property
    def suffix(self) -> str:
        """What belongs behind every command that is recommended."""
        from tui.services.settings.load import FLAGS

        if self.demo:
            return " --demo"
        # Jobs keep to the profile and gateway of this run, so whoever goes on needs the same.
        given = ((name, self.flags.get(name)) for name in ("profile", "base_url"))
        return "".join(f" {FLAGS[name]} {quote(value)}" for name, value in given if value)

    @asynccontextmanager
    async def open_journal(self) -> "AsyncIterator[StoredJournal]":
        """Open the journal for a while, without an engine; raises JournalError."""
        from tui.cli.output import note
        from tui.services.clock import SystemClock
        from tui.services.journal.opening import open_journal

        places, url = self.places, self.settings.database_url
        journal = open_journal(places.database, url, SystemClock(), tell=note)
        try:
            yield journal
        finally:
            await journal.close()

    @property
    def brought(self) -> "Callable[[str], Path]":
        """What says where the copy of a reference is; it comes from the shared database if need be.

        It raises JournalError, PlaceError and OSError.
        """
        return self._references.brought

    @cached_property
    def _references(self) -> "KeptReferences":
        from tui.services.journal.opening import open_references

        return open_references(self.places.references, self.settings.database_url)

    def close(self) -> None:
        """Close what was opened to read."""
        if "history" in vars(self):
            self.history.close()
        if "_references" in vars(self):
            self._references.close()

    def open_deck(self, publish: "Publish", tell: "Tell") -> "Deck":
        """Make the deck, not yet started; raises what settings, key and journal raise."""
        from tui.deck import Deck
        from tui.services.log import start_log

        key = self.key if self.demo or self.settings.needs_key else self._found_key()
        start_log(self.places)
        return Deck(self.settings, self.places, key, publish=publish, tell=tell)
