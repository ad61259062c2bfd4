"""The embedded gateway reached both ways: over a socket, and in process."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from tui.demo.gateway import DemoGateway
from tui.demo.ledger import Ledger, read_ledger
from tui.demo.transport import DemoTransport


class Reached:
    """A client of a gateway, with shortcuts for what every test does."""

    def __init__(self, client: httpx.AsyncClient, folder: Path) -> None:
        self.client = client
        self.folder = folder

    async def submit(self, family: str, **body: Any) -> httpx.Response:
        return await self.client.post(f"/v2/extend/image{family}/generations", json=body)

    async def accepted(self, family: str, **body: Any) -> str:
        answer = await self.submit(family, **body)
        assert answer.status_code == 200, answer.text
        task_id = answer.json()["task_id"]
        assert isinstance(task_id, str)
        return task_id

    async def poll(self, family: str, task_id: str) -> httpx.Response:
        return await self.client.get(f"/v2/extend/image{family}/tasks/{task_id}")

    async def images(self, family: str, **body: Any) -> list[dict[str, str]]:
        answer = await self.poll(family, await self.accepted(family, **body))
        images: list[dict[str, str]] = answer.json()["result"]["images"]
        return images

    def ledger(self) -> Ledger:
        return read_ledger(self.folder)


Reach = Callable[..., Reached]


@pytest.fixture(params=["socket", "in process"])
async def reach(
    request: pytest.FixtureRequest, http_gateway: Callable[..., Any], tmp_path: Path
) -> AsyncIterator[Reach]:
    async with AsyncExitStack() as stack:

        def start(**options: Any) -> Reached:
            timeout = options.pop("timeout", 5.0)
            headers = {"X-API-Key": "sk-test"}
            if request.param == "socket":
                gateway = http_gateway(**options)
                client = httpx.AsyncClient(
                    base_url=gateway.url, headers=headers, timeout=timeout, trust_env=False
                )
                stack.push_async_callback(client.aclose)
                return Reached(client, gateway.folder)
            served = DemoGateway(tmp_path / "in-process", **{"pace": 0.0, **options})
            stack.callback(served.close)
            client = httpx.AsyncClient(
                base_url="http://demo.invalid",
                headers=headers,
                timeout=timeout,
                transport=DemoTransport(served.app),
            )
            stack.push_async_callback(client.aclose)
            return Reached(client, served.folder)

        yield start
