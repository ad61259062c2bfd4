import asyncio
import itertools
import os
import sqlite3
import stat
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tui import models
from tui.core.fields import Choice, Prompt
from tui.core.model import Model
from tui.core.request import Request
from tui.core.size import Size
from tui.demo import BRISK
from tui.demo.gateway import DemoGateway
from tui.demo.ledger import read_ledger
from tui.demo.network import open_demo
from tui.demo.task import Task
from tui.demo.transport import DemoTransport
from tui.models.gemini import GEMINI_FLASH
from tui.models.gpt_image import GPT_IMAGE
from tui.models.seedream import SEEDREAM
from tui.services.clock import SystemClock, Timer


class FakeClock:
    def __init__(self) -> None:
        self.time = 1_800_000_000.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += seconds

    def call_later(self, seconds: float, act: Callable[[], None]) -> Timer:
        self.time += seconds
        return asyncio.get_running_loop().call_soon(act)


def client_of(gateway: DemoGateway) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=DemoTransport(gateway.app),
        base_url="http://demo.invalid",
        headers={"X-API-Key": "k"},
    )


async def test_a_task_advances_by_the_clock(tmp_path: Path) -> None:
    clock = FakeClock()
    born = clock.now()
    seen: dict[str, float] = {}
    with DemoGateway(tmp_path, clock=clock) as gateway:
        async with client_of(gateway) as client:
            path = "/v2/extend/image/seedream"
            accepted = await client.post(f"{path}/generations", json={"prompt": "x"})
            task = f"{path}/tasks/{accepted.json()['task_id']}"
            while "succeeded" not in seen:
                answer = (await client.get(task)).json()
                seen.setdefault(answer["status"], clock.now() - born)
                assert ("result" in answer) is (answer["status"] == "succeeded")
                clock.time += 0.1
    assert list(seen) == ["pending", "processing", "succeeded"]
    assert 0.5 < seen["processing"] < 10
    assert 8 < seen["succeeded"] < 75


async def test_slow_waits_by_the_clock(tmp_path: Path) -> None:
    clock = FakeClock()
    born = clock.now()
    with DemoGateway(tmp_path, clock=clock, faults=["submit:slow=90"]) as gateway:
        async with client_of(gateway) as client:
            await client.post("/v2/extend/image/generations", json={"prompt": "x"})
    assert clock.now() - born == 90


@pytest.mark.parametrize(
    ("model", "quality", "typical"),
    [(SEEDREAM, None, 25.0), (GPT_IMAGE, "low", 20.0), (GPT_IMAGE, "high", 140.0)],
)
def test_durations_lie_around_the_models_typical_time(
    model: Model, quality: str | None, typical: float
) -> None:
    values = {"prompt": "x"} | ({"quality": quality} if quality else {})
    request = Request(model=model.id, values=values)
    tasks = [Task.start(model, request, 0.0, 1.0) for _ in range(300)]
    taken = [task.waits + task.works for task in tasks]
    assert 0.85 * typical < statistics.median(taken) < 1.15 * typical
    assert min(taken) < 0.7 * typical
    assert max(taken) > 1.5 * typical
    brisk = Task.start(model, request, 0.0, BRISK)
    assert brisk.waits + brisk.works < typical * BRISK * 5


def test_all_tasks_survive_a_restart(http_gateway: Callable[..., Any], tmp_path: Path) -> None:
    first = http_gateway(folder=tmp_path / "kept")
    headers = {"X-API-Key": "k"}
    path = "/v2/extend/image/gpt_image"
    body = {"prompt": "月亮", "n": 2, "quality": "low", "output_format": "webp"}
    with httpx.Client(headers=headers, trust_env=False) as client:
        accepted = client.post(f"{first.url}{path}/generations", json=body).json()
        before = client.get(f"{first.url}{path}/tasks/{accepted['task_id']}").json()
        [image, _] = before["result"]["images"]
        content = client.get(image["url"]).content
        first.stop()
        second = http_gateway(folder=tmp_path / "kept")
        after = client.get(f"{second.url}{path}/tasks/{accepted['task_id']}").json()
        [image, _] = after["result"]["images"]
        assert image["url"].startswith(second.url)
        assert client.get(image["url"]).content == content
    assert {**after, "result": None} == {**before, "result": None}
    assert second.ledger().polls == {accepted["task_id"]: 2}


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with DemoGateway(tmp_path / "new" / "deep"):
            folder = tmp_path / "new" / "deep"
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            for file in folder.iterdir():
                assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    finally:
        os.umask(before)


_WRITE_MANY = """
import sys
from pathlib import Path
from tui.core.request import Request
from tui.demo.ledger import Entry, Kind
from tui.demo.store import Store
from tui.demo.task import Task
from tui.models.seedream import SEEDREAM

folder, name = sys.argv[1:]
store = Store(Path(folder))
request = Request(model=SEEDREAM.id, values={"prompt": name})
for _ in range(50):
    task = Task.start(SEEDREAM, request, 0.0, 0.0)
    entry = Entry(kind=Kind.ACCEPTED, at=0.0, path="/", task_id=task.id, prompt=name)
    store.add(task, entry)
    assert store.polled(task.id)
store.close()
"""


def test_several_processes_share_a_folder(tmp_path: Path) -> None:
    start = [sys.executable, "-P", "-c", _WRITE_MANY, str(tmp_path)]
    writers = [subprocess.Popen([*start, name]) for name in "abc"]
    assert [writer.wait(30) for writer in writers] == [0, 0, 0]
    ledger = read_ledger(tmp_path)
    assert [ledger.charges(name) for name in "abc"] == [50, 50, 50]
    assert set(ledger.polls.values()) == {1}


def test_a_ledger_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        read_ledger(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


FIFTH = Model(
    id="dalle-9",
    aliases=("dalle",),
    title="Dall-E 9",
    best_for="tests",
    submit_path="/v9/paint",
    poll_path="/v9/paint/{task_id}/state",
    fields=(Prompt(), Choice(name="mood", help="Mood.", choices=("calm", "wild"))),
    pixels=lambda _values: Size(300, 200),
)
SIXTH = replace(GEMINI_FLASH, id="gemini-9", fixed={"model": "gemini-9"})


async def test_a_new_declaration_is_all_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "MODELS", (*models.MODELS, FIFTH, SIXTH))
    with DemoGateway(tmp_path, pace=0.0) as gateway:
        async with client_of(gateway) as client:
            wrong = await client.post("/v9/paint", json={"prompt": "x", "mood": "sad"})
            assert "calm, wild" in wrong.json()["error"]["message"]
            accepted = await client.post("/v9/paint", json={"prompt": "x", "mood": "wild"})
            assert accepted.json()["model"] == "novita_dalle/dalle-9"
            found = await client.get(f"/v9/paint/{accepted.json()['task_id']}/state")
            assert found.json()["status"] == "succeeded"
            body = {"prompt": "x", "model": "gemini-9"}
            sixth = await client.post("/v2/extend/image/generations", json=body)
            assert sixth.json()["model"] == "novita_gemini/gemini-9"
            body = {"prompt": "x", "model": "gemini-10"}
            unknown = await client.post("/v2/extend/image/generations", json=body)
            assert "gemini-3-pro-image, gemini-9" in unknown.json()["error"]["message"]


async def test_a_task_of_a_model_that_is_gone(tmp_path: Path) -> None:
    with DemoGateway(tmp_path, pace=0.0, models=[FIFTH]) as gateway:
        async with client_of(gateway) as client:
            accepted = await client.post("/v9/paint", json={"prompt": "x"})
    lone = replace(FIFTH, id="dalle-10")
    with DemoGateway(tmp_path, pace=0.0, models=[lone]) as gateway:
        async with client_of(gateway) as client:
            found = await client.get(f"/v9/paint/{accepted.json()['task_id']}/state")
            assert found.status_code == 404


async def test_the_demos_clients_need_no_key(tmp_path: Path) -> None:
    async with open_demo(tmp_path, SystemClock(), pace=0.0) as network:
        url = "http://demo.invalid/v2/extend/image/gpt_image"
        accepted = await network.submit.post(f"{url}/generations", json={"prompt": "x"})
        found = await network.poll.get(f"{url}/tasks/{accepted.json()['task_id']}")
        image = await network.image.get(found.json()["result"]["images"][0]["url"])
        assert image.headers["content-type"] == "image/png"
    assert read_ledger(tmp_path).accepted[0].key is None


def test_ids_cannot_be_guessed() -> None:
    request = Request(model=SEEDREAM.id, values={"prompt": "x"})
    one, two = (Task.start(SEEDREAM, request, 0.0, 1.0) for _ in range(2))
    assert one.id != two.id
    assert len(one.token) >= 24
    assert not any(one.token in text for text in itertools.chain((one.id, two.id, two.token)))
