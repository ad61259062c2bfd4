"""Whatever calls itself JSON, as the gateway's answer to a submission and to a look."""

import asyncio
import json
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from tui.core.job import Result
from tui.core.request import Request
from tui.core.text import clean
from tui.models import GPT_IMAGE
from tui.services.clock import SystemClock
from tui.services.egress import Egress
from tui.services.gateway.body import encode
from tui.services.gateway.client import Gateway
from tui.services.gateway.outcome import Accepted, Ambiguous, Progress, Trouble
from tui.services.images import FetchError, Images
from tui.services.network import Network, open_network

BODY = encode(GPT_IMAGE, Request(model=GPT_IMAGE.id, values={"prompt": "a cat"}), lambda _: _)
SUBMIT, POLL = GPT_IMAGE.submit_path, GPT_IMAGE.poll_path
Figure = Callable[[str], None]


class Server:
    """Gives the same bytes to everybody."""

    def __init__(self) -> None:
        self.answer = b""
        self.origin = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if length := re.search(rb"(?i)content-length: (\d+)", head):
            await reader.readexactly(int(length[1]))
        writer.write(
            b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(self.answer), self.answer)
        )
        with suppress(ConnectionError):
            await writer.drain()
        writer.close()


@asynccontextmanager
async def connected(server: Server) -> AsyncIterator[tuple[Gateway, Network]]:
    listener = await asyncio.start_server(server.serve, "127.0.0.1")
    server.origin = "http://127.0.0.1:{1}".format(*listener.sockets[0].getsockname())
    egress = Egress(ssl.create_default_context(), lambda _url: None)
    async with (
        listener,
        asyncio.timeout(300),
        open_network(egress, server.origin, polls=1, downloads=1) as network,
    ):
        gateway = Gateway(
            submit=network.submit,
            poll=network.poll,
            base=server.origin,
            key=None,
            clock=SystemClock(),
        )
        yield gateway, network


async def yes() -> bool:
    return True


def strictly(raw: bytes) -> object:
    """Read JSON as the standard has it; None when it is none, or too deep to be read."""
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_constant=lambda _: 1 / 0)
    except (ValueError, ZeroDivisionError, RecursionError):
        return None


async def test_as_a_whole_answer_it_is_never_taken_for_one(
    json_texts: list[bytes], figure: Figure
) -> None:
    server = Server()
    async with connected(server) as (gateway, _):
        for raw in json_texts:
            server.answer = raw
            submission = await gateway.submit(SUBMIT, BODY, yes)
            assert isinstance(submission, Ambiguous), raw[:200]
            assert raw.startswith(submission.answer)
            look = await gateway.look(POLL, "t1")
            assert isinstance(look, Trouble), raw[:200]
            assert clean(look.message) == look.message, raw[:200]
    figure(f"{len(json_texts)} JSON texts over HTTP: all ambiguous, none believed")


@pytest.mark.parametrize("name", ["model", "error", "status_text"])
async def test_beside_a_task_id_it_costs_nobody_the_id(json_texts: list[bytes], name: str) -> None:
    server = Server()
    async with connected(server) as (gateway, _):
        for raw in json_texts:
            server.answer = b'{"task_id": "t1", "status": "processing", "%b": %b}' % (
                name.encode(),
                raw,
            )
            assert await gateway.submit(SUBMIT, BODY, yes) == Accepted("t1"), raw[:200]
            look = await gateway.look(POLL, "t1")
            is_json = isinstance(strictly(server.answer), dict)
            assert isinstance(look, Progress if is_json else Trouble), raw[:200]


@pytest.mark.parametrize("name", ["task_id", "status"])
async def test_in_the_place_of_a_known_word(json_texts: list[bytes], name: str) -> None:
    server = Server()
    async with connected(server) as (gateway, _):
        for raw in json_texts:
            server.answer = b'{"%b": %b}' % (name.encode(), raw)
            submission = await gateway.submit(SUBMIT, BODY, yes)
            match submission:
                case Accepted(task_id):
                    assert name == "task_id"
                    assert re.fullmatch(r"[\w:~.-]{1,200}", task_id, re.ASCII), raw[:200]
                case _:
                    assert isinstance(submission, Ambiguous), raw[:200]
            look = await gateway.look(POLL, "t1")
            assert isinstance(look, Progress | Trouble), raw[:200]


async def test_in_the_place_of_images(json_texts: list[bytes]) -> None:
    server = Server()
    places = [b"%b", b'{"images": %b}', b'{"images": [%b]}', b'{"images": [{"url": %b}]}']
    async with connected(server) as (gateway, network):
        images = Images(network.image, server.origin)
        for raw in json_texts:
            for place in places:
                server.answer = b'{"task_id": "t1", "status": "succeeded", "result": %b}' % (
                    place.replace(b"%b", raw)
                )
                look = await gateway.look(POLL, "t1")
                assert isinstance(look, Progress | Trouble), raw[:200]
                for result in look.results if isinstance(look, Progress) else ():
                    await refuses(images, result)


async def refuses(images: Images, result: Result) -> None:
    with pytest.raises(FetchError) as caught:
        await images.fetch(result, Nowhere())
    assert clean(str(caught.value)) == str(caught.value)


class Nowhere:
    async def write(self, data: bytes, /) -> None:
        raise AssertionError(data)
