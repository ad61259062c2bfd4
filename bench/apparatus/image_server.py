"""A gateway that works on every task for a set time and delivers the same image, of 2 MB.

A process of its own: `with ImageServer(pace=1.0) as server:`. The first task takes as long as the
first of any other server, and so on: about 8 ± 2 s, times `pace`. `side` pixels make it smaller.
"""

import asyncio
import io
import json
import random
import subprocess
import sys
import time
import urllib.request
from typing import Self

from aiohttp import web
from PIL import Image

from tui.models import find_model

MODEL = find_model("gemini")  # of all models the one that is said to take the least
SUBMIT = MODEL.submit_path
TASKS = MODEL.poll_path.format(task_id="")
_SIDE = 1024  # pixels
_QUEUE = 0.1  # of its time a task is pending


class ImageServer:
    """`url` is where it answers."""

    def __init__(self, pace: float, side: int = _SIDE) -> None:
        self._command = [sys.executable, "-P", __file__, str(pace), str(side)]

    def __enter__(self) -> Self:
        """Start it."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.url = self._process.stdout.readline().strip()
        return self

    @property
    def looks(self) -> int:
        """How many looks at tasks it has answered."""
        with urllib.request.urlopen(f"{self.url}/looks") as answer:  # noqa: S310 - our own
            count: int = json.load(answer)["looks"]
        return count

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._process.terminate()
        self._process.communicate()


def _picture(side: int) -> bytes:
    """Make a PNG, with 1 megapixel of about 2 MB, as photographs have it: noise in the low bits."""
    chance = random.Random(1)
    noise = Image.frombytes("RGB", (side, side), chance.randbytes(3 * side * side))
    sky = Image.linear_gradient("L").resize((side, side)).convert("RGB")
    out = io.BytesIO()
    Image.blend(sky, noise, 0.16).save(out, "PNG", compress_level=1)
    return out.getvalue()


class _Tasks:
    def __init__(self, pace: float, side: int) -> None:
        self._pace = pace
        self._chance = random.Random(1)
        self._ends: dict[str, tuple[float, float]] = {}
        self._image = _picture(side)
        self._looks = 0

    async def submit(self, request: web.Request) -> web.Response:
        await request.read()
        task, now = f"img_gen_{len(self._ends):024x}", time.monotonic()
        takes = max(1.0, self._chance.gauss(8.0, 2.0)) * self._pace
        self._ends[task] = now + takes * _QUEUE, now + takes
        return web.json_response({"task_id": task, "status": "pending"})

    async def look(self, request: web.Request) -> web.Response:
        self._looks += 1
        task, now = request.match_info["task"], time.monotonic()
        starts, ends = self._ends[task]
        answer: dict[str, object] = {"task_id": task, "model": MODEL.id}
        if now < ends:
            return web.json_response(
                answer | {"status": "pending" if now < starts else "processing"}
            )
        url = f"http://{request.host}/images/{task}.png"
        result = {"images": [{"url": url}]}
        return web.json_response(answer | {"status": "succeeded", "result": result})

    async def count(self, _request: web.Request) -> web.Response:
        return web.json_response({"looks": self._looks})

    async def image(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._image, content_type="image/png")


async def _serve(pace: float, side: int) -> None:
    tasks, app = _Tasks(pace, side), web.Application()
    app.add_routes(
        [
            web.post(SUBMIT, tasks.submit),
            web.get(TASKS + "{task}", tasks.look),
            web.get("/images/{name}", tasks.image),
            web.get("/looks", tasks.count),
        ]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1]), int(sys.argv[2])))
