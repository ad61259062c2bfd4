"""A server that answers every GET with the same short status, with as little work as can be.

A process of its own: `with PollServer() as server:`, over TLS `with PollServer(tls=True) as …`.
"""

import asyncio
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Self

import trustme

TASK = "img_gen_0123456789abcdef01234567"
_BODY = b'{"task_id": "%s", "status": "processing", "model": "gpt-image-2"}' % TASK.encode()
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(_BODY)
) + _BODY


class PollServer:
    """`url` is where it answers, `trust` what a client must trust over TLS."""

    def __init__(self, *, tls: bool = False) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._command = [sys.executable, "-P", __file__]
        authority = trustme.CA()
        self.trust = ssl.create_default_context()
        authority.configure_trust(self.trust)
        if tls:
            place = Path(self._folder.name, "server.pem")
            authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(place)
            self._command.append(str(place))
        self._scheme = "https" if tls else "http"

    def __enter__(self) -> Self:
        """Start it."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.url = f"{self._scheme}://127.0.0.1:{self._process.stdout.readline().strip()}"
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._process.terminate()
        self._process.communicate()
        self._folder.cleanup()


class _Answers(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        *whole, self._rest = (self._rest + data).split(b"\r\n\r\n")
        self._transport.write(_ANSWER * len(whole))


async def _serve(certificate: str | None) -> None:
    context = None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Answers, "127.0.0.1", 0, ssl=context, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1] if len(sys.argv) > 1 else None))
