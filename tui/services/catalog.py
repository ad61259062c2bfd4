"""The translations of one language, from a file that gettext made."""

import gettext
import struct
from io import FileIO  # pathlib would take as long to import as all of this takes

from tui.core.language import WRITTEN

_OWN = gettext.gettext, gettext.ngettext
_SEPARATOR = "\x04"  # between a context and its text


class Catalog(gettext.GNUTranslations):
    """Translations by their English text."""

    @property
    def written(self) -> list[str]:
        """The English texts that are written down with `english`."""
        head = f"{WRITTEN}{_SEPARATOR}"
        known = [one for one in vars(self)["_catalog"] if isinstance(one, str)]
        return [one.removeprefix(head) for one in known if one.startswith(head)]


def read_catalog(path: str) -> Catalog:
    """Read a compiled catalog; raises ValueError for what is none, OSError."""
    with FileIO(path) as file:
        try:
            return Catalog(file)
        except struct.error as error:  # cut short
            raise ValueError(str(error)) from error


def lend(catalog: Catalog | None) -> None:
    """Let what asks Python's own gettext get these translations too; None: what it had."""
    # click takes these names when it is imported, and has no other way to be translated.
    one, many = (catalog.gettext, catalog.ngettext) if catalog else _OWN
    vars(gettext).update(gettext=one, ngettext=many)
