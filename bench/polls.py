"""CPU of the client for 10,000 looks at tasks, 64 in flight: ours, bare aiohttp and httpx.

Over HTTP and over TLS, against a server that does next to nothing, in a process of its own. Ours is
the gateway's client as the engine has it: httpx's API, the answer read and judged. The others ask
and read the JSON. Rounds are interleaved; CPU is that of this process, so that a busy machine
matters little. httpx takes so long that it makes fewer looks; all are stated for 10,000.

Then 1,000 jobs wait in the engine's lane, each to be looked at every 2 s, give or take a fifth: by
how much did a look come later than it was due?

Needs nothing but the project's environment.
"""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from statistics import median, quantiles

import aiohttp
import httpx
from apparatus.poll_server import TASK, PollServer

from tui.core import schedule
from tui.services.clock import SystemClock
from tui.services.egress import Egress
from tui.services.engine.lanes import Lane, Widths
from tui.services.gateway.client import Gateway
from tui.services.gateway.outcome import Progress
from tui.services.keys import Key
from tui.services.network import open_network

_SHORT = os.environ.get("IMAGEDECK_BENCH") == "short"
_ROUNDS = 2 if _SHORT else 5
_IN_FLIGHT = 64
_LOOKS, _FEW = (1500, 200) if _SHORT else (5000, 400)
_JOBS, _SECONDS = (200, 6.0) if _SHORT else (1000, 30.0)
_PATH = "/v2/extend/image/gpt_image/tasks/{task_id}"

Look = Callable[[], Awaitable[None]]
Client = Callable[[PollServer], AbstractAsyncContextManager[Look]]


@asynccontextmanager
async def ours(server: PollServer, polls: int = _IN_FLIGHT) -> AsyncIterator[Look]:
    egress = Egress(server.trust, lambda _url: None)
    async with open_network(egress, server.url, polls=polls, downloads=8) as network:
        gateway = Gateway(
            submit=network.submit,
            poll=network.poll,
            base=server.url,
            key=Key("sk-bench"),
            clock=SystemClock(),
        )

        async def look() -> None:
            assert isinstance(await gateway.look(_PATH, TASK), Progress)

        yield look


@asynccontextmanager
async def bare_aiohttp(server: PollServer) -> AsyncIterator[Look]:
    connector = aiohttp.TCPConnector(ssl=server.trust, limit=_IN_FLIGHT)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def look() -> None:
            url = server.url + _PATH.format(task_id=TASK)
            async with session.get(url, headers={"X-API-Key": "sk-bench"}) as answer:
                assert (await answer.json())["status"] == "processing"

        yield look


@asynccontextmanager
async def plain_httpx(server: PollServer) -> AsyncIterator[Look]:
    async with httpx.AsyncClient(verify=server.trust, trust_env=False) as client:

        async def look() -> None:
            url = server.url + _PATH.format(task_id=TASK)
            answer = await client.get(url, headers={"X-API-Key": "sk-bench"}, timeout=60.0)
            assert answer.json()["status"] == "processing"

        yield look


async def cpu_of(client: Client, server: PollServer, looks: int) -> float:
    """Return the seconds of CPU for 10,000 looks, once all connections are there."""
    async with client(server) as look:
        await asyncio.gather(*(look() for _ in range(_IN_FLIGHT)))
        left = looks

        async def watch() -> None:
            nonlocal left
            while left > 0:
                left -= 1
                await look()

        begun = time.process_time()
        await asyncio.gather(*(watch() for _ in range(_IN_FLIGHT)))
        return (time.process_time() - begun) * 10_000 / looks


async def lateness(server: PollServer) -> tuple[list[float], float]:
    """Let jobs wait in a lane; return how often its gap each look took, and CPU by the second."""
    clock, due = SystemClock(), dict[str, tuple[float, float]]()
    found: list[float] = []
    width = Widths().poll
    async with ours(server, width) as look:

        async def serve(job: str) -> None:
            since, gap = due[job]
            found.append((clock.monotonic() - since) / gap)
            await look()
            wait(job, schedule.PENDING_GAP * (1 + schedule.JITTER * random.uniform(-1, 1)))

        def wait(job: str, gap: float) -> None:
            due[job] = clock.monotonic(), gap
            lane.push(job, gap)

        await asyncio.gather(*(look() for _ in range(width)))  # all connections are there
        lane = Lane(serve, width=width, clock=clock)
        for number in range(_JOBS):
            wait(str(number), random.uniform(0.5, schedule.PENDING_GAP))
        begun, cpu = time.monotonic(), time.process_time()
        running = asyncio.create_task(lane.run())
        await asyncio.sleep(_SECONDS)
        used = (time.process_time() - cpu) / (time.monotonic() - begun)
        running.cancel()
        await lane.finish(1.0)
    return found, used


_CLIENTS: dict[str, tuple[Client, int]] = {
    "imagedeck, httpx's API": (ours, _LOOKS),
    "bare aiohttp": (bare_aiohttp, _LOOKS),
    "httpx": (plain_httpx, _FEW),
}


def compare(scheme: str, server: PollServer) -> None:
    """Print a line a client."""
    found: dict[str, list[float]] = {name: [] for name in _CLIENTS}
    for _ in range(_ROUNDS):
        for name, (client, looks) in _CLIENTS.items():
            found[name].append(asyncio.run(cpu_of(client, server, looks)))
    for name, seconds in found.items():
        ratios = [one / our for one, our in zip(seconds, found[next(iter(found))], strict=True)]
        spread = f"{min(seconds):.1f}-{max(seconds):.1f}"
        ratio = f"{median(ratios):6.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
        print(f"{scheme:<6} {name:<24} {median(seconds):8.1f} {spread:>14} {ratio:>24}")


def main() -> None:
    """Print CPU seconds for 10,000 looks, then how late looks are."""
    print(f"{_ROUNDS} rounds: CPU s for 10,000 looks, {_IN_FLIGHT} in flight; times ours")
    for tls in (False, True):
        with PollServer(tls=tls) as server:
            scheme = "TLS" if tls else "HTTP"
            compare(scheme, server)
            late, used = asyncio.run(lateness(server))
            above = sum(one > 1.2 for one in late)
            print(
                f"{scheme:<6} {_JOBS:,} waiting jobs, {len(late) / _SECONDS:.0f} looks/s: "
                f"{100 * used:.0f} % CPU; gap {median(late):.3f} × what was due, "
                f"p99 {quantiles(late, n=100)[-1]:.3f}, at most {max(late):.3f}; above 1.2: {above}"
            )


if __name__ == "__main__":
    main()
