"""What the app was started with, and what of it holds for another profile."""

import os
from collections.abc import Iterator, Mapping

from tui.services.keys import Key, find_key, key_source, without_key
from tui.services.places import Places
from tui.services.settings import Settings

_OWN = ("base_url", "output_dir")  # what a profile sets itself


class Begun:
    """The flags of the command line, and the profile and gateway that the start came to."""

    def __init__(self, flags: Mapping[str, str | None], settings: Settings) -> None:
        self._flags = dict(flags)
        self._profile = settings.profile
        self._origin = settings.origin

    def flags(self, profile: str) -> dict[str, str | None]:
        """Return the flags with which a profile is used: its own gateway and folder.

        With the profile of the start it is what that was given.
        """
        if profile == self._profile:
            return dict(self._flags)
        kept = {name: one for name, one in self._flags.items() if name not in _OWN}
        return {**kept, "profile": profile}

    def find_key(self, settings: Settings, places: Places) -> Key | None:
        """Return the key for these settings, None where there is none or none is needed.

        Raises ApiKeyError.
        """
        if places.demo:
            return None
        for environ in self._environs(settings):
            if found := find_key(settings, environ, places):
                return found.key
        return None

    def key_source(self, settings: Settings, places: Places) -> str | None:
        """Say where the key for these settings would come from; None where there is none."""
        sources = (key_source(settings, environ, places) for environ in self._environs(settings))
        return next(filter(None, sources), None)

    def _environs(self, settings: Settings) -> Iterator[Mapping[str, str]]:
        """Yield the environments in which a key may be looked for, one after the other.

        A key in the variable was given for the gateway of the start and goes to no other; there
        it is also what a profile without a key of its own uses.
        """
        is_there = settings.origin == self._origin
        if settings.profile != self._profile or not is_there:
            yield without_key(os.environ)
        if is_there:
            yield os.environ
