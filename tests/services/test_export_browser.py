"""The contact sheet in a real browser, where there is one."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image

from tui.core.grid import Cell
from tui.core.job import Job, Saved, State
from tui.core.request import Request
from tui.services.export.items import items_of
from tui.services.export.writing import write_folder

_BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
HOSTILE = '"><img src=x onerror="document.title=1"></script><script>document.title=2</script>'

# They load once they are in view, so they are told not to wait for that.
_LOADED = """Promise.all([...document.querySelectorAll("figure img")].map((one) => {
  one.loading = "eager";
  return one.decode();
})).then((all) => all.length)"""

pytestmark = pytest.mark.skipif(_BROWSER is None, reason="there is no Chromium")


class Page:
    """A page in a browser, asked over its own protocol."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self.events: list[dict[str, Any]] = []

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        while True:
            said = json.loads((await self._socket.receive()).data)
            if said.get("id") == self._number:
                return dict(said["result"])
            self.events.append(said)

    async def value(self, expression: str) -> Any:
        said = await self.call("Runtime.evaluate", expression=expression, awaitPromise=True)
        return said["result"].get("value")

    async def until(self, method: str) -> None:
        async with asyncio.timeout(60):
            while not any(one["method"] == method for one in self.events):
                self.events.append(json.loads((await self._socket.receive()).data))


@asynccontextmanager
async def opened(page: Path, profile: Path) -> AsyncIterator[Page]:
    """Open a page without any network."""
    assert _BROWSER
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"]
    flags += ["--proxy-server=127.0.0.1:9", "--window-size=1200,900", f"--user-data-dir={profile}"]
    browser = await asyncio.create_subprocess_exec(
        _BROWSER, *flags, "about:blank", stderr=asyncio.subprocess.PIPE
    )
    try:
        assert browser.stderr
        async with asyncio.timeout(60):
            while b"DevTools listening" not in (line := await browser.stderr.readline()):
                assert line, "the browser has ended"
        origin = line.decode().split()[-1].split("/")[2]
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://{origin}/json/list") as answer:
                (target,) = [one for one in await answer.json() if one["type"] == "page"]
            async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                one = Page(socket)
                for domain in ("Page", "Network", "Log", "Runtime"):
                    await one.call(f"{domain}.enable")
                await one.call("Page.navigate", url=page.as_uri())
                await one.until("Page.loadEventFired")
                yield one
    finally:
        browser.kill()
        await browser.wait()


def made(folder: Path, number: int, model: str, prompt: str = HOSTILE, **facts: Any) -> Job:
    path = folder / f"boat {number} %#?.png"
    Image.new("RGB", (40, 30), "red").save(path)
    saved = Saved(
        path=str(path), index=1, width=40, height=30, format="PNG", bytes=9, sha256="0" * 64
    )
    return Job(
        id=f"{number:032x}",
        request=Request(model=model, values={"prompt": prompt, "quality": "high"}),
        state=State.SAVED,
        created=0.0,
        updated=0.0,
        folder="/",
        template="x",
        files=(saved,),
        **facts,
    )


async def test_the_sheet_filters_and_enlarges_without_a_network_and_runs_no_prompt(
    tmp_path: Path,
) -> None:
    place = [("size", "1K", 0), ("size", "2K", 1)], [("model", "gpt", 0), ("model", HOSTILE, 1)]
    at = [(0, 0), (0, 1), (1, 1)]
    models = ("gpt-image-2", "gemini-3-pro-image", "gemini-3-pro-image")
    jobs = [
        made(tmp_path, n, models[n], group="x", row=Cell(place[0][a], place[1][b]).key)
        for n, (a, b) in enumerate(at)
    ]
    jobs.append(made(tmp_path, 3, "gpt-image-2", "a boat\nin two lines"))
    write_folder(list(items_of(jobs)), tmp_path / "out", pytest.fail)
    async with opened(tmp_path / "out" / "index.html", tmp_path / "profile") as page:
        assert await page.value("document.title") == "imagedeck"
        assert await page.value(_LOADED) == 4
        seen = "[...document.querySelectorAll('{}')].filter((one) => one.offsetParent).length"
        assert await page.value(seen.format("td")) == 4
        await page.value("document.querySelectorAll('button')[2].click()")
        counts = [await page.value(seen.format(one)) for one in ("figure", "tbody tr", "thead th")]
        assert counts == [2, 2, 2]  # the other model's column is gone
        await page.value("document.querySelectorAll('button')[0].click()")
        assert await page.value(seen.format("figure")) == 4
        await page.value("document.querySelectorAll('figure img')[3].click()")
        words = await page.value("document.querySelector('dialog[open] div').innerText")
        assert words.startswith("a boat\nin two lines")
        assert "quality" in words
        await page.call("Input.dispatchKeyEvent", type="keyDown", key="ArrowRight")
        words = await page.value("document.querySelector('dialog[open] div').innerText")
        assert words.startswith(HOSTILE)
        for kind in ("rawKeyDown", "keyUp"):
            await page.call(
                "Input.dispatchKeyEvent", type=kind, key="Escape", windowsVirtualKeyCode=27
            )
        assert await page.value("document.querySelector('dialog[open]')") is None
        asked = [one for one in page.events if one["method"] == "Network.requestWillBeSent"]
        assert asked
        assert all(one["params"]["request"]["url"].startswith("file:") for one in asked)
        assert not [one for one in page.events if one["method"] == "Log.entryAdded"]
