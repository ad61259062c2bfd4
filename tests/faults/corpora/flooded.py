"""Submit, look and fetch while a server floods; say how each ended, and what memory it took."""

import asyncio
import gzip
import json
import re
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from math import inf
from pathlib import Path

from tui.core.job import Result
from tui.core.request import Request
from tui.models import GPT_IMAGE
from tui.services.clock import SystemClock
from tui.services.egress import Egress
from tui.services.gateway import client
from tui.services.gateway.body import encode
from tui.services.gateway.client import Gateway
from tui.services.images import FetchError, Images
from tui.services.network import open_network

MEGABYTE = 1024**2
GZIP = "Content-Encoding: gzip"
BODY = encode(GPT_IMAGE, Request(model=GPT_IMAGE.id, values={"prompt": "a cat"}), lambda _: _)


@dataclass(frozen=True)
class Flood:
    """An answer: how it begins, what is said again and again, how often, with which pauses."""

    start: bytes
    piece: bytes = b""
    times: float = inf
    pause: float = 0.0
    end: bytes = b""


def head(*lines: str, end: bool = True) -> bytes:
    start = ["HTTP/1.1 200 OK", "Content-Type: application/json", *lines]
    return "\r\n".join([*start, *(["", ""] if end else [])]).encode()


def floods() -> dict[str, Flood]:
    bomb = gzip.compress(b"\0" * 256 * MEGABYTE, 1)
    mixed = b'{"a": [1, 2, 3], "b": "' + b"x" * MEGABYTE + b'"},'
    drops = {"piece": b" ", "pause": 0.05}
    return {
        "endless json": Flood(head() + b"[", mixed),
        "gigabyte": Flood(head(f"Content-Length: {1024 * MEGABYTE}"), b" " * MEGABYTE, 1024),
        "gzip bomb": Flood(head(GZIP) + bomb, times=0),
        "gzip of gzip": Flood(head(f"{GZIP}, gzip") + gzip.compress(bomb), times=0),
        "many values": Flood(head() + b"[", b"{}," * (MEGABYTE // 3), 90, end=b"{}]"),
        "deep": Flood(head(), b"[" * MEGABYTE, 90),
        "long string": Flood(head() + b'["', b"x" * MEGABYTE, 95, end=b'"]'),
        "endless header": Flood(head("X-Long: ", end=False), b"x" * MEGABYTE),
        "many headers": Flood(head("X-First: 1", end=False), b"\r\nX-More: 1" * 10_000),
        "drops": Flood(head("Content-Length: 999999"), **drops),
        "drops of a header": Flood(head("X-Long: ", end=False), **drops),
    }


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, flood: Flood) -> None:
    asked = await reader.readuntil(b"\r\n\r\n")
    if length := re.search(rb"(?i)content-length: (\d+)", asked):
        await reader.readexactly(int(length[1]))
    told = 0
    with suppress(ConnectionError):
        writer.write(flood.start)
        while told < flood.times and not writer.is_closing():
            writer.write(flood.piece)
            await writer.drain()
            await asyncio.sleep(flood.pause)
            told += 1
        writer.write(flood.end)
        await writer.drain()
    writer.close()


class Nowhere:
    async def write(self, data: bytes, /) -> None:
        pass


async def yes() -> bool:
    return True


async def outcomes(origin: str) -> AsyncIterator[str]:
    egress = Egress(ssl.create_default_context(), lambda _url: None)
    async with open_network(egress, origin, polls=1, downloads=1) as network:
        gateway = Gateway(
            submit=network.submit, poll=network.poll, base=origin, key=None, clock=SystemClock()
        )
        yield type(await gateway.submit("/submit", BODY, yes)).__name__
        yield type(await gateway.look("/tasks/{task_id}", "t1")).__name__
        try:
            await Images(network.image, origin, total_seconds=3).fetch(
                Result(url=f"{origin}/a.png"), Nowhere()
            )
        except FetchError as error:
            yield type(error).__name__


async def stand(flood: str) -> None:
    """Be the server."""
    chosen = floods()[flood]
    server = await asyncio.start_server(partial(serve, flood=chosen), "127.0.0.1")
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def all_outcomes(port: int) -> list[str]:
    return [one async for one in outcomes(f"http://127.0.0.1:{port}")]


def peak() -> int:
    """Return the most memory this process had so far, in MB.

    Not getrusage: its figure begins with that of whoever started the process.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024


def main(flood: str) -> None:
    client.ANSWER_SECONDS = 3.0 if flood.startswith("drops") else client.ANSWER_SECONDS
    command = [sys.executable, "-P", __file__, flood, "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout
        try:
            port = int(server.stdout.readline())
            before, start = peak(), time.monotonic()
            found = asyncio.run(all_outcomes(port))
            seconds = round(time.monotonic() - start, 1)
        finally:
            server.kill()
    print(json.dumps({"outcomes": found, "seconds": seconds, "before": before, "memory": peak()}))


if __name__ == "__main__":
    if "--serve" in sys.argv:
        asyncio.run(stand(sys.argv[1]))
    else:
        main(sys.argv[1])
