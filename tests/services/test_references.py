import base64
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tui.core.fault import Fault
from tui.core.references import References
from tui.core.request import Reference
from tui.models.seedream import SEEDREAM
from tui.services import references as module
from tui.services.decode import REFERENCE_FORMATS, Decoder, DecoderError
from tui.services.files import StorageError
from tui.services.references import ReferenceStore

Picture = Callable[..., bytes]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[ReferenceStore]:
    decoder = Decoder()
    yield ReferenceStore(tmp_path / "refs", decoder)
    await decoder.close()


@pytest.fixture
def field() -> References:
    assert SEEDREAM.references
    return SEEDREAM.references


@pytest.fixture
def cat(tmp_path: Path, picture: Picture) -> Path:
    path = tmp_path / "my cat's.png"
    path.write_bytes(picture())
    return path


def kept(store: ReferenceStore) -> dict[str, bytes]:
    folder = store.path_of("0" * 64).parent
    return {one.name: one.read_bytes() for one in folder.iterdir()} if folder.exists() else {}


def test_a_name_that_is_none_leads_to_no_other_file(store: ReferenceStore) -> None:
    for name in ("../my cat's.png", "/etc/passwd", "", "0" * 63):
        with pytest.raises(FileNotFoundError):
            store.brought(name)


async def refused(store: ReferenceStore, field: References, source: str) -> Fault:
    references, faults = await store.take([source], field)
    assert not references
    assert not kept(store)
    assert len(faults) == 1
    assert faults[0].field == "image"
    return faults[0]


async def test_a_file_is_kept_as_it_was(
    store: ReferenceStore, field: References, cat: Path, picture: Picture
) -> None:
    data, sha256 = picture(), hashlib.sha256(picture()).hexdigest()
    taken, faults = await store.take([str(cat), str(cat)], field)
    reference = Reference(
        name=cat.name,
        sha256=sha256,
        media_type="image/png",
        bytes=len(data),
        width=64,
        height=48,
    )
    assert (taken, faults) == ([reference, reference], [])
    replace_content(cat, b"changed")
    assert kept(store) == {sha256: data}
    assert mode(store.path_of(sha256)) == 0o600
    assert not SEEDREAM.validate({"prompt": "x"}, taken).errors


def replace_content(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF"])
async def test_every_kind_the_maker_takes_is_taken(
    store: ReferenceStore, field: References, tmp_path: Path, picture: Picture, kind: str
) -> None:
    replace_content(tmp_path / "some", picture(kind))
    taken, faults = await store.take([str(tmp_path / "some")], field)
    assert not faults
    assert not list(field.check_all(taken))


async def test_a_dropped_path_is_understood(
    store: ReferenceStore, field: References, cat: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(cat.parent))
    monkeypatch.chdir(cat.parent)
    escaped = str(cat).replace(" ", "\\ ").replace("'", "\\'")
    sources = [
        f'"{cat}"',
        f"  {escaped} \n",
        cat.as_uri(),
        f"FILE://localhost{cat.as_uri()[7:]}",
        "~/my cat's.png",
        "my cat's.png",
    ]
    taken, faults = await store.take(sources, field)
    assert not faults
    assert [one.name for one in taken] == [cat.name] * len(sources)


async def test_a_link_to_a_file_is_fine(
    store: ReferenceStore, field: References, cat: Path
) -> None:
    (cat.parent / "link").symlink_to(cat)
    taken, _ = await store.take([str(cat.parent / "link")], field)
    assert taken[0].name == "link"


@pytest.mark.parametrize("url", ["https://h.example/a/c.png?sig=CANARY", "http://h.example/c.png"])
async def test_a_url_goes_as_it_is(store: ReferenceStore, field: References, url: str) -> None:
    taken, faults = await store.take([url], field)
    assert not faults
    assert taken[0].url == url
    assert "CANARY" not in taken[0].name
    assert not kept(store)


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("", "must not be empty"),
        ("https://", "is not a complete URL"),
        ("https://[", "is not a complete URL"),
        ("https://a b/c", "is not a complete URL"),
        ("https://a:99999/", "is not a complete URL"),
        ("https://u:CANARY@a.example/", "has a user name in it, which the gateway would get"),
        ("ftp://a.example/c.png", "must be a file or an http(s) URL, not ftp"),
        ("s3://bucket/c.png", "must be a file or an http(s) URL, not s3"),
    ],
)
async def test_other_urls_are_refused(
    store: ReferenceStore, field: References, url: str, rule: str
) -> None:
    fault = await refused(store, field, url)
    assert fault.rule.startswith(rule)
    assert "CANARY" not in str(fault)


async def test_a_data_url_becomes_a_file(
    store: ReferenceStore, field: References, picture: Picture
) -> None:
    text = base64.b64encode(picture("WEBP")).decode()
    taken, faults = await store.take([f"data:image/png;base64,{text}"], field)
    assert not faults
    assert (taken[0].name, taken[0].media_type) == ("data URL", "image/webp")
    assert list(kept(store).values()) == [picture("WEBP")]
    fault = await store.take(["data:image/png;base64,?"], field)
    assert "it is not base64" in fault[1][0].rule
    assert len(fault[1][0].value) < 70


async def test_all_faults_come_at_once(
    store: ReferenceStore, field: References, cat: Path, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "fifo")
    for name, data in {"empty": b"", "page.png": b"<html>", "big": b"x" * 11 * 1024**2}.items():
        replace_content(tmp_path / name, data)
    kinds = ", ".join(REFERENCE_FORMATS)
    names = ["my cats.png", "none/a.png", "fifo", "", "empty", "page.png", "big", cat.name]
    taken, faults = await store.take([f"{tmp_path}/{name}" for name in names], field)
    assert [one.name for one in taken] == [cat.name]
    assert [fault.rule for fault in faults] == [
        "does not exist",
        f"does not exist: there is no folder {tmp_path}/none",
        "is a pipe or a device, not a file",
        "is a folder, not a file",
        "is empty",
        f"can't be used: it is text (HTML, SVG or JSON), not one of {kinds}",
        "is 11.0 MB, at most 10 MB are taken",
    ]
    assert faults[0].nearest == str(cat)
    assert list(kept(store)) == [taken[0].sha256]


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("/dev/zero", "is a pipe or a device"),
        ("/etc/hostname", "can't be used|is empty|does not exist"),
        ("a\0b", "is no name a file can have"),
        ("\ud800", "is no name a file can have"),
        ("file:///a%00b", "is no name a file can have"),
        ("file://[/a.png", "is not a complete URL"),
        ("~nobody-of-that-name/a.png", "does not exist"),
        ("a" * 5000, "can't be read: File name too long"),
        ("x.png/" + "a" * 5000 + "/a", "can't be read: File name too long"),
    ],
)
async def test_strange_names_are_refused(
    store: ReferenceStore, field: References, source: str, rule: str
) -> None:
    fault = await refused(store, field, source)
    assert any(fault.rule.startswith(one) for one in rule.split("|")), fault.rule
    assert len(fault.value) < 70


async def test_hostile_file_names_are_shown_clean(
    store: ReferenceStore, field: References, tmp_path: Path, picture: Picture
) -> None:
    name = b"\x1b]0;x\x07\xff.png"
    path = os.fsdecode(bytes(tmp_path) + b"/" + name)
    fault = (await store.take([path[-12:]], field))[1][0]
    assert "\x1b" not in str(fault)
    replace_content(Path(path), picture())
    taken, _ = await store.take([path], field)
    assert taken[0].name == "\\x1b]0;x\\x07\\u{dcff}.png"


async def test_a_tampered_copy_is_healed(
    store: ReferenceStore, field: References, cat: Path, picture: Picture
) -> None:
    taken, _ = await store.take([str(cat)], field)
    replace_content(store.path_of(taken[0].sha256 or ""), b"tampered")
    await store.take([str(cat)], field)
    assert list(kept(store).values()) == [picture()]


async def test_no_place_for_the_copy_is_said(
    store: ReferenceStore, field: References, cat: Path, tmp_path: Path
) -> None:
    replace_content(tmp_path / "refs", b"")
    with pytest.raises(StorageError, match="refs"):
        await store.take([str(cat)], field)


async def test_a_decoder_that_does_not_start_is_said(
    store: ReferenceStore, field: References, cat: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_arguments: Any) -> None:
        raise DecoderError("the decoder is gone")

    monkeypatch.setattr(module.Decoder, "inspect", broken)
    assert (await refused(store, field, str(cat))).rule == "can't be checked: the decoder is gone"
