"""A raw HTTP server, pictures and jobs, for the tests about images."""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tui.core.job import Job, State
from tui.core.naming import DEFAULT_TEMPLATE
from tui.core.request import Request
from tui.services.decode import Decoder

Picture = Callable[..., bytes]
MakeJob = Callable[..., Job]


@dataclass
class RawServer:
    """Sends bytes exactly as told, so that it can also break every rule of HTTP."""

    origin: str = ""
    requests: list[str] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    _answers: dict[str, tuple[bytes, bool]] = field(default_factory=dict)

    def give(
        self, path: str, body: bytes = b"", *, status: int = 200, hang: bool = False, **headers: Any
    ) -> str:
        """Answer `path` so; return its URL. A header of None is left out."""
        headers = {"content_length": len(body), "content_type": "image/png", **headers}
        lines = [f"{k.replace('_', '-')}: {v}" for k, v in headers.items() if v is not None]
        head = "\r\n".join([f"HTTP/1.1 {status} X", "Connection: close", *lines, "", ""])
        self._answers[path] = (head.encode() + body, hang)
        return self.origin + path

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.requests.append(head)
        self.asked.set()
        answer, hang = self._answers[head.split()[1]]
        writer.write(answer)
        if hang:
            await reader.read()
        writer.close()


@pytest.fixture
async def raw_server() -> AsyncIterator[RawServer]:
    raw = RawServer()
    server = await asyncio.start_server(raw.serve, "127.0.0.1")
    raw.origin = "http://127.0.0.1:{1}".format(*server.sockets[0].getsockname())
    async with server:
        yield raw


@pytest.fixture
def picture() -> Picture:
    def make(kind: str = "PNG", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
        noise = hashlib.shake_128(b"seed").digest(size[0] * size[1] * 3)
        file = io.BytesIO()
        Image.frombytes("RGB", size, noise).save(file, kind, **options)
        return file.getvalue()

    return make


@pytest.fixture
def make_job(tmp_path: Path) -> MakeJob:
    def make(prompt: str = "a lighthouse", **facts: Any) -> Job:
        values = {"prompt": prompt, "size": "1024x1536"}
        given = {
            "id": "0193f5a0c0de7abc8defa1b2c3d4e5f6",
            "request": Request(model="gpt-image-2", values=values),
            "state": State.DOWNLOADING,
            "created": 1_790_000_000.25,
            "updated": 1_790_000_000.25,
            "folder": str(tmp_path / "pictures"),
            "template": DEFAULT_TEMPLATE,
            "task_id": "img_gen_1",
        }
        return Job(**{**given, **facts})

    return make


@pytest.fixture
async def decoder() -> AsyncIterator[Decoder]:
    decoder = Decoder()
    yield decoder
    await decoder.close()
