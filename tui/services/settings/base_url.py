"""What a gateway's address may look like."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?\.?|\[[0-9a-f:.]+\]")


class BaseUrlError(ValueError):
    """An address that no key may be sent to; the message says what is wrong with it."""


def check_base_url(text: str) -> str:
    """Return the address in its one spelling: lower-case host, no default port, no last slash.

    https anywhere, http on this machine only; a path is kept. Raises BaseUrlError, whose
    message never repeats the address: it may hold a password.
    """
    address = text.strip()
    if not address or not all("!" <= char <= "~" for char in address):
        raise BaseUrlError("must be an address such as https://host, in visible ASCII")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise BaseUrlError("is no address: its host or port can't be read") from error
    _check_parts(parts)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    if not _HOST.fullmatch(host):
        raise BaseUrlError("needs a host name, such as https://host")
    if parts.scheme == "http" and not is_loopback(host):
        raise BaseUrlError(
            "must begin with https://, or everybody on the way could read the key "
            "(http:// is for localhost only)"
        )
    shown_port = "" if port in {None, _PORTS[parts.scheme]} else f":{port}"
    return f"{parts.scheme}://{host}{shown_port}{parts.path.rstrip('/')}"


def origin_of(base_url: str) -> str:
    """Return scheme, host and port of a checked address."""
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}"


def is_loopback(host: str) -> bool:
    """Whether a host name can only mean this machine."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _check_parts(parts: SplitResult) -> None:
    if parts.scheme not in _PORTS:
        raise BaseUrlError("must begin with https://")
    if "@" in parts.netloc:
        raise BaseUrlError("must not hold a user or a password: keys are set by imagedeck key set")
    if parts.query or parts.fragment:
        raise BaseUrlError("must end before the ? or #")
