import io
import json
import os
import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tui.services.importing.png_text import png_texts

Deck = Callable[..., Any]


def save_png(path: Path, *texts: tuple[str, str], packed: bool = False) -> Path:
    info = PngInfo()
    for keyword, text in texts:
        (info.add_itxt if not text.isascii() else info.add_text)(keyword, text, zip=packed)
    path.parent.mkdir(exist_ok=True)
    Image.new("RGB", (8, 6)).save(path, pnginfo=info)
    return path


def test_our_own_images_come_back_with_everything_that_is_known(
    deck: Deck, at_gateway: Any, home: Path
) -> None:
    at_gateway()
    made = deck("generate", "gpt", "a boat", "--quality", "low", "--n", "2")
    before = deck("show", deck("jobs", "--json").objects[0]["job"], "--json").objects[0]
    moved = home / "moved"
    shutil.copytree(Path(made.lines[0]).parent, moved)
    shutil.rmtree(home / ".local/share/imagedeck")
    assert deck("jobs", "--json").objects == []
    ran = deck("import", str(moved))
    assert (ran.code, ran.err) == (0, "1 jobs with 2 images came in.\n")
    (job,) = deck("jobs", "--search", "boat", "--json").objects
    after = deck("show", job["job"], "--json").objects[0]
    for name in ("job", "model", "prompt", "state", "task_id", "request", "created"):
        assert after[name] == before[name]
    assert [one["path"] for one in after["files"]] == sorted(
        str(moved / Path(line).name) for line in made.lines
    )
    assert "0 jobs with 0 images came in; 1 were there already." in deck("import", str(moved)).err


@pytest.mark.parametrize("packed", [False, True])
def test_prompts_of_other_programs_come_in_and_can_be_searched(
    deck: Deck, home: Path, packed: bool
) -> None:
    place = home / "others"
    graph = json.dumps({"1": {"class_type": "CLIPTextEncode", "inputs": {"text": "a comfy boat"}}})
    save_png(place / "a.png", ("parameters", "a red boat\nSteps: 20"), packed=packed)
    save_png(place / "b.png", ("prompt", graph), packed=packed)
    save_png(
        place / "c.png", ("invokeai_metadata", '{"positive_prompt": "一座灯塔"}'), packed=packed
    )
    save_png(place / "plain.png")
    (place / "sub.png").mkdir()
    os.mkfifo(place / "pipe.png")
    (place / "link.png").symlink_to(place / "a.png")
    (place / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\xff" * 50)
    ran = deck("import", str(place))
    assert "3 jobs with 3 images came in." in ran.err
    assert {line.split(": ")[1] for line in ran.err.splitlines()[:-1]} == {
        str(place / f"{name}.png") for name in ("plain", "pipe", "link", "broken")
    }
    found = {one["model"]: one["prompt"] for one in deck("jobs", "--json").objects}
    assert found == {"a1111": "a red boat", "comfyui": "a comfy boat", "invokeai": "一座灯塔"}
    (lighthouse,) = deck("jobs", "--search", "灯塔", "--json").objects
    assert lighthouse["files"][0]["width"] == 8
    assert deck("import", str(place), "--json").objects == [
        {"jobs": 0, "images": 0, "known": 3, "left_out": 4, "dry_run": False}
    ]
    assert deck("show", lighthouse["job"]).code == 0


def test_a_dry_run_changes_nothing_and_a_wrong_folder_is_said(deck: Deck, home: Path) -> None:
    save_png(home / "a/a.png", ("parameters", "a boat"))
    ran = deck("import", str(home / "a"), "--dry-run")
    assert "1 jobs with 1 images would come in." in ran.err
    assert deck("jobs").out == ""
    gone = deck("import", "gone")
    assert (gone.code, gone.err) == (2, "gone can't be read: No such file or directory.\n")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sha256": "0" * 64}, "has changed since its sidecar was written"),
        ({"job": "../x"}, "holds what it can't"),
        ({"request": {"values": {"prompt": 3}, "model": "gpt"}}, "holds what it can't: prompt"),
        ({"times": None}, "holds what it can't"),
        ({"width": True}, "holds what it can't: True"),
        ({"imagedeck": None}, None),
    ],
)
def test_a_sidecar_is_not_believed_just_so(
    deck: Deck, at_gateway: Any, change: dict[str, Any], said: str | None
) -> None:
    at_gateway()
    (line,) = deck("generate", "gpt", "a boat", "--quality", "low").lines
    place = Path("copy")
    place.mkdir()
    image = Path(shutil.copy(line, place))
    record = json.loads(Path(f"{line}.json").read_text())
    Path(f"{image}.json").write_text(json.dumps({**record, **change}))
    ran = deck("import", str(place), "--dry-run")
    assert ran.code == 0
    assert said is None or said in ran.err
    assert ("left out" in ran.err) is (said is not None)


def test_texts_that_are_too_long_or_damaged_are_left() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I4s", len(data), kind) + data + b"\0\0\0\0"

    bomb = zlib.compress(b"x" * (9 * 1024**2))
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"zTXt", b"bomb\0\0" + bomb)
    data += chunk(b"zTXt", b"bad\0\0no zlib") + chunk(b"iTXt", b"short\0")
    data += chunk(b"tEXt", "latin\0é".encode("latin-1")) + chunk(b"tEXt", "utf\0é".encode())
    data += chunk(b"IEND", b"") + chunk(b"tEXt", b"after\0end")
    assert png_texts(io.BytesIO(data)) == {"latin": "é", "utf": "é"}
    assert png_texts(io.BytesIO(data[:-30])) == png_texts(io.BytesIO(data))
    assert png_texts(io.BytesIO(b"GIF89a")) == {}
