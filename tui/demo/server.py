"""The embedded gateway as a real HTTP server on loopback."""

import asyncio
import signal
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from tui.core.language import _
from tui.core.retelling import retold
from tui.demo.connection import attach
from tui.demo.gateway import DemoGateway

LOOPBACK = "127.0.0.1"
_GRACE = 0.5  # seconds that answers under way have when the server ends
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER on, for zero seconds


class ListenError(Exception):
    """The address can't be listened on; the message says what to do."""


def listen(host: str = LOOPBACK, port: int = 0) -> socket.socket:
    """Listen on a loopback address; port 0 takes any free one. Raises ListenError."""
    if not ip_address(host).is_loopback:
        raise ListenError(
            _("{host} is not on loopback: the embedded gateway stays on this machine.", host=host)
        )
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise ListenError(
            _(
                "Port {port} on {host} can't be used ({strerror}): choose another with "
                "--port, or any free one with --port 0.",
                port=port,
                host=host,
                strerror=retold(error.strerror or ""),
            )
        ) from error
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the address under which a listening socket is reached."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class GatewayServer(uvicorn.Server):
    """Runs a gateway on a listening socket until `should_exit` is set, or a signal comes.

    `ready` is called once it answers; `signal` is the number of the signal that ended it.
    """

    def __init__(
        self,
        gateway: DemoGateway,
        listener: socket.socket,
        ready: Callable[[], None] = lambda: None,
    ) -> None:
        config = uvicorn.Config(
            gateway.app,
            http=DroppableProtocol,
            ws="none",
            loop="asyncio",
            lifespan="off",
            interface="asgi3",
            proxy_headers=False,
            server_header=False,
            log_config=None,
            access_log=False,
        )
        super().__init__(config)
        self.signal: int | None = None
        self._listener = listener
        self._ready = ready

    def serve_forever(self) -> None:
        """Run in a loop of its own, in the calling thread."""
        asyncio.run(self.serve(sockets=[self._listener]))

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, let answers under way end within half a second, close the rest."""
        for server in self.servers:
            server.close()
        for one in sockets or ():
            one.close()
        connections, tasks = self.server_state.connections, self.server_state.tasks
        for connection in list(connections):
            connection.shutdown()
        if tasks:
            await asyncio.wait(set(tasks), timeout=_GRACE)
        for connection in list(connections):
            connection.transport.abort()
        for task in set(tasks):
            task.cancel()
        for server in self.servers:
            await server.wait_closed()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals that end a server; in another thread than the first, none."""
        ours = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as under nohup
            ours.append(signal.SIGHUP)
        try:
            before = {one: signal.signal(one, self._stop) for one in ours}
        except ValueError:  # not the main thread
            before = {}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        self.signal = number
        self.should_exit = True


class DroppableProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 over h11, whose connection the app can break."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Give the app a hold on the connection."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("HTTP needs a stream")
        super().connection_made(transport)
        served, connection = self.app, _Socket(transport)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            await served(attach(scope, connection), receive, send)

        self.app = app


class _Socket:
    """A connection over a real socket."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    def drop(self, *, reset: bool) -> None:
        if not reset:
            self._transport.close()
            return
        raw: Any = self._transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._transport.abort()
