"""Which addresses images may be fetched from."""

import re
import socket
import unicodedata
from collections.abc import Callable
from functools import partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from tui.core.language import english
from tui.core.text import clean

DEMO_ORIGIN = "http://demo.invalid"  # the embedded gateway, which no socket leads to

_Address = IPv4Address | IPv6Address
_HOST = re.compile(r"(?:[\w-]{1,63}\.)*[\w-]{1,63}")
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|\d+")
# urlsplit drops some of them silently; halves of surrogate pairs can't be sent at all.
_CONTROLS = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_SPECIAL_V4 = IPv4Network("192.0.0.0/24")  # Python 3.11 knows only a part of it
_NAT64 = IPv6Network("64:ff9b::/96")
_GLOBAL_V6 = IPv6Network("2000::/3")
# Protocol assignments with Teredo, documentation, 6to4, documentation.
_SPECIAL_V6 = [IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]


class AddressError(OSError):
    """An address that nothing is fetched from; the message says why.

    An OSError with the same words for every IP address: of a name with several, aiohttp passes
    on nothing else from its `socket_factory` (it ends in an IndexError).
    """


def check_url(url: str, *, gateway_origin: str) -> None:
    """Raise AddressError unless an image may be fetched from `url`.

    https to public addresses only. Where the gateway itself is on loopback, images may be
    there too, then also over http.
    """
    parts = _split(url)
    if gateway_origin == DEMO_ORIGIN and f"{parts.scheme}://{parts.netloc}" == DEMO_ORIGIN:
        return
    host = _host(parts)
    literal = _literal(host)
    loopback_allowed = is_on_loopback(gateway_origin)
    is_loopback = _is_local_name(host) or (literal is not None and literal.is_loopback)
    if parts.scheme != "https" and not (
        parts.scheme == "http" and loopback_allowed and is_loopback
    ):
        raise AddressError(english("{url} is not https", url=shown_url(url)))
    if literal is not None:
        check_ip(str(literal), loopback_allowed=loopback_allowed)
    elif is_loopback and not loopback_allowed:
        raise AddressError(english("{host} is this machine", host=host))


def check_ip(text: str, *, loopback_allowed: bool = False) -> None:
    """Raise AddressError unless `text` is a public IP address, or an allowed loopback one."""
    try:
        address = _carried(ip_address(text))
    except ValueError as error:
        raise AddressError(english("{text} is not an IP address", text=clean(text, 60))) from error
    if loopback_allowed and address.is_loopback:
        return
    if not _is_public(address):
        raise AddressError(english("the server's address is not a public one"))


def ip_check(gateway_origin: str) -> Callable[[str], None]:
    """Return `check_ip` for images of that gateway: what is asked before a socket connects."""
    return partial(check_ip, loopback_allowed=is_on_loopback(gateway_origin))


def is_on_loopback(origin: str) -> bool:
    """Whether an origin names this machine."""
    host = _host(_split(origin))
    literal = _literal(host)
    return _is_local_name(host) or (literal is not None and literal.is_loopback)


def shown_url(url: str) -> str:
    """Return host and last part of the path: the rest of a URL may be a bearer secret."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return english("an unreadable URL")
    host = parts.netloc.rpartition("@")[2]
    folder, _, name = parts.path.rpartition("/")
    return clean(f"{host}{'/…' if folder else ''}/{name}", 120)


def _split(url: str) -> SplitResult:
    if _CONTROLS.search(url):
        raise AddressError(english("a URL with control characters in it"))
    try:
        parts = urlsplit(url)
        _ = parts.port  # reading it checks it
    except ValueError as error:
        raise AddressError(english("not a URL: {error}", error=clean(str(error), 120))) from error
    if "@" in parts.netloc:
        raise AddressError(english("{url} comes with a user name in its URL", url=shown_url(url)))
    return parts


def _host(parts: SplitResult) -> str:
    host = unicodedata.normalize("NFKC", parts.hostname or "").removesuffix(".")
    if ":" in host or ("[" not in parts.netloc and _HOST.fullmatch(host)):
        return host.lower()
    raise AddressError(english("{host!r} is not the name of a server", host=clean(host, 60)))


def _literal(host: str) -> _Address | None:
    if ":" in host:
        return _parsed(ip_address, host)
    if not _NUMBER.fullmatch(host.rpartition(".")[2]):
        return None
    # As resolvers read it: 2130706433, 0x7f.1 and 0177.0.0.1 are all 127.0.0.1.
    return _parsed(lambda text: IPv4Address(socket.inet_aton(text)), host)


def _parsed(parse: Callable[[str], _Address], host: str) -> _Address:
    try:
        return parse(host)
    except (ValueError, OSError) as error:
        raise AddressError(english("{host} is not an IP address", host=clean(host, 60))) from error


def _is_local_name(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")


def _carried(address: _Address) -> _Address:
    """Return the IPv4 address that a mapped or NAT64 one leads to, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address


def _is_public(address: _Address) -> bool:
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and address not in _SPECIAL_V4
    return address in _GLOBAL_V6 and not any(address in net for net in _SPECIAL_V6)
