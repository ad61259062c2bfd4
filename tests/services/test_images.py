import asyncio
import base64
import hashlib
import socket
import ssl
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tui import __version__
from tui.core.job import Result
from tui.services.addresses import ip_check
from tui.services.egress import Egress
from tui.services.images import Fetched, ForbiddenUrlError, GoneError, Images, TransferError
from tui.services.transport import AiohttpTransport

BODY = bytes(range(256)) * 12_000  # 3 MB: several blocks
GATEWAY = "https://gateway.example"


class Memory:
    """A sink that remembers how it was written to."""

    def __init__(self) -> None:
        self.blocks: list[bytes] = []

    async def write(self, data: bytes) -> None:
        self.blocks.append(data)

    @property
    def data(self) -> bytes:
        return b"".join(self.blocks)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    # All that must never go out with a request for an image.
    async with httpx.AsyncClient(
        trust_env=False,
        headers={"X-API-Key": "sk-CANARY", "User-Agent": "other"},
        cookies={"session": "CANARY"},
        params={"token": "CANARY"},
        auth=("user", "CANARY"),
        follow_redirects=True,
    ) as client:
        yield client


@pytest.fixture
def images(client: httpx.AsyncClient, raw_server: Any) -> Images:
    return Images(client, raw_server.origin, stall_seconds=5)


async def test_bytes_arrive_unchanged_in_blocks_with_their_hash(
    images: Images, raw_server: Any
) -> None:
    url = raw_server.give("/a%2Fb.png?sig=x%2By", BODY, content_type="image/png; x=y")
    sink = Memory()
    fetched = await images.fetch(Result(url=url), sink)
    assert fetched == Fetched(len(BODY), hashlib.sha256(BODY).hexdigest(), "image/png")
    assert sink.data == BODY
    assert max(len(block) for block in sink.blocks) < 1.2 * 1024**2
    assert len(sink.blocks) == 3


async def test_a_request_carries_nothing_of_ours(images: Images, raw_server: Any) -> None:
    url = raw_server.give("/a", b"x", set_cookie="server=CANARY")
    await images.fetch(Result(url=url), Memory())
    await images.fetch(Result(url=url), Memory())
    for head in raw_server.requests:
        assert "CANARY" not in head
        assert f"User-Agent: imagedeck/{__version__}\r\n" in head
        assert "Accept-Encoding: identity\r\n" in head


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
async def test_an_expired_url_is_gone(images: Images, raw_server: Any, status: int) -> None:
    url = raw_server.give("/a?sig=CANARY", b"<Error/>", status=status)
    with pytest.raises(GoneError, match=f"answered {status}") as caught:
        await images.fetch(Result(url=url), Memory())
    assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize("status", [204, 206, 408, 425, 429, 500, 502, 503])
async def test_other_answers_are_worth_another_try(
    images: Images, raw_server: Any, status: int
) -> None:
    url = raw_server.give("/a", status=status)
    with pytest.raises(TransferError, match=f"answered {status}"):
        await images.fetch(Result(url=url), Memory())


@pytest.mark.parametrize(
    "answer",
    [
        {"content_length": len(BODY) + 1},
        {"content_length": 65 * 1024**2},
        {"content_length": "1e3"},
        {"content_length": None, "transfer_encoding": "chunked"},
        {"content_encoding": "gzip"},
        {"content_encoding": "br"},
        {"content_length": len(BODY) + 1, "hang": True},
        {"status": 302},
        {"status": 302, "location": "/a"},
    ],
)
async def test_a_body_that_breaks_a_promise_is_a_failed_transfer(
    client: httpx.AsyncClient, raw_server: Any, answer: dict[str, Any]
) -> None:
    # Only what hangs is waited for, and a busy machine is slow to ask.
    images = Images(client, raw_server.origin, stall_seconds=0.5 if "hang" in answer else 60)
    url = raw_server.give("/a", BODY, **answer)
    with pytest.raises(TransferError):
        await images.fetch(Result(url=url), Memory())
    assert len(raw_server.requests) == (6 if "location" in answer else 1)


async def test_a_transport_that_hides_a_short_body_is_not_believed() -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-length": "9"}, stream=httpx.ByteStream(b"x"))

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        with pytest.raises(TransferError, match="1 of 9 bytes arrived"):
            await Images(client, GATEWAY).fetch(Result(url="https://a.example/x"), Memory())


async def test_the_cap_holds_without_a_length(client: httpx.AsyncClient, raw_server: Any) -> None:
    images = Images(client, raw_server.origin, most_bytes=2 * 1024**2)
    url = raw_server.give("/a", BODY, content_length=None)
    with pytest.raises(TransferError, match="larger than 2 MB"):
        await images.fetch(Result(url=url), Memory())


async def test_the_whole_transfer_has_a_deadline(
    client: httpx.AsyncClient, raw_server: Any
) -> None:
    images = Images(client, raw_server.origin, total_seconds=0.1)
    url = raw_server.give("/a", b"", content_length=5, hang=True)
    with pytest.raises(TransferError, match="not done after"):
        await images.fetch(Result(url=url), Memory())


async def test_nobody_listening_is_worth_another_try(client: httpx.AsyncClient) -> None:
    images = Images(client, "http://127.0.0.1:1")
    with pytest.raises(TransferError, match=r"1:1/…/b\.png: ConnectError"):
        await images.fetch(Result(url="http://127.0.0.1:1/a/b.png?sig=CANARY"), Memory())


async def test_five_redirects_are_followed_each_on_its_own(images: Images, raw_server: Any) -> None:
    for hop, status in enumerate([301, 302, 303, 307, 308]):
        raw_server.give(f"/{hop}", status=status, location=f"/{hop + 1}")
    raw_server.give("/5", b"there")
    sink = Memory()
    await images.fetch(Result(url=f"{raw_server.origin}/0"), sink)
    assert sink.data == b"there"
    raw_server.give("/start", status=302, location="/0")
    with pytest.raises(TransferError, match="more than 5 times"):
        await images.fetch(Result(url=f"{raw_server.origin}/start"), Memory())


@pytest.mark.parametrize(
    "location", ["http://10.0.0.1/", "https://user@a.example/", "//169.254.169.254/", "http://["]
)
async def test_a_redirect_to_a_forbidden_place_is_not_followed(
    images: Images, raw_server: Any, location: str
) -> None:
    url = raw_server.give("/a", status=302, location=location)
    with pytest.raises(ForbiddenUrlError, match="is refused"):
        await images.fetch(Result(url=url), Memory())
    assert len(raw_server.requests) == 1


async def test_https_is_never_left(raw_server: Any) -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"location": raw_server.give("/b", b"x")})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        images = Images(client, raw_server.origin)
        with pytest.raises(ForbiddenUrlError, match="away from https"):
            await images.fetch(Result(url="https://a.example/x"), Memory())
    assert not raw_server.requests


@pytest.mark.parametrize(
    "url",
    ["http://a.example/x", "https://127.0.0.1/", "https://a:b/", "x", "https://a.example/\ud800"],
)
async def test_a_forbidden_address_is_never_asked(client: httpx.AsyncClient, url: str) -> None:
    with pytest.raises(ForbiddenUrlError):
        await Images(client, GATEWAY).fetch(Result(url=url), Memory())


@pytest.mark.parametrize("ips", [["127.0.0.1"], ["127.0.0.1", "10.0.0.1"]])
async def test_a_name_that_leads_inside_is_refused_at_the_socket(
    monkeypatch: pytest.MonkeyPatch, ips: list[str]
) -> None:
    def resolve(_host: str, port: int, *_kind: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ips]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    egress = Egress(ssl.create_default_context(), lambda _url: None)
    transport = AiohttpTransport(egress, connections=1, check_address=ip_check(GATEWAY))
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(ForbiddenUrlError, match="not public"):
            await Images(client, GATEWAY).fetch(Result(url="https://rebind.example/a"), Memory())


@pytest.mark.parametrize(
    ("place", "prefix"),
    [
        ("url", "data:image/webp;base64,"),
        ("base64", "data:image/webp;base64,"),
        ("base64", ""),
    ],
)
async def test_images_inside_the_answer_are_unpacked(
    images: Images, prefix: str, place: str
) -> None:
    text = prefix + base64.b64encode(BODY).decode()
    sink = Memory()
    fetched = await images.fetch(Result(**{place: text}), sink)
    assert sink.data == BODY
    assert fetched.sha256 == hashlib.sha256(BODY).hexdigest()
    assert fetched.media_type == ("image/webp" if prefix else None)


async def test_broken_base64_is_said(images: Images) -> None:
    with pytest.raises(TransferError, match="no readable image: it is not base64"):
        await images.fetch(Result(base64="!"), Memory())


async def test_an_error_of_the_disk_stays_one(images: Images, raw_server: Any) -> None:
    class Full(Memory):
        async def write(self, _data: bytes) -> None:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        await images.fetch(Result(url=raw_server.give("/a", b"x")), Full())


async def test_giving_up_closes_the_connection(images: Images, raw_server: Any) -> None:
    url = raw_server.give("/a", b"", content_length=5, hang=True)
    task = asyncio.create_task(images.fetch(Result(url=url), Memory()))
    await raw_server.asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
