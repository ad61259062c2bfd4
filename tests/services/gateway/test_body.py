import base64
import json
from pathlib import Path

import pytest

from tui.core.request import Reference, Request
from tui.models import GEMINI_PRO, SEEDREAM
from tui.services.gateway.body import Body, encode


async def whole(body: Body) -> bytes:
    return b"".join([piece async for piece in body])


async def test_a_body_is_the_json_document() -> None:
    request = Request(model=GEMINI_PRO.id, values={"prompt": '一只猫 \u2028 "x"', "size": "2K"})
    body = encode(GEMINI_PRO, request, Path)
    sent = await whole(body)
    assert len(sent) == body.length
    expected = {"model": GEMINI_PRO.id, "prompt": '一只猫 \u2028 "x"', "size": "2K"}
    assert json.loads(sent) == expected


@pytest.mark.parametrize("size", [0, 1, 2, 3, 786_431, 786_432, 786_433, 2_000_001])
async def test_references_become_data_urls_while_sending(tmp_path: Path, size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    (tmp_path / "abc").write_bytes(content[:size])
    file = Reference(name="a.png", sha256="abc", media_type="image/png", bytes=size)
    url = Reference(name="u", url="https://x/ü?a=1&b=2")
    request = Request(model=SEEDREAM.id, values={"prompt": "p"}, references=(file, url, file))
    body = encode(SEEDREAM, request, lambda sha256: tmp_path / sha256)
    sent = await whole(body)
    assert len(sent) == body.length
    data_url = "data:image/png;base64," + base64.b64encode(content[:size]).decode()
    assert json.loads(sent)["image"] == [data_url, "https://x/ü?a=1&b=2", data_url]


def test_a_reference_that_went_away_is_an_error(tmp_path: Path) -> None:
    file = Reference(name="a.png", sha256="gone", media_type="image/png")
    request = Request(model=SEEDREAM.id, values={"prompt": "p"}, references=(file,))
    with pytest.raises(FileNotFoundError):
        encode(SEEDREAM, request, lambda sha256: tmp_path / sha256)
