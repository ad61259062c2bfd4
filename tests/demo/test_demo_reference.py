"""What the published reference says, asked of the embedded gateway."""

import base64
import io
import json
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from PIL import Image

from tui.demo.ledger import fingerprint

SEEDREAM, GEMINI, GPT = "/seedream", "", "/gpt_image"
EXAMPLES = [
    (
        SEEDREAM,
        '{\n"prompt": "a cat playing guitar on the moon",\n"size": "2048x2048"\n}',
        "novita_seedream/seedream-5.0-lite",
        (2048, 2048),
    ),
    (
        GEMINI,
        (
            '{\n"model": "gemini-3.1-flash-image",\n'
            '"prompt": "a cat playing guitar on the moon",\n"size": "2K"\n}'
        ),
        "novita_gemini/gemini-3.1-flash-image",
        (2048, 2048),
    ),
    (
        GPT,
        '{\n"prompt": "a futuristic city at sunset",\n"size": "1024x1024",\n"quality": "medium"\n}',
        "novita_gpt/gpt-image-2",
        (1024, 1024),
    ),
]


def a_png(width: int = 9, height: int = 9, kind: str = "PNG") -> str:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, kind)
    return base64.b64encode(out.getvalue()).decode()


CURL = shutil.which("curl")


def curl(url: str, *more: str) -> bytes:
    command = [CURL or "curl", "-sS", "--noproxy", "*", url, *more]
    return subprocess.run(command, capture_output=True, check=True, timeout=30).stdout


@pytest.mark.skipif(not CURL, reason="curl is not installed")
@pytest.mark.parametrize(("family", "body", "model", "size"), EXAMPLES)
def test_the_references_curl_commands_work(
    http_gateway: Callable[..., Any],
    family: str,
    body: str,
    model: str,
    size: tuple[int, int],
) -> None:
    url = http_gateway().url
    key = ("-H", "X-API-Key: sk-any")
    kind = ("-H", "Content-Type: application/json")
    path = f"{url}/v2/extend/image{family}"
    accepted = json.loads(curl(f"{path}/generations", *key, *kind, "-d", body))
    assert accepted == {"task_id": accepted["task_id"], "model": model}
    assert accepted["task_id"].startswith("img_gen_")
    found = json.loads(curl(f"{path}/tasks/{accepted['task_id']}", *key))
    image = found["result"]["images"][0]["url"]
    assert found == {
        "task_id": accepted["task_id"],
        "status": "succeeded",
        "model": model,
        "result": {"images": [{"url": image}]},
    }
    assert image.startswith(f"{url}/demo/images/")
    assert Image.open(io.BytesIO(curl(image))).size == size


@pytest.mark.parametrize(("family", "body", "model", "size"), EXAMPLES)
async def test_golden_requests(
    reach: Callable[..., Any], family: str, body: str, model: str, size: tuple[int, int]
) -> None:
    gateway = reach()
    path = f"/v2/extend/image{family}"
    answer = await gateway.client.post(f"{path}/generations", content=body)
    assert answer.json()["model"] == model
    found = await gateway.poll(family, answer.json()["task_id"])
    image = await gateway.client.get(found.json()["result"]["images"][0]["url"])
    assert image.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(image.content)).size == size
    entry = gateway.ledger().accepted[0]
    assert (entry.path, entry.n) == (f"{path}/generations", 1)
    assert entry.prompt == json.loads(body)["prompt"]


@pytest.mark.parametrize(
    ("body", "model"),
    [
        ({}, "novita_gemini/gemini-3.1-flash-image"),
        ({"model": "gemini-3-pro-image"}, "novita_gemini/gemini-3-pro-image"),
    ],
)
async def test_gemini_defaults_to_flash(
    reach: Callable[..., Any], body: dict[str, str], model: str
) -> None:
    assert (await reach().submit(GEMINI, prompt="x", **body)).json()["model"] == model


async def test_every_fault_of_a_body_is_named(reach: Callable[..., Any]) -> None:
    gateway = reach()
    answer = await gateway.submit(GPT, prompt=" ", size="big", quality="LOW", n="2", colour="red")
    error = answer.json()["error"]
    assert answer.status_code == 400
    assert (error["code"], error["param"]) == ("invalid_parameter", "colour")
    params = [fault["param"] for fault in error["faults"]]
    assert params == ["colour", "prompt", "size", "quality", "n"]
    for name in params:
        assert f"{name}: " in error["message"]
    assert gateway.ledger().refused[0].status == 400
    assert gateway.ledger().accepted == ()


@pytest.mark.parametrize(
    ("family", "body", "named"),
    [
        (GEMINI, {"prompt": "x", "model": "gemini-9"}, "gemini-3-pro-image"),
        (GEMINI, {"prompt": "x", "aspect_ratio": "5:1"}, "16:9"),
        (SEEDREAM, {"prompt": "x", "size": "1024x1024"}, "1920x1920"),
        (SEEDREAM, {"prompt": "x", "model": "seedream"}, "no such field"),
        (SEEDREAM, {"prompt": "x", "image": "one.png"}, "must be an array"),
        (SEEDREAM, {"prompt": "x", "image": ["one.png"]}, "neither a URL nor"),
        (SEEDREAM, {"prompt": "x", "image": ["data:image/png;base64,AAAA"]}, "neither"),
        (SEEDREAM, {"prompt": "x", "image": [a_png(2, 2, "PPM")]}, "must be one of jpeg"),
        (SEEDREAM, {"prompt": "x", "image": ["https://a.b/c.png"] * 15}, "at most 14"),
        (SEEDREAM, {"prompt": "x", "size": "99999x99999"}, "paints at most"),
        (GPT, {"prompt": "x", "n": 0}, "at least 1"),
        (GPT, {"prompt": "x", "n": 1001}, "at most 1,000"),
        (GPT, {"prompt": "x", "n": True}, "whole number"),
        (GPT, {"prompt": "x [fault submit:nonsense]"}, "There is no fault"),
        (GPT, {}, "must not be empty"),
    ],
)
async def test_refused(
    reach: Callable[..., Any], family: str, body: dict[str, Any], named: str
) -> None:
    answer = await reach().submit(family, **body)
    assert answer.status_code == 400
    assert named in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"x"', b'{"prompt": NaN}', b"\xff{}", b"[" * 100_000]
)
async def test_bad_json(reach: Callable[..., Any], body: bytes) -> None:
    gateway = reach()
    answer = await gateway.client.post("/v2/extend/image/generations", content=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_json"


async def test_warnings_never_refuse(reach: Callable[..., Any]) -> None:
    gateway = reach()
    await gateway.accepted(GPT, prompt="x", size="1920x1080", n=12, background="transparent")
    await gateway.accepted(SEEDREAM, prompt="x", size="3K")


async def test_references_of_every_kind(reach: Callable[..., Any]) -> None:
    images = ["https://a.example/b.png", f"data:image/png;base64,{a_png()}", a_png(5, 5, "WEBP")]
    assert len(await reach().images(SEEDREAM, prompt="x", image=images)) == 1


async def test_keys(reach: Callable[..., Any]) -> None:
    gateway = reach(key="sk-right")
    path = "/v2/extend/image/generations"
    for headers, code in (({"X-API-Key": ""}, "missing"), ({"X-API-Key": "sk-no"}, "invalid")):
        for answer in (
            await gateway.client.post(path, json={"prompt": "x"}, headers=headers),
            await gateway.client.get("/v2/extend/image/tasks/img_gen_1", headers=headers),
        ):
            assert answer.status_code == 401
            assert answer.json()["error"]["code"] == f"{code}_api_key"
    right = {"X-API-Key": "sk-right"}
    assert (await gateway.client.post(path, json={"prompt": "x"}, headers=right)).is_success


async def test_ledger_keeps_names_of_headers_not_the_key(reach: Callable[..., Any]) -> None:
    gateway = reach()
    [image] = await gateway.images(GPT, prompt="a fox")
    await gateway.client.get(image["url"], headers={"X-API-Key": ""})
    ledger = gateway.ledger()
    assert ledger.accepted[0].key == fingerprint("sk-test")
    assert "x-api-key" in ledger.accepted[0].headers
    assert ledger.charges("a fox") == 1
    assert ledger.polls == {ledger.accepted[0].task_id: 1}
    assert (ledger.images[0].index, ledger.images[0].key) == (1, None)
    served = (await gateway.client.get("/demo/ledger")).json()
    assert served["accepted"][0]["prompt"] == "a fox"
    for file in gateway.folder.iterdir():
        assert b"sk-test" not in file.read_bytes()


async def test_paths_and_methods(reach: Callable[..., Any]) -> None:
    gateway = reach()
    task_id = await gateway.accepted(GPT, prompt="x")
    for family in (SEEDREAM, GEMINI):
        assert (await gateway.poll(family, task_id)).status_code == 404
    assert (await gateway.poll(GPT, "img_gen_none")).status_code == 404
    for path in ("/", "/v2/extend/image/generations/", "/demo/images/x/1.png"):
        answer = await gateway.client.get(path)
        assert answer.status_code == 404
        assert answer.json()["error"]["message"]
    answer = await gateway.client.get("/v2/extend/image/generations")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_image_addresses_follow_the_host_that_was_asked(reach: Callable[..., Any]) -> None:
    gateway = reach()
    task_id = await gateway.accepted(GPT, prompt="x", n=2, output_format="jpeg")
    answer = await gateway.client.get(
        f"/v2/extend/image/gpt_image/tasks/{task_id}", headers={"Host": "pictures.test:81"}
    )
    first, second = (image["url"] for image in answer.json()["result"]["images"])
    assert first.startswith("http://pictures.test:81/demo/images/")
    assert task_id not in first
    assert httpx.URL(first).path.endswith("/1.jpg")
    assert httpx.URL(second).path.endswith("/2.jpg")
    again = await gateway.poll(GPT, task_id)
    assert again.json()["result"]["images"][0]["url"].partition("?")[2] != first.partition("?")[2]


async def test_images_that_are_not_there(reach: Callable[..., Any]) -> None:
    gateway = reach()
    [image] = await gateway.images(GPT, prompt="x")
    for wrong in ("/2.png", "/0.png", "/1.jpg", "/x.png", "/1"):
        url = image["url"].partition("?")[0].replace("/1.png", wrong)
        assert (await gateway.client.get(url)).status_code == 404
    head = await gateway.client.head(image["url"])
    assert int(head.headers["content-length"]) > 1000
    assert head.content == b""


async def test_a_prompt_can_fail(reach: Callable[..., Any]) -> None:
    gateway = reach()
    task_id = await gateway.accepted(SEEDREAM, prompt="a cat [fail]")
    found = (await gateway.poll(SEEDREAM, task_id)).json()
    assert found["status"] == "failed"
    assert "[fail]" in found["error"]["message"]
    assert "result" not in found


async def test_too_long_a_body_is_refused(
    reach: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.demo.intake._MOST_BYTES", 100)
    assert (await reach().submit(GPT, prompt="x" * 101)).status_code == 413


async def test_a_client_that_leaves_while_sending_is_not_charged(
    reach: Callable[..., Any],
) -> None:
    async def body() -> Any:
        yield b'{"prompt": "half'
        raise OSError("the file is gone")

    gateway = reach()
    with pytest.raises(OSError, match="the file is gone"):
        await gateway.client.post("/v2/extend/image/generations", content=body())
    await gateway.accepted(GPT, prompt="still here")
    assert len(gateway.ledger().accepted) == 1
