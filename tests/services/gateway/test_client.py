"""Submissions and looks over real sockets, against a server that misbehaves as told."""

import asyncio
import contextlib
import json
import re
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from tui.core.request import Request
from tui.models import GPT_IMAGE
from tui.services.clock import SystemClock
from tui.services.egress import Egress
from tui.services.gateway.body import encode
from tui.services.gateway.client import Gateway
from tui.services.gateway.outcome import (
    Accepted,
    Ambiguous,
    NotSent,
    Progress,
    Refused,
    Submission,
    Trouble,
)
from tui.services.journal.protocol import DiskError
from tui.services.keys import Key
from tui.services.network import open_network

Act = Callable[[asyncio.StreamWriter], Awaitable[None]]
BODY = encode(
    GPT_IMAGE, Request(model=GPT_IMAGE.id, values={"prompt": "灯塔", "n": 2}), lambda _: _
)


class Server:
    """Reads whole requests, then acts."""

    def __init__(self, act: Act) -> None:
        self.act = act
        self.heads: list[str] = []
        self.bodies: list[bytes] = []
        self.port = 0
        self._serving: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            try:
                yield
            finally:
                await asyncio.gather(*self._serving)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.add(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            lengths = re.findall(r"(?i)content-length: (\d+)", head) or ["0"]
            self.heads.append(head)
            self.bodies.append(await reader.readexactly(int(lengths[0])))
            await self.act(writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


def says(raw: bytes, status: str = "200 OK", *headers: str) -> Act:
    async def act(writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(raw)}", *headers, "", ""]
        writer.write("\r\n".join(lines).encode() + raw)

    return act


def promises(raw: bytes) -> Act:
    """Announce more than is sent, then close."""

    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + raw)

    return act


async def hangs_up(_writer: asyncio.StreamWriter) -> None:
    pass


async def resets(writer: asyncio.StreamWriter) -> None:
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def gateway(
    act: Act, *, key: str | None = "sk-secret"
) -> AsyncIterator[tuple[Gateway, Server]]:
    server = Server(act)
    async with server.listening(), connected(server.port, key) as client:
        yield client, server


@asynccontextmanager
async def connected(port: int, key: str | None = None) -> AsyncIterator[Gateway]:
    base = f"http://127.0.0.1:{port}"
    egress = Egress(ssl.create_default_context(), lambda _url: None)
    async with open_network(egress, base, polls=1, downloads=1) as network:
        yield Gateway(
            submit=network.submit,
            poll=network.poll,
            base=base,
            key=Key(key) if key else None,
            clock=SystemClock(),
        )


async def yes() -> bool:
    return True


async def submit(act: Act, on_sent: Any = None) -> tuple[Submission, Server]:
    async with gateway(act) as (client, server):
        return await client.submit(GPT_IMAGE.submit_path, BODY, on_sent or yes), server


async def test_a_submission_on_the_wire() -> None:
    outcome, server = await submit(says(b'{"task_id": "t1", "model": "m"}'))
    assert outcome == Accepted("t1")
    head = server.heads[0].lower()
    assert head.startswith("post /v2/extend/image/gpt_image/generations http/1.1\r\n")
    assert "x-api-key: sk-secret\r\n" in head
    assert "content-type: application/json\r\n" in head
    assert "transfer-encoding" not in head
    assert json.loads(server.bodies[0]) == {"prompt": "灯塔", "n": 2}


@pytest.mark.parametrize("act", [hangs_up, resets, promises(b'{"task'), says(b"<html>")])
async def test_a_lost_answer_is_ambiguous_and_not_sent_twice(act: Act) -> None:
    outcome, server = await submit(act)
    assert isinstance(outcome, Ambiguous)
    assert len(server.heads) == 1


async def test_an_id_in_half_an_answer_is_salvaged() -> None:
    outcome, _ = await submit(promises(b'{"task_id": "t7", "model": "novi'))
    assert outcome == Accepted("t7")


async def test_silence_is_ambiguous(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.services.gateway.client.SUBMIT_TIMEOUT", httpx.Timeout(5.0, read=0.05))
    ended = asyncio.Event()

    async def never(_writer: asyncio.StreamWriter) -> None:
        await ended.wait()

    async with gateway(never) as (client, _):
        outcome = await client.submit(GPT_IMAGE.submit_path, BODY, yes)
        ended.set()
    assert outcome == Ambiguous("the answer to the submission was lost (no answer in time)")


def drips(start: bytes) -> Act:
    """Send a byte now and then, for as long as somebody waits for more."""

    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        with contextlib.suppress(ConnectionError):
            while not writer.transport.is_closing():
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.01)

    return act


IN_THE_HEAD = b"HTTP/1.1 200 OK\r\nX-Long:"
IN_THE_BODY = b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n{"


@pytest.mark.parametrize("start", [IN_THE_HEAD, IN_THE_BODY])
async def test_an_answer_that_drips_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, start: bytes
) -> None:
    monkeypatch.setattr("tui.services.gateway.client.ANSWER_SECONDS", 0.1)
    async with gateway(drips(start)) as (client, _):
        look = await client.look(GPT_IMAGE.poll_path, "t1")
        outcome = await client.submit(GPT_IMAGE.submit_path, BODY, yes)
    reason = "the answer did not end within 0.1 seconds"
    assert look == Trouble(reason)
    assert isinstance(outcome, Ambiguous)
    assert outcome.message == f"the answer to the submission was lost ({reason})"


async def test_an_id_before_the_drops_is_salvaged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.services.gateway.client.ANSWER_SECONDS", 0.1)
    outcome, _ = await submit(drips(IN_THE_BODY + b'"task_id": "t7", '))
    assert outcome == Accepted("t7")


async def test_nothing_leaves_unless_the_journal_says_so() -> None:
    async def no() -> bool:
        return False

    async def full() -> bool:
        raise DiskError("no room")

    outcome, server = await submit(says(b"{}"), no)
    assert isinstance(outcome, NotSent)
    assert server.heads == []
    with pytest.raises(DiskError):
        await submit(says(b"{}"), full)


async def test_nobody_listening_is_not_sent() -> None:
    asked = []

    async def note() -> bool:
        asked.append(1)
        return True

    async with connected(port=1) as client:
        outcome = await client.submit("/x", BODY, note)
        look = await client.look("/y/{task_id}", "t1")
    assert isinstance(outcome, NotSent)
    assert isinstance(look, Trouble)
    assert asked == []


async def test_a_redirect_gets_neither_key_nor_body() -> None:
    other = Server(says(b'{"task_id": "stolen"}'))
    async with other.listening():
        location = f"Location: http://127.0.0.1:{other.port}/x?key=1"
        outcome, _ = await submit(says(b"", "307 Temporary Redirect", location))
    assert isinstance(outcome, Refused)
    assert other.heads == []


async def test_no_path_out_of_a_journal_leads_the_key_to_another_host() -> None:
    other = Server(says(b'{"task_id": "t1", "status": "pending"}'))
    async with other.listening(), gateway(says(b"")) as (client, server):
        for path in (f"@127.0.0.1:{other.port}/y/{{task_id}}", f".example:{other.port}/", ""):
            assert isinstance(await client.look(path, "t1"), Trouble)
        assert isinstance(await client.look("/y/{task_id}", "../x"), Trouble)
    assert other.heads == server.heads == []


async def test_an_endless_answer_is_cut_off() -> None:
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n")
        try:
            while True:
                writer.write(b" " * 65536)
                await writer.drain()
        except ConnectionError:
            pass

    outcome, _ = await submit(endless)
    assert isinstance(outcome, Ambiguous)


async def test_a_look_on_the_wire() -> None:
    async with gateway(says(b'{"task_id": "t1", "status": "processing"}')) as (client, server):
        assert await client.look(GPT_IMAGE.poll_path, "t1") == Progress("processing")
    head = server.heads[0].lower()
    assert head.startswith("get /v2/extend/image/gpt_image/tasks/t1 http/1.1\r\n")
    assert "x-api-key: sk-secret\r\n" in head


async def test_a_look_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.services.gateway.client._MOST_INLINE", 1024**2)
    async with gateway(says(b"[" * 2_000_000)) as (client, _):
        look = await client.look(GPT_IMAGE.poll_path, "t1")
    assert look == Trouble("the gateway's answer is larger than 1 MB")


async def test_an_answer_with_the_image_inside_is_read() -> None:
    big = "A" * 3_000_000
    answer = json.dumps({"status": "succeeded", "result": {"images": [{"b64_json": big}]}})
    async with gateway(says(answer.encode()), key=None) as (client, server):
        look = await client.look(GPT_IMAGE.poll_path, "t1")
    assert isinstance(look, Progress)
    assert look.results[0].base64 == big
    assert "x-api-key" not in server.heads[0].lower()


@pytest.mark.parametrize("act", [hangs_up, resets, promises(b'{"status": "failed'), says(b"nope")])
async def test_a_look_that_fails_says_nothing_about_the_task(act: Act) -> None:
    async with gateway(act) as (client, _):
        assert isinstance(await client.look(GPT_IMAGE.poll_path, "t1"), Trouble)
