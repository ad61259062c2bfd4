"""Every fault the embedded gateway can play, over a socket as well as in process."""

import base64
import gzip
import io
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from PIL import Image

GPT = "/gpt_image"


async def drained(client: httpx.AsyncClient, url: str) -> bytes:
    """Return what came of a body before it broke off."""
    got = b""
    async with client.stream("GET", url) as answer:
        try:
            async for piece in answer.aiter_raw():
                got += piece
        except httpx.TransportError:
            pass
    return got


@pytest.mark.parametrize(
    ("fault", "error", "charged"),
    [
        ("drop-before", httpx.RemoteProtocolError, 0),
        ("drop-after", httpx.RemoteProtocolError, 1),
        ("reset", httpx.ReadError, 1),
        ("short", httpx.RemoteProtocolError, 1),
        ("cut", httpx.RemoteProtocolError, 1),
    ],
)
async def test_broken_connections(
    reach: Callable[..., Any], fault: str, error: type[Exception], charged: int
) -> None:
    gateway = reach(faults=[f"submit:{fault}", f"poll:{fault}*1"])
    with pytest.raises(error):
        await gateway.submit(GPT, prompt="x")
    ledger = gateway.ledger()
    assert (len(ledger.accepted), len(ledger.refused)) == (charged, 1 - charged)
    assert (ledger.accepted + ledger.refused)[0].fault == f"submit:{fault}"
    if charged:
        task_id = ledger.accepted[0].task_id
        with pytest.raises(error):
            await gateway.poll(GPT, task_id)
        assert (await gateway.poll(GPT, task_id)).json()["status"] == "succeeded"


@pytest.mark.parametrize("fault", ["submit:stall", "submit:slow=60"])
async def test_silence_ends_in_a_read_timeout(reach: Callable[..., Any], fault: str) -> None:
    gateway = reach(faults=[fault], timeout=0.2)
    with pytest.raises(httpx.ReadTimeout):
        await gateway.submit(GPT, prompt="x")
    assert len(gateway.ledger().accepted) == 1


async def test_slow_answers_come(reach: Callable[..., Any]) -> None:
    gateway = reach(faults=["submit:slow=0.01", "poll:slow=0.01", "image:slow=0.01"])
    [image] = await gateway.images(GPT, prompt="x")
    assert (await gateway.client.get(image["url"])).is_success


@pytest.mark.parametrize(
    ("fault", "status", "charged"),
    [
        ("503", 503, 0),
        ("503,charged", 503, 1),
        ("204", 204, 1),
        ("429,retry-after=2", 429, 0),
        ("402", 402, 0),
        ("530,charged", 530, 1),
    ],
)
async def test_statuses(reach: Callable[..., Any], fault: str, status: int, charged: int) -> None:
    gateway = reach(faults=[f"submit:{fault}"])
    answer = await gateway.submit(GPT, prompt="x")
    assert answer.status_code == status
    assert answer.headers.get("retry-after") == ("2" if "retry" in fault else None)
    assert len(gateway.ledger().accepted) == charged
    assert bool(answer.content) is (status != 204)


async def test_a_date_as_retry_after(reach: Callable[..., Any]) -> None:
    gateway = reach(faults=["submit:503,retry-after=Wed, 21 Oct 2026 07:28:00 GMT,charged*1"])
    answer = await gateway.submit(GPT, prompt="x")
    assert answer.headers["retry-after"] == "Wed, 21 Oct 2026 07:28:00 GMT"
    assert len(gateway.ledger().accepted) == 1
    assert (await gateway.submit(GPT, prompt="x")).status_code == 200


async def test_redirects(reach: Callable[..., Any]) -> None:
    gateway = reach(
        faults=["submit:redirect=http://else.test/a,b*2,code=307*1", "image:redirect={url}&x=1*1"]
    )
    answer = await gateway.submit(GPT, prompt="x")
    assert (answer.status_code, answer.headers["location"]) == (307, "http://else.test/a,b*2")
    assert gateway.ledger().accepted == ()
    [image] = await gateway.images(GPT, prompt="x")
    moved = await gateway.client.get(image["url"])
    assert moved.status_code == 302
    assert (await gateway.client.get(moved.headers["location"])).is_success


async def test_answers_that_are_no_json(reach: Callable[..., Any]) -> None:
    gateway = reach(
        faults=["submit:html*1", "submit:truncated*1", "submit:truncated=id*1", "submit:noid"]
    )
    page, cut, with_id, without = [await gateway.submit(GPT, prompt="x") for _ in range(4)]
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    for broken in (cut, with_id):
        with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
            json.loads(broken.content)
    assert b"img_gen_" not in cut.content
    assert gateway.ledger().accepted[2].task_id.encode() in with_id.content
    assert without.json() == {"model": "novita_gpt/gpt-image-2"}
    assert len(gateway.ledger().accepted) == 4


@pytest.mark.parametrize("kind", ["deep", "nan", "integer", "list", "bom", "surrogate"])
async def test_hostile_answers_hide_a_real_id(reach: Callable[..., Any], kind: str) -> None:
    gateway = reach(faults=[f"submit:hostile={kind}"])
    answer = await gateway.submit(GPT, prompt="x")
    assert gateway.ledger().accepted[0].task_id.encode() in answer.content
    try:
        fine = isinstance(json.loads(answer.content.decode(), parse_constant=_refuse), dict)
    except (ValueError, RecursionError):
        fine = False
    assert not fine


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("types", {"task_id": {"id": 7}, "result": 5}),
        ("duplicate", {"model": "novita_gpt/gpt-image-2"}),
        ("control", {"model": "\x1b[2J[/x][bold]"}),
        ("id", {"task_id": "../../../etc/passwd?x=1#\r\nX-Evil: 1"}),
        ("long-id", {"task_id": "img_gen_" + "é" * 10_000}),
    ],
)
async def test_hostile_values(
    reach: Callable[..., Any], kind: str, part: dict[str, object]
) -> None:
    answer = await reach(faults=[f"submit:hostile={kind}"]).submit(GPT, prompt="x")
    assert answer.json().items() >= part.items()


async def test_some_hostile_answer(reach: Callable[..., Any]) -> None:
    assert (await reach(faults=["submit:hostile"]).submit(GPT, prompt="x")).status_code == 200


async def test_compressed_and_huge_answers(reach: Callable[..., Any]) -> None:
    gateway = reach(faults=["poll:gzip*1", "poll:gzip=2*1", "poll:huge=3*1"])
    task_id = await gateway.accepted(GPT, prompt="x")
    url = f"/v2/extend/image/gpt_image/tasks/{task_id}"
    assert json.loads(gzip.decompress(await drained(gateway.client, url)))["task_id"] == task_id
    assert len(gzip.decompress(await drained(gateway.client, url))) == 2 * 1024**2
    assert len(await drained(gateway.client, url)) > 3 * 1024**2


async def test_poll_answers(reach: Callable[..., Any]) -> None:
    gateway = reach()
    task_id = await gateway.accepted(GPT, prompt="x", n=2)

    async def with_fault(fault: str) -> dict[str, Any]:
        await gateway.client.put("/demo/faults", json=[f"poll:{fault}"])
        answer: dict[str, Any] = (await gateway.poll(GPT, task_id)).json()
        return answer

    assert (await with_fault("status=IN_QUEUE"))["status"] == "IN_QUEUE"
    failed = await with_fault("failed")
    assert (failed["status"], "result" in failed) == ("failed", False)
    assert (await with_fault("other-task"))["task_id"] != task_id
    assert (await with_fault("empty"))["result"] == {"images": []}
    assert len((await with_fault("fewer"))["result"]["images"]) == 1
    assert len((await with_fault("more"))["result"]["images"]) == 3
    for fault in ("b64", "data"):
        for image in (await with_fault(fault))["result"]["images"]:
            text = image.get("b64_json") or image["url"].removeprefix("data:image/png;base64,")
            assert Image.open(io.BytesIO(base64.b64decode(text))).size == (1024, 1024)
    await gateway.client.put("/demo/faults", json=["poll:404*1"])
    assert (await gateway.poll(GPT, task_id)).status_code == 404
    assert (await gateway.poll(GPT, task_id)).status_code == 200


async def test_faults_about_images_wait_until_there_are_some(reach: Callable[..., Any]) -> None:
    gateway = reach(pace=100.0, faults=["poll:empty*1"])
    task_id = await gateway.accepted(GPT, prompt="x")
    assert (await gateway.poll(GPT, task_id)).json()["status"] == "pending"


@pytest.mark.parametrize(
    ("fault", "kind", "opens"),
    [
        ("wrong-type", "text/html; charset=utf-8", "PNG"),
        ("other-format", "image/png", "JPEG"),
        ("not-an-image", "image/png", None),
        ("not-an-image=svg", "image/png", None),
        ("not-an-image=gif", "image/png", "GIF"),
        ("trailing", "image/png", "PNG"),
    ],
)
async def test_wrong_images(
    reach: Callable[..., Any], fault: str, kind: str, opens: str | None
) -> None:
    gateway = reach(faults=[f"image:{fault}"])
    [image] = await gateway.images(GPT, prompt="x")
    answer = await gateway.client.get(image["url"])
    assert answer.headers["content-type"] == kind
    if opens:
        assert Image.open(io.BytesIO(answer.content)).format == opens
    else:
        assert answer.content.startswith(b"<")
    assert gateway.ledger().images[0].fault == f"image:{fault}"


async def test_an_empty_image(reach: Callable[..., Any]) -> None:
    gateway = reach(faults=["image:not-an-image=empty"])
    [image] = await gateway.images(GPT, prompt="x")
    assert (await gateway.client.get(image["url"])).content == b""


async def test_incomplete_images(reach: Callable[..., Any]) -> None:
    gateway = reach(faults=["image:short*1", "image:truncated*1", "image:404*1", "image:stall*1"])
    [image] = await gateway.images(GPT, prompt="x", output_format="jpeg")
    short = await drained(gateway.client, image["url"])
    truncated = await gateway.client.get(image["url"])
    assert (await gateway.client.get(image["url"])).status_code == 404
    with pytest.raises(httpx.ReadTimeout):
        await gateway.client.get(image["url"], timeout=0.2)
    whole = await gateway.client.get(image["url"])
    assert short == truncated.content == whole.content[: len(whole.content) // 2]
    assert whole.headers["content-type"] == "image/jpeg"


async def test_a_bomb(reach: Callable[..., Any]) -> None:
    gateway = reach(faults=["image:bomb"])
    [image] = await gateway.images(GPT, prompt="x")
    bomb = (await gateway.client.get(image["url"])).content
    assert bomb.startswith(b"\x89PNG")
    assert len(bomb) < 1024**2
    assert int.from_bytes(bomb[16:20], "big") == 30_000


async def test_faults_planted_by_a_prompt_strike_this_prompt_alone(
    reach: Callable[..., Any],
) -> None:
    gateway = reach()
    planted = "a cat [fault submit:503*1] [fault poll:empty*1] [fault image:404*1]"
    assert (await gateway.submit(GPT, prompt="a cat")).status_code == 200
    assert (await gateway.submit(GPT, prompt=planted)).status_code == 503
    task_id = await gateway.accepted(GPT, prompt=planted)
    assert (await gateway.poll(GPT, task_id)).json()["result"] == {"images": []}
    [image] = (await gateway.poll(GPT, task_id)).json()["result"]["images"]
    statuses = [(await gateway.client.get(image["url"])).status_code for _ in range(2)]
    assert statuses == [404, 200]


async def test_faults_set_at_run_time(reach: Callable[..., Any]) -> None:
    gateway = reach(faults=["submit:html"])
    assert (await gateway.client.get("/demo/faults")).json() == ["submit:html"]
    for wrong in (["submit:nothing"], "submit:html", [1]):
        assert (await gateway.client.put("/demo/faults", json=wrong)).status_code == 400
    assert (await gateway.client.get("/demo/faults")).json() == ["submit:html"]
    assert (await gateway.client.put("/demo/faults", json=[])).json() == []
    await gateway.accepted(GPT, prompt="x")


def _refuse(word: str) -> float:
    raise ValueError(word)
