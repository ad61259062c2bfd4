"""Whose key pays for jobs, where several people have one database."""

from dataclasses import replace

from tui.core.home import Home
from tui.core.job import ANY_KEY
from tui.core.language import _
from tui.services.journal.protocol import JournalError
from tui.services.keys import Key, fingerprint, is_of
from tui.services.settings import Settings


class Held:
    """What fingerprints the key that is here has, if there is one."""

    def __init__(self, key: Key | None, salt: bytes) -> None:
        self._key = key
        self.own = fingerprint(key, salt) if key else None  # in this database

    def __contains__(self, mark: object) -> bool:
        """Whether a fingerprint is this key's, in this database or where it came from."""
        if self._key is None or not isinstance(mark, str):
            return False
        return mark == self.own or is_of(self._key, mark)


def home_of(settings: Settings, held: Held) -> Home:
    """Return what jobs keep to; in a shared database to their key, too."""
    if not settings.database_url:
        return settings.home
    return replace(settings.home, keys=held)


def payer_of(settings: Settings, own: str | None) -> str | None:
    """Return what new jobs say of who may pay for them, `own` being the fingerprint here.

    Raises JournalError where nobody may.
    """
    if not settings.database_url:
        return None
    if settings.any_key:
        return ANY_KEY
    if own is None:
        raise JournalError(
            _(
                "There is no key here that could pay for these jobs; set one (`imagedeck key set`) "
                "or, so that whoever sends them pays, any_key = true in the settings"
            )
        )
    return own
