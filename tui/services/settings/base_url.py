"""What a gateway's address may look like."""

from urllib.parse import SplitResult, urlsplit

from tui.core.language import _
from tui.services.addresses import AddressError, is_on_loopback

_PORTS = {"http": 80, "https": 443}


class BaseUrlError(ValueError):
    """An address that no key may be sent to; the message says what is wrong with it."""


def check_base_url(text: str) -> str:
    """Return the address in its one spelling: lower-case host, no default port, no last slash.

    https anywhere, http on this machine only; a path is kept. Raises BaseUrlError, whose
    message never repeats the address: it may hold a password.
    """
    address = text.strip()
    if not address or not all("!" <= char <= "~" for char in address):
        raise BaseUrlError(_("must be an address such as https://host, in visible ASCII"))
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise BaseUrlError(_("is no address: its host or port can't be read")) from error
    _check_parts(parts)
    host = (parts.hostname or "").removesuffix(".")
    host = f"[{host}]" if ":" in host else host
    shown_port = "" if port in {None, _PORTS[parts.scheme]} else f":{port}"
    origin = f"{parts.scheme}://{host}{shown_port}"
    try:
        is_here = is_on_loopback(origin)
    except AddressError as error:
        raise BaseUrlError(_("needs the name of a host, such as https://host")) from error
    if parts.scheme == "http" and not is_here:
        raise BaseUrlError(
            _(
                "must begin with https://, or everybody on the way could read the key "
                "(http:// is for localhost only)"
            )
        )
    return origin + parts.path.rstrip("/")


def origin_of(base_url: str) -> str:
    """Return scheme, host and port of a checked address."""
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}"


def _check_parts(parts: SplitResult) -> None:
    if parts.scheme not in _PORTS:
        raise BaseUrlError(_("must begin with https://"))
    if "@" in parts.netloc:
        raise BaseUrlError(
            _("must not hold a user or a password: `imagedeck key set` is where a key goes")
        )
    if parts.query or parts.fragment:
        raise BaseUrlError(_("must end before the ? or #"))
