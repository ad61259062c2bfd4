"""An httpx transport into an ASGI app of the same loop: no port, no socket, no network.

httpx's own ASGITransport buffers whole bodies, ignores timeouts and knows no trace hook.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import httpx
from starlette.types import ASGIApp, Message, Scope

from tui.demo.connection import attach
from tui.demo.pipe import Pipe


@dataclass(frozen=True, slots=True)
class Sending:
    """What a trace hook learns of a request: httpcore's Request, as far as anybody looks."""

    method: bytes
    url: httpx.URL
    headers: list[tuple[bytes, bytes]]


class DemoTransport(httpx.AsyncBaseTransport):
    """Carries requests to `app`, which can break the connection as over a socket."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._running: set[asyncio.Task[None]] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; what the trace hook raises keeps it from the app."""
        trace = request.extensions.get("trace")
        if trace:
            sending = Sending(request.method.encode(), request.url, request.headers.raw)
            await trace("http11.send_request_headers.started", {"request": sending})
        exchange = _Exchange(request)
        task = asyncio.create_task(exchange.run(self._app))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        exchange.task = task
        try:
            await exchange.upload()
            start = await exchange.next()
        except BaseException:
            exchange.leave()
            raise
        return httpx.Response(
            start["status"],
            headers=start["headers"],
            stream=_Body(exchange),
            extensions={"http_version": b"HTTP/1.1"},
        )

    async def aclose(self) -> None:
        """End what still runs."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


class _Body(httpx.AsyncByteStream):
    def __init__(self, exchange: "_Exchange") -> None:
        self._exchange = exchange

    async def __aiter__(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await self._exchange.next()
            more = message.get("more_body", False)
            if message.get("body"):
                yield message["body"]

    async def aclose(self) -> None:
        self._exchange.leave()


class _Exchange:
    """One request with its answer: httpx's side asks and leaves, the app's reads and sends."""

    task: asyncio.Task[None]

    def __init__(self, request: httpx.Request) -> None:
        self._request = request
        self._timeouts: Mapping[str, float | None] = request.extensions.get("timeout", {})
        self._up: Pipe[tuple[bytes, bool]] = Pipe()
        self._down: Pipe[Message] = Pipe()
        self._gone = asyncio.Event()
        self._is_read, self._is_answered = False, False
        self._broken: Exception | None = None

    async def run(self, app: ASGIApp) -> None:
        """Let the app answer. Whoever asked may leave: as on a server, the app goes on."""
        try:
            await app(attach(self._scope(), self), self._receive, self._send)
        finally:
            self._up.close()
            self._down.close()

    async def upload(self) -> None:
        """Send the body, as far as the app wants it."""
        if not isinstance(self._request.stream, httpx.AsyncByteStream):
            raise TypeError("an asynchronous client's request has an asynchronous body")
        try:
            async for chunk in self._request.stream:
                async with asyncio.timeout(self._timeouts.get("write")):
                    if not await self._up.put((chunk, True)):
                        return
            await self._up.put((b"", False))
        except TimeoutError:
            text = "the body was not taken within the write timeout"
            raise httpx.WriteTimeout(text, request=self._request) from None

    async def next(self) -> Message:
        """Return the app's next message."""
        try:
            async with asyncio.timeout(self._timeouts.get("read")):
                message = await self._down.get()
        except TimeoutError:
            text = "no answer within the read timeout"
            raise httpx.ReadTimeout(text, request=self._request) from None
        if message is None:
            raise self._broken or await self._crash()
        return message

    def leave(self) -> None:
        """Hang up."""
        self._up.close()
        self._down.close()
        self._gone.set()

    def drop(self, *, reset: bool) -> None:
        """Break the connection from the app's side."""
        self._broken = self._reset() if reset else self._closed()
        self._down.close()
        self._gone.set()

    async def _receive(self) -> Message:
        item = None if self._is_read else await self._up.get()
        if item is None:
            await self._gone.wait()
            return {"type": "http.disconnect"}
        chunk, more = item
        self._is_read = not more
        return {"type": "http.request", "body": chunk, "more_body": more}

    async def _send(self, message: Message) -> None:
        self._up.close()
        self._is_answered = True
        await self._down.put(message)

    def _reset(self) -> Exception:
        return httpx.ReadError("Connection reset by peer", request=self._request)

    def _closed(self) -> Exception:
        text = "Server disconnected without sending a response."
        if self._is_answered:
            text = "peer closed connection without sending complete message body"
        return httpx.RemoteProtocolError(text, request=self._request)

    async def _crash(self) -> Exception:
        await asyncio.wait({self.task})
        crash = None if self.task.cancelled() else self.task.exception()
        if crash is None:
            return self._closed()
        error = httpx.ReadError(f"the embedded gateway broke: {crash}", request=self._request)
        error.__cause__ = crash
        return error

    def _scope(self) -> Scope:
        url = self._request.url
        path, _, query = url.raw_path.partition(b"?")
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self._request.method,
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in self._request.headers.raw],
            "server": (url.host, url.port or 80),
            "client": ("127.0.0.1", 0),
        }
