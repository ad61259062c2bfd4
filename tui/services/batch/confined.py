"""The reference paths of a batch file, kept under the file's own folder."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tui.core.fault import Fault
from tui.core.fields import RefusedError, shown
from tui.core.language import _
from tui.core.text import clean
from tui.services.inline import is_data_url


def located(source: str, folder: Path, *, field: str, trusted: bool) -> str:
    """Return a reference as a whole path, URLs as they are.

    A file may come from a stranger, and what it names leaves the machine: RefusedError for what
    lies outside its folder, links followed, unless it is `trusted`.
    """
    text = source.strip()
    if is_data_url(text) or text[:7].lower() == "http://" or text[:8].lower() == "https://":
        return text
    name = clean(shown(source))
    try:
        if text[:7].lower() == "file://":
            text = unquote(urlsplit(text).path)
        if trusted:
            return str(folder / os.path.expanduser(text))  # noqa: PTH111 - Path's own raises for an unknown user
        real = (folder / text).resolve()
        if not real.is_relative_to(folder.resolve()):
            rule = _("leads out of {folder}; --trust-paths takes it", folder=clean(str(folder)))
            raise RefusedError(Fault(field, name, rule))
        # Only what is there just so: other ways to read the name could lead elsewhere.
        if not real.exists():
            raise RefusedError(Fault(field, name, _("does not exist")))
    except (OSError, ValueError, RuntimeError) as error:
        if isinstance(error, RefusedError):
            raise
        raise RefusedError(Fault(field, name, _("is no name a file can have"))) from error
    return str(real)
