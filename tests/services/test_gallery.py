import asyncio
import base64
import errno
import hashlib
import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tui import __version__
from tui.core.job import Job, Result, Saved
from tui.core.request import Reference, Request
from tui.services import gallery as gallery_module
from tui.services.decode import BadImageError, Decoder, DecoderError
from tui.services.files import part_of
from tui.services.gallery import Gallery, QuarantinedError, StorageError
from tui.services.images import GoneError, Images, Sink, TransferError
from tui.services.receiving import fresh_part

Picture = Callable[..., bytes]
MakeJob = Callable[..., Job]
NOW = 1_790_000_060.0


@pytest.fixture
async def gallery(tmp_path: Path, raw_server: Any) -> AsyncIterator[Gallery]:
    decoder = Decoder()
    async with httpx.AsyncClient(trust_env=False) as client:
        images = Images(client, raw_server.origin, stall_seconds=5)
        yield Gallery(images, decoder, tmp_path / "quarantine", now=lambda: NOW)
    await decoder.close()


def inline(data: bytes) -> Result:
    return Result(base64=base64.b64encode(data).decode())


def names(folder: str | Path) -> list[str]:
    return sorted(one.name for one in Path(folder).iterdir())


def read(path: str) -> bytes:
    return Path(path).read_bytes()


def write(path: str, data: bytes) -> None:
    Path(path).write_bytes(data)


def mode(path: str) -> int:
    return Path(path).stat().st_mode & 0o777


def replace_by_link(path: str, target: str) -> None:
    Path(path).unlink()
    Path(path).symlink_to(target)


def sidecar(saved: Saved) -> dict[str, Any]:
    text = Path(saved.path + ".json").read_text(encoding="ascii")
    record: dict[str, Any] = json.loads(text)
    assert text == json.dumps(record, indent=2, sort_keys=True) + "\n"
    return record


@pytest.mark.parametrize(("kind", "ending"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp")])
async def test_an_image_is_saved_unchanged_under_its_own_type(
    gallery: Gallery, raw_server: Any, picture: Picture, make_job: MakeJob, kind: str, ending: str
) -> None:
    data = picture(kind)
    url = raw_server.give("/a?sig=CANARY", data, content_type=f"image/{kind.lower()}")
    job = make_job()
    saved = await gallery.save(job, 1, Result(url=url))
    date = time.strftime("%Y-%m-%d", time.localtime(job.created))
    path = Path(job.folder, f"{date}-a-lighthouse-{job.short_id}-1.{ending}")
    sha256 = hashlib.sha256(data).hexdigest()
    assert saved == Saved(
        path=str(path),
        index=1,
        width=64,
        height=48,
        format=kind,
        bytes=len(data),
        sha256=sha256,
        has_c2pa=False,
    )
    assert read(saved.path) == data
    assert mode(saved.path) == 0o600
    assert names(job.folder) == [path.name, f"{path.name}.json"]


async def test_a_sidecar_holds_all_that_is_needed_to_make_it_again_and_no_secret(
    gallery: Gallery, raw_server: Any, picture: Picture, make_job: MakeJob
) -> None:
    references = (
        Reference(name="cat.png", sha256="ab" * 32, bytes=5, width=1, height=1),
        Reference(name="h/…/d.png", url="https://h.example/c/d.png?sig=CANARY#CANARY"),
    )
    values = {"prompt": "灯塔 \x1b \ud800", "size": "1024x1536"}
    request = Request(model="gpt-image-2", values=values, references=references)
    job = make_job(request=request, submitted=1_790_000_001.5)
    data = picture()
    url = raw_server.give("/a?sig=CANARY", data)
    saved = await gallery.save(job, 2, Result(url=url))
    record = sidecar(saved)
    assert "CANARY" not in json.dumps(record)
    assert record == {
        "asked": {"width": 1024, "height": 1536},
        "bytes": len(data),
        "c2pa": False,
        "file": Path(saved.path).name,
        "follows": None,
        "format": "PNG",
        "group": None,
        "height": 48,
        "imagedeck": __version__,
        "index": 2,
        "job": job.id,
        "model": "gpt-image-2",
        "notes": [],
        "request": {
            "model": "gpt-image-2",
            "values": values,
            "references": [
                {"name": "cat.png", "sha256": "ab" * 32, "bytes": 5, "width": 1, "height": 1},
                {"name": "h/…/d.png", "url": "https://h.example/c/d.png"},
            ],
        },
        "sha256": saved.sha256,
        "task_id": "img_gen_1",
        "times": {
            "created": "2026-09-21T14:13:20.250000+00:00",
            "submitted": "2026-09-21T14:13:21.500000+00:00",
            "started": None,
            "saved": "2026-09-21T14:14:20+00:00",
        },
        "width": 64,
    }


async def test_what_was_asked_otherwise_is_noted(
    gallery: Gallery, picture: Picture, make_job: MakeJob
) -> None:
    values = {"prompt": "x", "background": "transparent", "output_format": "webp"}
    job = make_job(request=Request(model="gpt-image-2", values=values))
    saved = await gallery.save(job, 1, inline(picture("PNG")))
    assert saved.notes == (
        "asked for WEBP, got PNG",
        "asked for a transparent background, got an opaque one",
    )


async def test_a_model_of_another_version_is_no_obstacle(
    gallery: Gallery, picture: Picture, make_job: MakeJob
) -> None:
    job = make_job(request=Request(model="gone", values={"prompt": "x"}))
    assert sidecar(await gallery.save(job, 1, inline(picture())))["asked"] is None


async def test_what_is_odd_is_noted_beside_it(
    gallery: Gallery, raw_server: Any, picture: Picture, make_job: MakeJob
) -> None:
    url = raw_server.give("/a", picture("JPEG") + b"more", content_type="image/png")
    saved = await gallery.save(make_job(), 1, Result(url=url))
    assert saved.notes == (
        "4 bytes after the end of the image, kept",
        "announced as image/png, is image/jpeg",
    )
    assert sidecar(saved)["notes"] == list(saved.notes)
    assert read(saved.path) == picture("JPEG") + b"more"


async def test_saving_again_after_a_crash_finds_the_same_file(
    gallery: Gallery, picture: Picture, make_job: MakeJob
) -> None:
    job = make_job()
    first = await gallery.save(job, 1, inline(picture()))
    dead, alive = (part_of(Path(job.folder), job, index, job.fence) for index in (1, 2))
    write(os.fspath(dead), b"half")
    write(os.fspath(alive), b"half")
    job = replace(job, fence=job.fence + 2)  # taken up by the next process
    assert await gallery.save(job, 1, inline(picture())) == first
    other = await gallery.save(job, 1, inline(picture(size=(8, 8))))
    stem = Path(first.path).stem
    assert Path(other.path).name == f"{stem}_2.png"
    assert names(job.folder) == [
        alive.name,
        f"{stem}.png",
        f"{stem}.png.json",
        f"{stem}_2.png",
        f"{stem}_2.png.json",
    ]


async def test_an_image_without_a_sidecar_is_still_saved(
    gallery: Gallery, picture: Picture, make_job: MakeJob
) -> None:
    job = make_job()
    first = await gallery.save(job, 1, inline(picture()))
    place = f"{first.path}.json"
    write(place, b"not ours")
    assert (await gallery.save(job, 1, inline(picture()))).notes == (
        f"no sidecar: {Path(place).name} exists already",
    )
    assert read(place) == b"not ours"
    replace_by_link(place, "/dev/null")
    assert "exists already" in (await gallery.save(job, 1, inline(picture()))).notes[0]


async def test_a_full_disk_costs_the_sidecar_only(
    gallery: Gallery, picture: Picture, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tui.services.sidecar.link", full)
    job = make_job()
    saved = await gallery.save(job, 1, inline(picture()))
    assert saved.notes == ("no sidecar: No space left on device",)
    assert names(job.folder) == [Path(saved.path).name]


async def test_bad_bytes_are_fetched_again_and_kept_at_last(
    gallery: Gallery, raw_server: Any, make_job: MakeJob, tmp_path: Path
) -> None:
    job = make_job()
    url = raw_server.give("/a.png", b"<html>sorry</html>")
    with pytest.raises(BadImageError, match="it is text"):
        await gallery.save(job, 1, Result(url=url))
    assert names(job.folder) == []
    with pytest.raises(QuarantinedError, match="no good image: it is text") as caught:
        await gallery.save(job, 1, Result(url=url), last_try=True)
    assert caught.value.path.parent == tmp_path / "quarantine"
    assert caught.value.path.read_bytes() == b"<html>sorry</html>"
    assert str(caught.value.path) in str(caught.value)
    assert names(job.folder) == []
    assert len(names(tmp_path / "quarantine")) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [({"status": 403}, GoneError), ({"status": 502}, TransferError)],
)
async def test_a_failed_fetch_leaves_nothing(
    gallery: Gallery, raw_server: Any, make_job: MakeJob, answer: Any, error: type[Exception]
) -> None:
    job = make_job()
    with pytest.raises(error):
        await gallery.save(job, 1, Result(url=raw_server.give("/a", **answer)), last_try=True)
    assert names(job.folder) == []


async def test_giving_up_leaves_nothing(
    gallery: Gallery, raw_server: Any, make_job: MakeJob
) -> None:
    job = make_job()
    url = raw_server.give("/a", b"", content_length=9, hang=True)
    task = asyncio.create_task(gallery.save(job, 1, Result(url=url)))
    await raw_server.asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert names(job.folder) == []


async def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path, make_job: MakeJob) -> None:
    class Full(Images):
        async def fetch(self, _result: Result, part: Sink) -> Any:
            await part.write(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")

    async with httpx.AsyncClient() as client:
        gallery = Gallery(Full(client, "https://a.example"), Decoder(), tmp_path)
        with pytest.raises(StorageError, match=r"Can't write to .*: the disk is full"):
            await gallery.save(make_job(), 1, inline(b""))
    assert names(make_job().folder) == []


async def test_a_file_in_place_of_the_folder_or_the_quarantine_is_said(
    gallery: Gallery, make_job: MakeJob, tmp_path: Path, picture: Picture
) -> None:
    job = make_job()
    write(job.folder, b"")
    with pytest.raises(StorageError, match="choose another folder"):
        await gallery.save(job, 1, inline(picture()))
    (tmp_path / "quarantine").touch()
    with pytest.raises(StorageError, match="quarantine"):
        await gallery.save(
            make_job(folder=str(tmp_path / "b")), 1, inline(b"no image"), last_try=True
        )


async def test_a_folder_that_is_out_of_reach_costs_no_image(
    gallery: Gallery, make_job: MakeJob, tmp_path: Path, picture: Picture
) -> None:
    gallery._spool = tmp_path / "spool"
    job = make_job()
    write(job.folder, b"")
    saved = await gallery.save(job, 1, inline(picture()))
    assert Path(saved.path).parent == tmp_path / "spool"
    assert read(saved.path) == picture()
    assert len(names(tmp_path / "spool")) == 2  # and its sidecar
    assert f"kept here, because: Can't write to {job.folder}" in saved.notes[-1]


def test_what_earlier_owners_left_is_known_by_name_whatever_the_fence(
    make_job: MakeJob, tmp_path: Path
) -> None:
    job = replace(make_job(), fence=2**62)
    left = [part_of(tmp_path, job, 1, job.fence - back) for back in (0, 1, 100)]
    for path in left:
        path.touch()
    assert fresh_part(tmp_path, job, 1) == left[0]
    assert list(tmp_path.iterdir()) == []


async def test_a_full_disk_is_waited_for(
    gallery: Gallery, make_job: MakeJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    gallery._spool = tmp_path / "spool"
    monkeypatch.setattr("tui.services.receiving.make_folder", full)
    with pytest.raises(StorageError, match="the disk is full"):
        await gallery.save(make_job(), 1, inline(b""))
    assert not (tmp_path / "spool").exists()


async def test_a_decoder_that_does_not_start_is_no_fault_of_the_image(
    gallery: Gallery, make_job: MakeJob, picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_self: Decoder, _path: Path) -> None:
        raise DecoderError("the decoder is gone")

    monkeypatch.setattr(gallery_module.Decoder, "inspect", broken)
    with pytest.raises(StorageError, match="can't be verified: the decoder is gone"):
        await gallery.save(make_job(), 1, inline(picture()), last_try=True)


def test_a_real_limit_of_the_system_leaves_nothing(tmp_path: Path, picture: Picture) -> None:
    (tmp_path / "data").write_bytes(base64.b64encode(picture(size=(200, 200))))
    code = f"""
import asyncio, pathlib
from tui.core.job import Job, Result, State
from tui.core.request import Request
from tui.services.decode import Decoder
from tui.services.gallery import Gallery, StorageError
from tui.services.images import Images

job = Job(id="a" * 32, request=Request(model="gpt", values={{"prompt": "x"}}),
          state=State.DOWNLOADING, created=0, updated=0, folder={str(tmp_path / "out")!r},
          template="{{id}}-{{index}}")
async def main():
    gallery = Gallery(Images(None, "https://a.example"), Decoder(), pathlib.Path("/nowhere"))
    try:
        data = pathlib.Path({str(tmp_path / "data")!r}).read_text()
        await gallery.save(job, 1, Result(base64=data))
    except StorageError as error:
        print(error)
asyncio.run(main())
"""
    run = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={**os.environ, "PYTHONPATH": str(Path(gallery_module.__file__).parents[2])},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000)),
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert "a limit on file sizes" in run.stdout
    assert names(tmp_path / "out") == []


HOSTILE = [
    "../../etc/passwd",
    "/etc/passwd",
    "..",
    ".",
    "-rf --no-preserve-root",
    "a\0b",
    "line\nfeed\r\ttab",
    "\x1b[31mred\x07",
    "\u202egnp.exe",
    "CON",
    "nul.txt",
    "   ",
    "$(rm -rf ~); `id`",
    "%s%n%x {0} {prompt!r}",
    "'\"<script>alert(1)</script>",
    "C:\\windows\\system32",
    "😀" * 80,
    "灯" * 300,
    "ﬁ" * 300,
    "Z\u0351\u036b\u0343a\u0328\u0328l\u0489g\u0322o" * 30,
    "\ufeff\u200b",
    "..." * 100,
    "~root/.ssh",
    "a" * 4096,
]


@pytest.mark.parametrize("prompt", HOSTILE, ids=range(len(HOSTILE)))
async def test_no_prompt_leads_out_of_the_folder(
    gallery: Gallery, picture: Picture, make_job: MakeJob, prompt: str, tmp_path: Path
) -> None:
    job = make_job(prompt)
    saved = await gallery.save(job, 1, inline(picture(size=(2, 2))))
    name = Path(saved.path).name
    assert names(job.folder) == [name, f"{name}.json"]
    assert names(tmp_path) == ["pictures"]
    assert len(name.encode()) <= 200
    assert re.fullmatch(r"[\w\u0300-\u036f\u0489.-]+", name)
    assert sidecar(saved)["request"]["values"]["prompt"] == prompt


async def test_all_images_of_a_job_are_saved_side_by_side(
    gallery: Gallery, raw_server: Any, picture: Picture, make_job: MakeJob
) -> None:
    job = make_job()
    results = [
        Result(url=raw_server.give(f"/{index}", picture(size=(8 * index, 8))))
        for index in range(1, 12)
    ]
    saved = await asyncio.gather(
        *(gallery.save(job, index, result) for index, result in enumerate(results, 1))
    )
    assert [one.width for one in saved] == [8 * index for index in range(1, 12)]
    assert len(names(job.folder)) == 22


async def test_jobs_of_one_prompt_never_share_a_file(
    gallery: Gallery, picture: Picture, make_job: MakeJob
) -> None:
    jobs = [make_job(template="{slug}", id=f"{number:032x}") for number in range(6)]
    saved = await asyncio.gather(
        *(
            gallery.save(replace(job), 1, inline(picture(size=(8, 8 + number))))
            for number, job in enumerate(jobs)
        )
    )
    assert len({one.path for one in saved}) == 6
    assert len(names(jobs[0].folder)) == 12
