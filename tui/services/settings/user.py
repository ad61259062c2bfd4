"""What a person is called in a shared database."""

import os
import pwd
from collections.abc import Mapping

from tui.core.language import _

_MOST = 64  # characters
_ME = "me"  # what a query calls whoever asks


def check_user(text: str) -> str:
    """Return the name as it is used; ValueError says what is wrong with it."""
    name = text.strip()
    is_word = name.isprintable() and not any(one.isspace() or one in ',"' for one in name)
    if not name or len(name) > _MOST or not is_word or name.lower() == _ME:
        raise ValueError(_('must be one word, such as "alice", and not "me"'))
    return name


def login_name(environ: Mapping[str, str]) -> str:
    """Return who is logged in, as far as that is one word; else the user's number."""
    found = environ.get("LOGNAME") or environ.get("USER") or _account()
    try:
        return check_user(found)
    except ValueError:
        return str(os.geteuid())


def _account() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # a number without a name, as in some containers
        return ""
