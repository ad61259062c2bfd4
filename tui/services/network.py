"""The three HTTP clients, which share nothing but the way out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from tui import __version__
from tui.services.addresses import ip_check
from tui.services.egress import Egress
from tui.services.transport import AiohttpTransport

USER_AGENT = f"imagedeck/{__version__}"


@dataclass(frozen=True, slots=True)
class Network:
    """Clients for submissions, for looks at tasks, and for images (which never sees a key)."""

    submit: httpx.AsyncClient
    poll: httpx.AsyncClient
    image: httpx.AsyncClient


@asynccontextmanager
async def open_network(
    egress: Egress, origin: str, *, polls: int, downloads: int
) -> AsyncIterator[Network]:
    """Open clients for a gateway's origin; at most so many connections for polls and downloads."""
    submit = httpx.AsyncHTTPTransport(
        verify=egress.ssl,
        proxy=egress.proxy_for(origin),
        # A kept connection may die just when a submission goes out on it: a fresh one each time.
        limits=httpx.Limits(max_keepalive_connections=0),
        trust_env=False,
    )
    poll = AiohttpTransport(egress, connections=polls)
    image = AiohttpTransport(egress, connections=downloads, check_address=ip_check(origin))
    async with clients(submit, poll, image) as network:
        yield network


@asynccontextmanager
async def clients(
    submit: httpx.AsyncBaseTransport,
    poll: httpx.AsyncBaseTransport,
    image: httpx.AsyncBaseTransport,
) -> AsyncIterator[Network]:
    """Make the clients over three transports: no redirects, no cookies kept, no variables read."""
    async with _client(submit) as one, _client(poll) as two, _client(image) as three:
        yield Network(one, two, three)


def _client(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=transport,
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": USER_AGENT},
        # httpx keeps cookies by itself; a policy that allows no domain is its way not to.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )
