"""Submit, poll and image client through one proxy and one private CA, on loopback."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import trustme

from tui.services.addresses import AddressError
from tui.services.egress import Egress, EgressError, open_egress
from tui.services.network import Network, open_network
from tui.services.transport import AiohttpTransport

PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@dataclass
class Peer:
    """A server on loopback: what it heard, and the answer it gives to every request."""

    answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    heard: list[bytes] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.heard.append(head)
                writer.write(self.answer)
                await writer.drain()
                if b"Content-Length" not in self.answer:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heard.append(head)
        target = head.split()[1].decode()
        port = int(target.rsplit(":", 1)[1])
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def listening(
    peer: Peer, tls: ssl.SSLContext | None = None, *, tunnel: bool = False
) -> AsyncIterator[Peer]:
    handler = peer.tunnel if tunnel else peer.serve
    server = await asyncio.start_server(handler, "127.0.0.1", 0, ssl=tls)
    peer.port = server.sockets[0].getsockname()[1]
    async with server:
        yield peer


@dataclass
class Authority:
    """A private CA: the file a user would name, a server's context."""

    file: Path
    server: ssl.SSLContext


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("localhost").configure_cert(server)
    return Authority(tmp_path / "ca.pem", server)


async def ask_all(network: Network, url: str) -> list[httpx.Response]:
    return [
        await network.submit.post(url, json={}),
        await network.poll.get(url),
        await network.image.get(url),
    ]


async def test_all_three_go_through_the_proxy_and_trust_the_private_ca(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listening(Peer(), authority.server) as far, listening(Peer(), tunnel=True) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        origin = f"https://localhost:{far.port}"
        egress = open_egress({"SSL_CERT_FILE": str(authority.file)})
        async with open_network(egress, origin, polls=2, downloads=2) as network:
            answers = await ask_all(network, origin + "/x")
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [head.split()[0] for head in proxy.heard] == [b"CONNECT"] * 3
    assert [head.split()[0] for head in far.heard] == [b"POST", b"GET", b"GET"]


async def test_a_proxy_may_stand_on_a_private_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("images.example").configure_cert(tls)
    async with listening(Peer(), tls) as far, listening(Peer(), tunnel=True) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        egress = open_egress({"SSL_CERT_FILE": str(tmp_path / "ca.pem")})
        async with open_network(egress, "https://example.com", polls=1, downloads=1) as network:
            answer = await network.image.get(f"https://images.example:{far.port}/1.png")
    assert answer.status_code == 200
    assert proxy.heard[0].split()[1] == f"images.example:{far.port}".encode()


async def test_no_proxy_is_obeyed(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(Peer(), authority.server) as far, listening(Peer(), tunnel=True) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", "localhost")
        origin = f"https://localhost:{far.port}"
        egress = open_egress({"SSL_CERT_FILE": str(authority.file)})
        async with open_network(egress, origin, polls=2, downloads=2) as network:
            await ask_all(network, origin + "/x")
    assert proxy.heard == []
    assert len(far.heard) == 3


async def test_a_stranger_s_certificate_is_refused_before_anything_is_sent(
    authority: Authority,
) -> None:
    async with listening(Peer(), authority.server) as far:
        origin = f"https://localhost:{far.port}"
        async with open_network(open_egress({}), origin, polls=2, downloads=2) as network:
            for client, method in ((network.submit, "POST"), (network.poll, "GET")):
                with pytest.raises(httpx.ConnectError):
                    await client.request(method, origin)
    assert far.heard == []


async def test_images_are_not_fetched_from_private_addresses() -> None:
    async with (
        listening(Peer()) as far,
        open_network(open_egress({}), "https://example.com", polls=1, downloads=1) as network,
    ):
        with pytest.raises(httpx.ConnectError):
            await network.image.get(f"http://localhost:{far.port}/")
        assert far.heard == []
        answer = await network.poll.get(f"http://localhost:{far.port}/")
    assert answer.status_code == 200


@pytest.fixture
async def plain() -> AsyncIterator[Network]:
    egress = Egress(ssl.create_default_context(), lambda _url: None)
    async with open_network(egress, "http://127.0.0.1", polls=2, downloads=2) as network:
        yield network


async def test_who_is_at_the_other_end_is_checked_once_more() -> None:
    # A body that is still to come, so that there is a connection whose end can be looked at.
    peer = Peer(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}")
    looks: list[str] = []

    def check(address: str) -> None:
        looks.append(address)
        if len(looks) > 1:
            raise AddressError(f"{address} is somebody else")

    egress = Egress(ssl.create_default_context(), lambda _url: None)
    transport = AiohttpTransport(egress, connections=1, check_address=check)
    async with listening(peer) as far, httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(httpx.TransportError, match="somebody else"):
            await client.get(f"http://127.0.0.1:{far.port}/a.png")
    assert looks == ["127.0.0.1", "127.0.0.1"]


async def test_signed_urls_arrive_as_they_are(plain: Network) -> None:
    path = "/a%2Fb/%E4%BD%A0?sig=x%2By%2F%3D&empty="
    async with listening(Peer()) as far:
        await plain.image.get(f"http://127.0.0.1:{far.port}{path}")
    assert far.heard[0].split()[1].decode() == path


async def test_redirects_and_cookies_stay_where_they_are(plain: Network) -> None:
    answer = b"HTTP/1.1 302 Found\r\nLocation: /y\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
    async with listening(Peer(answer)) as far:
        for _ in range(2):
            got = await plain.poll.get(f"http://127.0.0.1:{far.port}/x")
            assert (got.status_code, got.reason_phrase) == (302, "Found")
    assert not any(b"cookie" in head.lower() for head in far.heard)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"HTTP/1.1 200 OK\r\nX: y\r\n", httpx.RemoteProtocolError),
        (b"nonsense\r\n\r\n", httpx.RemoteProtocolError),
        (b"", httpx.RemoteProtocolError),
    ],
)
async def test_broken_answers_are_errors_of_httpx(
    plain: Network, answer: bytes, error: type[Exception]
) -> None:
    async with listening(Peer(answer)) as far:
        with pytest.raises(error):
            await plain.poll.get(f"http://127.0.0.1:{far.port}/")


async def test_a_short_body_is_an_error(plain: Network) -> None:
    class Cut(Peer):
        async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
            writer.close()

    async with listening(Cut()) as far:
        with pytest.raises(httpx.TransportError):
            await plain.image.get(f"http://127.0.0.1:{far.port}/")


async def test_nobody_listening_is_a_connect_error(plain: Network) -> None:
    async with listening(Peer()) as far:
        port = far.port
    with pytest.raises(httpx.ConnectError):
        await plain.poll.get(f"http://127.0.0.1:{port}/")
    with pytest.raises(httpx.UnsupportedProtocol):
        await plain.poll.get("ftp://127.0.0.1/")


async def test_silence_is_a_read_timeout(plain: Network) -> None:
    async def mute(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await ended.wait()
        writer.close()

    ended = asyncio.Event()
    server = await asyncio.start_server(mute, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        with pytest.raises(httpx.ReadTimeout):
            await plain.poll.get(f"http://127.0.0.1:{port}/", timeout=httpx.Timeout(5, read=0.05))
        ended.set()


def test_what_can_t_be_used_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EgressError, match=r"SSL_CERT_FILE names .* does not exist"):
        open_egress({"SSL_CERT_FILE": str(tmp_path / "none")})
    (tmp_path / "bad.pem").write_text("no certificate")
    with pytest.raises(EgressError, match="can't be read"):
        open_egress({"SSL_CERT_FILE": str(tmp_path / "bad.pem")})
    monkeypatch.setenv("ALL_PROXY", "socks5://user:s3cret@127.0.0.1:1")
    with pytest.raises(EgressError, match="not an http:// proxy") as caught:
        open_egress({})
    assert "s3cret" not in str(caught.value)


def test_a_proxy_without_a_scheme_is_an_http_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "proxy.example:3128")
    egress = open_egress({})
    assert egress.proxy_for("https://a.example/") == "http://proxy.example:3128"
