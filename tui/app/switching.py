"""Going over to another profile while the app runs."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import PurePath
from typing import Any

from textual.app import App, SystemCommand
from textual.markup import escape

from tui.app.opening import Opening
from tui.app.screens.main import MainScreen
from tui.app.screens.profiles import Offer, ProfilesScreen
from tui.app.session import Session
from tui.core.language import _, marked
from tui.core.text import clean
from tui.services.egress import EgressError
from tui.services.journal.protocol import JournalError
from tui.services.keys import KEY_VARIABLE
from tui.services.places import PlaceError
from tui.services.settings import Settings, SettingsError

_USELESS = marked("Profile {name} can't be used, so {used} stays: {line}")
_NO_KEY = marked("There is no key for profile {name}, so {used} stays.")
_OF_THE_DEMO = _("The demo has a gateway of its own: leave --demo out to use profiles.")


class Switching:
    """Lets a person choose, and goes over; what fails leaves the profile that was used."""

    def __init__(
        self,
        app: App[Any],
        session: Session,
        opening: Opening,
        main: MainScreen,
        say: Callable[[str, str], None],
    ) -> None:
        self._app = app
        self._session = session
        self._opening = opening
        self._main = main
        self._say = say

    def commands(self, go: Callable[[str], object]) -> Iterator[SystemCommand]:
        """Yield the profiles there were when the settings were read, where there are several."""
        settings = self._session.settings
        if len(settings.gateways) > 1:
            for name, gateway in settings.gateways.items():
                about = _("In use") if name == settings.profile else _("Go over to it")
                said = escape(f"{about}: {clean(gateway)}")  # the palette takes it as markup
                yield SystemCommand(_("Profile: {name}", name=name), said, partial(go, name))

    async def choose(self) -> str | None:
        """Let a person choose a profile; None for none."""
        if self._session.is_demo:
            self._say(_OF_THE_DEMO, "information")
            return None
        try:
            offers = await asyncio.to_thread(lambda: [*self._offers()])
        except (SettingsError, PlaceError) as error:
            self._say(_line(error), "error")
            return None
        name: str | None = await self._app.push_screen_wait(ProfilesScreen(offers))
        return name

    async def go(self, name: str) -> bool:
        """Go over to a profile; True when the deck is another one than before."""
        await self._session.opened()
        if self._opening.turn.locked():
            self._say(_("One moment: something else is being opened."), "warning")
            return False
        async with self._opening.turn:
            return await self._go(name)

    async def _go(self, name: str) -> bool:
        session, used = self._session, self._session.settings.profile
        if session.is_demo or name == used:
            said = _OF_THE_DEMO if session.is_demo else _("Profile {name} is in use.", name=name)
            self._say(said, "information")
            return False
        try:
            settings = await asyncio.to_thread(session.read_settings, name)
        except (SettingsError, PlaceError) as error:
            self._say(_(_USELESS, name=name, used=used, line=_line(error)), "error")
            return False
        key = await self._opening.key(settings, leave=_("Back"))
        if key is None and not session.is_demo:
            self._say(_(_NO_KEY, name=name, used=used), "information")
            return False
        self._tell_wait(name)
        try:
            await self._opening.switch(settings, key)
        except (JournalError, EgressError, PlaceError) as error:
            if not session.is_open:
                raise
            self._say(_(_USELESS, name=name, used=used, line=_line(error)), "error")
        else:
            used, url = session.settings.profile, session.settings.base_url
            self._say(_("Profile {profile}: {base_url}", profile=used, base_url=url), "information")
        return True

    def _tell_wait(self, name: str) -> None:
        settings = self._session.settings
        why = _(", once the answer to a submission is here") if self._session.is_sending else ""
        self._main.topline.tell(
            settings.base_url,
            _("going over to profile {name}{why}", name=name, why=why),
            profile=settings.profile,
        )

    def _offers(self) -> Iterator[Offer]:
        """Yield what can be chosen; reads the disk, and perhaps a keyring."""
        session, used = self._session, self._session.settings.profile
        for name in session.read_settings().gateways:
            settings = session.read_settings(name)
            key = _key_words(settings, session.begun.key_source(settings, session.places))
            folder = str(settings.output_dir)
            yield Offer(name, settings.base_url, folder, key, is_used=name == used)


def _key_words(settings: Settings, source: str | None) -> str:
    match source:
        case None:
            return _("no key yet: it is asked for")
        case "key_command":
            return _("key from {name}", name=PurePath(settings.key_command[0]).name)
        case "keyring":
            return _("key in the keyring")
        case name if name == KEY_VARIABLE:
            return _("key in {key_variable}", key_variable=KEY_VARIABLE)
        case _:
            return _("key in a file")


def _line(error: Exception) -> str:
    return "; ".join(str(error).splitlines())
