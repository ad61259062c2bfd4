"""The translations of one language, from a file that gettext made."""

import gettext
from io import FileIO  # pathlib would take as long to import as all of this takes

from tui.core.language import WRITTEN

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
    """Read a compiled catalog; what asks Python's own gettext gets it, too: click does."""
    with FileIO(path) as file:
        catalog = Catalog(file)
    # click takes these names when it is imported, and has no other way to be translated.
    vars(gettext).update(gettext=catalog.gettext, ngettext=catalog.ngettext)
    return catalog
