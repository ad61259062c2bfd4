"""httpx's API over aiohttp's connections.

httpx's own pool is quadratic in its connections: 104 CPU seconds for 10,000 polls at 64 in
flight, where this takes 4.7 (docs/performance.md).
"""

import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
import httpx
import yarl

from tui.services.egress import Egress

CheckAddress = Callable[[str], None]


class AiohttpTransport(httpx.AsyncBaseTransport):
    """GET requests for one httpx client; no cookies, no redirects, bodies as delivered.

    `check_address` sees every IP address before a socket to it is opened, and once more who is at
    its other end, and may raise; not the proxy's own, which the user chose. At most `connections`
    are open at once; who waits for one is the lanes' business.
    """

    def __init__(
        self, egress: Egress, *, connections: int, check_address: CheckAddress | None = None
    ) -> None:
        self._egress = egress
        self._connections = connections
        self._check_address = check_address
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request; raises httpx's own errors."""
        url = str(request.url)
        proxy = self._egress.proxy_for(url)
        session = self._sessions.get(proxy is None) or self._open(direct=proxy is None)
        limits: dict[str, float | None] = request.extensions.get("timeout", {})
        with _translated(request):
            answer = await session.request(
                request.method,
                # Encoded as it is: a signature with %2F in it must arrive with %2F.
                yarl.URL(url, encoded=True),
                headers=request.headers.multi_items(),
                allow_redirects=False,
                proxy=proxy,
                timeout=aiohttp.ClientTimeout(
                    connect=limits.get("pool"),
                    sock_connect=limits.get("connect"),
                    sock_read=limits.get("read"),
                ),
            )
            if proxy is None:
                self._check_peer(answer)
        return httpx.Response(
            answer.status,
            headers=answer.raw_headers,
            stream=_Body(request, answer),
            extensions={"reason_phrase": (answer.reason or "").encode("latin-1", "replace")},
        )

    async def aclose(self) -> None:
        """Close all connections."""
        for session in self._sessions.values():
            await session.close()

    def _open(self, *, direct: bool) -> aiohttp.ClientSession:
        is_checked = direct and self._check_address is not None
        self._sessions[direct] = session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                ssl=self._egress.ssl,
                limit=self._connections,
                socket_factory=self._socket if is_checked else None,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("Accept", "User-Agent", "Accept-Encoding"),
        )
        return session

    def _check_peer(self, answer: aiohttp.ClientResponse) -> None:
        connection = answer.connection
        transport = connection.transport if connection else None
        peer = transport.get_extra_info("peername") if transport else None
        if not peer or not self._check_address:
            return  # the whole answer is here already, from a socket that was checked
        try:
            self._check_address(str(peer[0]))
        except OSError:
            answer.close()
            raise

    def _socket(self, address: Any) -> socket.socket:
        family, kind, protocol, _, where = address
        if self._check_address:
            self._check_address(str(where[0]))
        return socket.socket(family, kind, protocol)


class _Body(httpx.AsyncByteStream):
    """The body of an answer, piece by piece as it arrives."""

    def __init__(self, request: httpx.Request, answer: aiohttp.ClientResponse) -> None:
        self._request = request
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _translated(self._request):
            async for piece in self._answer.content.iter_any():
                yield piece

    async def aclose(self) -> None:
        if self._answer.content.at_eof():
            self._answer.release()
        else:
            self._answer.close()


_ERRORS: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
    (aiohttp.ConnectionTimeoutError, httpx.ConnectTimeout),
    (aiohttp.ServerTimeoutError, httpx.ReadTimeout),
    (TimeoutError, httpx.ReadTimeout),
    (aiohttp.ClientProxyConnectionError, httpx.ProxyError),
    (aiohttp.ClientHttpProxyError, httpx.ProxyError),
    (aiohttp.ClientConnectorError, httpx.ConnectError),
    (aiohttp.InvalidURL, httpx.UnsupportedProtocol),
    (aiohttp.NonHttpUrlClientError, httpx.UnsupportedProtocol),
    (aiohttp.ServerDisconnectedError, httpx.RemoteProtocolError),
    (aiohttp.ClientResponseError, httpx.RemoteProtocolError),
    (aiohttp.ClientError, httpx.ReadError),
    (OSError, httpx.ReadError),
)


@contextmanager
def _translated(request: httpx.Request) -> Iterator[None]:
    try:
        yield
    except (aiohttp.ClientError, OSError) as error:
        kind = next(ours for theirs, ours in _ERRORS if isinstance(error, theirs))
        raise kind(str(error) or type(error).__name__, request=request) from error
