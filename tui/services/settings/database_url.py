"""The address of a shared database."""

import re

from tui.core.language import _

_ADDRESS = re.compile(r"postgres(?:ql)?://[^\s]+")
_PASSWORD = re.compile(r"(://[^/@]*?:)[^@]*(@)|([?&]password=)[^&]*", re.IGNORECASE)


def check_database_url(text: str) -> str:
    """Return the address as it is used; ValueError says what is wrong with it, and no more."""
    address = text.strip()
    if not _ADDRESS.fullmatch(address):
        raise ValueError(_("must be an address such as postgresql://USER@HOST/DATABASE"))
    return address


def without_password(address: str) -> str:
    """Return an address as it may be shown."""
    return _PASSWORD.sub(lambda found: f"{found[1] or found[3]}***{found[2] or ''}", address)
