"""The three HTTP clients, all of them leading into the embedded gateway of this process."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from tui.demo import BRISK
from tui.demo.gateway import DemoGateway
from tui.demo.transport import DemoTransport
from tui.services.clock import Clock
from tui.services.network import Network, clients


@asynccontextmanager
async def open_demo(
    folder: Path, clock: Clock, *, pace: float = BRISK, faults: Iterable[str] = ()
) -> AsyncIterator[Network]:
    """Open clients for a gateway whose tasks live in `folder`; no key is asked for."""
    with DemoGateway(folder, clock=clock, pace=pace, needs_key=False, faults=faults) as gateway:
        submit, poll, image = (DemoTransport(gateway.app) for _ in range(3))
        async with clients(submit, poll, image) as network:
            yield network
