import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tui.demo.gateway import DemoGateway
from tui.demo.transport import DemoTransport

URL = "http://demo.invalid/x?y=%2F"
START: Message = {"type": "http.response.start", "status": 200, "headers": []}


def piece(body: bytes, *, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


def client_of(app: ASGIApp, **options: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=DemoTransport(app), **options)


async def read_all(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def test_a_request_arrives_as_it_was_sent() -> None:
    seen: list[Any] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((scope["method"], scope["path"], scope["raw_path"], scope["query_string"]))
        seen.append(dict(scope["headers"])[b"host"])
        seen.append(await read_all(receive))
        await send(START)
        await send(piece(b"", more=False))

    async with client_of(app) as client:
        answer = await client.post(URL, content=b"hello")
    assert answer.http_version == "HTTP/1.1"
    assert seen == [("POST", "/x", b"/x", b"y=%2F"), b"demo.invalid", b"hello"]


async def test_both_bodies_stream() -> None:
    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        assert (await receive())["body"] == b"one"
        asked.set()
        assert (await receive())["body"] == b"two"
        await send(START)
        await send(piece(b"first"))
        await go_on.wait()
        await send(piece(b"second", more=False))

    async def body() -> AsyncIterator[bytes]:
        yield b"one"
        await asked.wait()
        yield b"two"

    asked, go_on = asyncio.Event(), asyncio.Event()
    async with client_of(app) as client, client.stream("POST", URL, content=body()) as answer:
        pieces = answer.aiter_raw()
        assert await anext(pieces) == b"first"
        go_on.set()
        assert await anext(pieces) == b"second"


async def test_the_hook_is_called_before_the_app_sees_anything() -> None:
    order: list[Any] = []

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        order.append("app")
        await send(START)
        await send(piece(b"", more=False))

    async def trace(name: str, info: dict[str, Any]) -> None:
        order.append((name, info["request"].method))

    async with client_of(app) as client:
        await client.post(URL, extensions={"trace": trace})
    assert order == [("http11.send_request_headers.started", b"POST"), "app"]


async def test_an_error_in_the_hook_keeps_everything_back(tmp_path: Path) -> None:
    class StopError(Exception):
        pass

    async def trace(_name: str, _info: dict[str, Any]) -> None:
        raise StopError

    with DemoGateway(tmp_path, needs_key=False) as gateway:
        async with client_of(gateway.app) as client:
            with pytest.raises(StopError):
                await client.post(
                    "http://demo.invalid/v2/extend/image/generations",
                    json={"prompt": "x"},
                    extensions={"trace": trace},
                )
        assert gateway.ledger().entries == ()


async def test_read_timeouts() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/half":
            await send(START)
            await send(piece(b"half"))
        while (await receive())["type"] != "http.disconnect":
            pass
        left.append(scope["path"])
        gone.set()

    gone = asyncio.Event()
    left: list[str] = []
    async with client_of(app, timeout=0.05) as client:
        for path in ("/none", "/half"):
            with pytest.raises(httpx.ReadTimeout):
                await client.get(f"http://demo.invalid{path}")
            await gone.wait()
            gone.clear()
    assert left == ["/none", "/half"]


async def test_write_timeout() -> None:
    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await asyncio.Event().wait()

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x"

    async with client_of(app, timeout=0.05) as client:
        with pytest.raises(httpx.WriteTimeout):
            await client.post(URL, content=endless())


async def test_an_early_answer_ends_the_upload() -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({**START, "status": 413})
        await send(piece(b"", more=False))

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x"

    async with client_of(app) as client:
        assert (await client.post(URL, content=endless())).status_code == 413


async def test_a_crash_is_a_read_error() -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send(START)
        raise ZeroDivisionError("oops")

    async with client_of(app) as client:
        with pytest.raises(httpx.ReadError, match="oops") as caught:
            await client.get(URL)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


async def test_an_app_that_says_nothing() -> None:
    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        return

    async with client_of(app) as client:
        with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
            await client.get(URL)


async def test_a_cancelled_post_was_delivered_all_the_same() -> None:
    async def app(_scope: Scope, receive: Receive, send: Send) -> None:
        begun.set()
        await go_on.wait()
        got.append(await read_all(receive))
        await send(START)
        await send(piece(b"nobody reads this", more=False))
        done.set()

    begun, go_on, done = asyncio.Event(), asyncio.Event(), asyncio.Event()
    got: list[bytes] = []
    async with client_of(app) as client:
        asking = asyncio.create_task(client.post(URL, content=b"paid"))
        await begun.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        go_on.set()
        async with asyncio.timeout(5):
            await done.wait()
    assert got == [b"paid"]


async def test_a_slow_reader_holds_the_app_back() -> None:
    sent = 0

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        nonlocal sent
        await send(START)
        for _ in range(1000):
            await send(piece(b"x"))
            sent += 1
        await send(piece(b"", more=False))

    async with client_of(app) as client, client.stream("GET", URL) as answer:
        for _ in range(50):
            await asyncio.sleep(0)
        assert sent < 30
        assert len(await answer.aread()) == 1000


async def test_closing_ends_what_still_runs() -> None:
    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    ended: list[bool] = []
    async with client_of(app, timeout=0.02) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get(URL)
        assert ended == []
    assert ended == [True]
