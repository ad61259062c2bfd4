"""What keeps a submission from leaving: certificates, versions, proxies. Each costs nothing."""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from tui.core.request import Request
from tui.models import GPT_IMAGE
from tui.services.clock import SystemClock
from tui.services.egress import open_egress
from tui.services.gateway.body import encode
from tui.services.gateway.client import Gateway
from tui.services.gateway.outcome import NotSent, Submission
from tui.services.network import open_network

BODY = encode(GPT_IMAGE, Request(model=GPT_IMAGE.id, values={"prompt": "a cat"}), lambda _: _)
PAST = datetime(2020, 1, 1, tzinfo=UTC)


class Listener:
    """Reads what comes, then says its line and hangs up."""

    def __init__(self, line: bytes = b"") -> None:
        self.line = line
        self.heard: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.heard.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(self.line)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def listening(one: Listener, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def submit(origin: str, environ: dict[str, str]) -> tuple[Submission, list[str]]:
    asked: list[str] = []

    async def on_sent() -> bool:
        asked.append("sent")
        return True

    async with open_network(open_egress(environ), origin, polls=1, downloads=1) as network:
        gateway = Gateway(
            submit=network.submit, poll=network.poll, base=origin, key=None, clock=SystemClock()
        )
        return await gateway.submit(GPT_IMAGE.submit_path, BODY, on_sent), asked


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def another_host(ca: trustme.CA, tls: ssl.SSLContext) -> None:
    ca.issue_cert("elsewhere.example").configure_cert(tls)


def expired(ca: trustme.CA, tls: ssl.SSLContext) -> None:
    ca.issue_cert("localhost", not_before=PAST, not_after=PAST.replace(month=2)).configure_cert(tls)


def unknown_ca(_ca: trustme.CA, tls: ssl.SSLContext) -> None:
    trustme.CA().issue_cert("localhost").configure_cert(tls)


def old_version(ca: trustme.CA, tls: ssl.SSLContext) -> None:
    ca.issue_cert("localhost").configure_cert(tls)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        tls.minimum_version = tls.maximum_version = ssl.TLSVersion.TLSv1_1
    tls.set_ciphers("ALL:@SECLEVEL=0")


@pytest.mark.parametrize("fault", [another_host, expired, unknown_ca, old_version])
async def test_a_connection_that_can_t_be_trusted_gets_nothing(
    tmp_path: Path, fault: Callable[[trustme.CA, ssl.SSLContext], None]
) -> None:
    ca, far = trustme.CA(), Listener()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    fault(ca, tls)
    async with listening(far, tls) as port:
        environ = {"SSL_CERT_FILE": str(tmp_path / "ca.pem")}
        outcome, asked = await submit(f"https://localhost:{port}", environ)
    assert isinstance(outcome, NotSent)
    assert outcome.message
    assert (asked, far.heard) == ([], [])


@pytest.mark.parametrize(
    "line",
    [
        b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"",
        b"no HTTP at all\r\n\r\n",
    ],
    ids=["407", "502", "drops the tunnel", "hangs up", "nonsense"],
)
async def test_a_proxy_that_opens_no_tunnel_gets_nothing(
    line: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = Listener(line)
    async with listening(proxy) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        outcome, asked = await submit("https://gateway.invalid", {})
    assert isinstance(outcome, NotSent)
    assert asked == []
    assert [head.split()[:2] for head in proxy.heard] == [[b"CONNECT", b"gateway.invalid:443"]]


async def test_a_proxy_that_nobody_listens_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    outcome, asked = await submit("https://gateway.invalid", {})
    assert isinstance(outcome, NotSent)
    assert asked == []
