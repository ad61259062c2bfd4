import asyncio
import os
import signal
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tui.services import decode, decode_answers, decode_child
from tui.services.decode import (
    REFERENCE_FORMATS,
    RESULT_FORMATS,
    BadImageError,
    Decoded,
    Decoder,
    DecoderError,
)

linux = pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="reads /proc")
Picture = Callable[..., bytes]


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(data: bytes) -> Path:
        path = tmp_path / "some.bytes"
        path.write_bytes(data)
        return path

    return write


def look(path: Path, formats: tuple[str, ...] = RESULT_FORMATS) -> dict[str, Any]:
    """Ask what the child would answer, in this process."""
    return decode_child._answer(str(path), list(formats))


def chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


def pid_of(decoder: Decoder) -> int:
    return decoder._idle[0]._process.pid


def peak_memory(pid: int) -> int:
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if "VmHWM" in line), 0)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/status")
    return not status.exists() or "State:\tZ" not in status.read_text()


@pytest.mark.parametrize("kind", REFERENCE_FORMATS)
async def test_every_format_is_known_by_its_bytes(
    decoder: Decoder, picture: Picture, file: Callable[[bytes], Path], kind: str
) -> None:
    decoded = await decoder.inspect(file(picture(kind)), REFERENCE_FORMATS)
    assert (decoded.format, decoded.width, decoded.height, decoded.notes) == (kind, 64, 48, ())
    if kind not in RESULT_FORMATS:
        with pytest.raises(BadImageError, match=f"it is {kind}, not one of PNG, JPEG, WEBP"):
            await decoder.inspect(file(picture(kind)))


def test_extension_and_media_type_follow_the_format() -> None:
    decoded = Decoded("JPEG", 1, 1)
    assert (decoded.extension, decoded.media_type) == ("jpg", "image/jpeg")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (b"<!doctype html><p>404", "text"),
        (b'\xef\xbb\xbf\n<svg xmlns="http://www.w3.org/2000/svg"/>', "text"),
        (b'{"error": "no"}', "text"),
        (b"\0\0\0\x1cftypavif\0\0\0\0", "AVIF"),
        (b"GIF89a\1\0\1\0", "GIF"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "no image"),
        (b"\x7fELF", "no image"),
    ],
)
def test_what_is_no_result_is_named(file: Callable[[bytes], Path], data: bytes, what: str) -> None:
    assert look(file(data))["error"].startswith(f"it is {what}")


@pytest.mark.parametrize("kind", RESULT_FORMATS)
def test_a_file_cut_anywhere_is_refused(
    picture: Picture, file: Callable[[bytes], Path], kind: str
) -> None:
    data = picture(kind)
    assert "error" not in look(file(data))
    for end in (*range(0, len(data), 100), len(data) - 1):
        assert "error" in look(file(data[:end])), end


@pytest.mark.parametrize("kind", RESULT_FORMATS)
def test_trailing_bytes_are_noted(
    picture: Picture, file: Callable[[bytes], Path], kind: str
) -> None:
    answer = look(file(picture(kind) + b"\xff\xd9IEND" * 200))
    assert answer["notes"] == ["1,200 bytes after the end of the image, kept"]


def test_a_manifest_is_seen_wherever_its_format_puts_it(
    picture: Picture, file: Callable[[bytes], Path]
) -> None:
    data = picture("JPEG")
    segment = b"JP\0\x01\0\0\0\x01\0\0\0\x40jumb\0\0\0\x20jumdc2pa\0"
    jpeg = data[:2] + b"\xff\xeb" + struct.pack(">H", len(segment) + 2) + segment + data[2:]
    png = picture("PNG")
    start = png.index(b"IDAT") - 4
    png = png[:start] + chunk(b"caBX", b"jumb") + png[start:]
    webp = picture("WEBP") + b"C2PA\x05\0\0\0jumbf\0"
    webp = webp[:4] + struct.pack("<I", len(webp) - 8) + webp[8:]
    for kind, signed in (("JPEG", jpeg), ("PNG", png), ("WEBP", webp)):
        answer = look(file(signed))
        assert (answer["c2pa"], answer["notes"]) == (True, [])
        assert look(file(picture(kind) + b"c2pa caBX C2PA"))["c2pa"] is False


@pytest.mark.parametrize(
    ("mode", "alpha", "is_opaque"),
    [
        ("RGB", None, True),
        ("RGBA", 255, True),
        ("RGBA", 254, False),
        ("LA", 0, False),
        ("P", 0, False),
        ("P", None, True),
    ],
)
def test_transparency_is_looked_for_in_the_pixels(
    tmp_path: Path, mode: str, alpha: int | None, is_opaque: bool
) -> None:
    image = Image.new("RGBA", (8, 8), (200, 100, 0, 255))
    if alpha is not None:
        image.putpixel((3, 3), (200, 100, 0, alpha))
    plain = image.convert("RGB") if alpha is None else image
    (plain.quantize(4) if mode == "P" else plain.convert(mode)).save(tmp_path / "image", "PNG")
    assert look(tmp_path / "image")["opaque"] is is_opaque


def test_the_end_of_a_thumbnail_inside_is_not_the_end(
    picture: Picture, file: Callable[[bytes], Path]
) -> None:
    exif = Image.Exif()
    exif[0x010E] = "\xff\xd9"
    data = picture("JPEG", exif=exif.tobytes() + b"\xff\xd8\xff\xd9", progressive=True)
    assert look(file(data))["notes"] == []
    assert look(file(data[:-2]))["error"] == "it is cut off: its end is missing"
    assert look(file(data[:-2] + b"\xff\xff\xff\xd9"))["notes"] == []


@pytest.mark.parametrize(
    "data",
    [
        png(65_500, 65_500, chunk(b"IDAT", zlib.compress(b"\0" * 1000))),
        png(6_400, 6_400, chunk(b"IDAT", zlib.compress(b"\0" * 1000))),
        png(2**31 - 1, 2**31 - 1, chunk(b"IDAT", b"")),
        png(0, 0, chunk(b"IDAT", zlib.compress(b""))),
        png(1, 1, chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 2**24)), chunk(b"IDAT", b"")),
        png(1, 1, chunk(b"iCCP", b"a\0\0" + zlib.compress(b"\0" * 2**24)), chunk(b"IDAT", b"")),
        png(64, 64),
        b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\xff\x3f\0\xff\x3f\0",
        b"\xff\xd8\xff\xc0\0\x0b\x08\xff\xff\xff\xff\1\1\x11\0\xff\xd9",
    ],
)
async def test_a_bomb_is_refused_in_little_memory(
    decoder: Decoder, picture: Picture, file: Callable[[bytes], Path], data: bytes
) -> None:
    with pytest.raises(BadImageError):
        await decoder.inspect(file(data))
    await decoder.inspect(file(picture()))  # the child lives on, or was replaced
    assert peak_memory(pid_of(decoder)) < 256 * 1024**2


def test_bytes_changed_at_random_never_raise(
    picture: Picture, file: Callable[[bytes], Path]
) -> None:
    for kind in RESULT_FORMATS:
        data = picture(kind)
        for at in range(0, len(data), max(1, len(data) // 60)):
            broken = bytearray(data)
            broken[at] ^= 0x55
            assert look(file(bytes(broken)))


@linux
async def test_a_child_has_limits_and_no_environment(
    decoder: Decoder, picture: Picture, file: Callable[[bytes], Path]
) -> None:
    await decoder.inspect(file(picture()))
    process = Path(f"/proc/{pid_of(decoder)}")
    limits = {
        line[:26].strip(): line[26:].split()
        for line in (process / "limits").read_text().splitlines()
    }
    assert limits["Max address space"][:2] == [str(1024**3)] * 2
    assert limits["Max file size"][:2] == ["0", "0"]
    assert limits["Max core file size"][:2] == ["0", "0"]
    assert limits["Max open files"][:2] == ["64", "64"]
    assert 20 <= int(limits["Max cpu time"][0]) <= 30
    assert (process / "environ").read_bytes() == b""
    assert os.getsid(pid_of(decoder)) != os.getsid(0)


async def test_a_slow_image_costs_its_child_the_life(
    decoder: Decoder, picture: Picture, file: Callable[[bytes], Path], tmp_path: Path
) -> None:
    await decoder.inspect(file(picture()))
    pid = pid_of(decoder)
    os.mkfifo(tmp_path / "fifo")
    decoder._deadline = 0.05
    with pytest.raises(BadImageError, match=r"more than 0\.05 seconds"):
        await decoder.inspect(tmp_path / "fifo")
    assert not is_running(pid)
    decoder._deadline = 20
    await decoder.inspect(file(picture()))
    assert pid_of(decoder) != pid


async def test_an_image_that_kills_its_child_is_bad(
    decoder: Decoder, picture: Picture, file: Callable[[bytes], Path], tmp_path: Path
) -> None:
    await decoder.inspect(file(picture()))
    pid = pid_of(decoder)
    os.mkfifo(tmp_path / "fifo")
    task = asyncio.create_task(decoder.inspect(tmp_path / "fifo"))
    await asyncio.sleep(0)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(BadImageError, match="more memory or time"):
        await task


async def test_giving_up_on_an_image_ends_its_child(
    decoder: Decoder, picture: Picture, file: Callable[[bytes], Path], tmp_path: Path
) -> None:
    await decoder.inspect(file(picture()))
    pid = pid_of(decoder)
    os.mkfifo(tmp_path / "fifo")
    task = asyncio.create_task(decoder.inspect(tmp_path / "fifo"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not is_running(pid)


@pytest.mark.parametrize("is_given_up", [False, True])
async def test_a_decoder_that_closes_leaves_no_child_of_those_who_still_wait(
    picture: Picture, file: Callable[[bytes], Path], tmp_path: Path, *, is_given_up: bool
) -> None:
    decoder = Decoder(children=1)
    await decoder.inspect(file(picture()))
    process = decoder._idle[0]._process
    os.mkfifo(tmp_path / "fifo")
    waiting = [asyncio.create_task(decoder.inspect(tmp_path / "fifo")) for _ in range(2)]
    await asyncio.sleep(0)
    if is_given_up:
        waiting[0].cancel()
    await decoder.close()
    assert process.returncode is not None
    assert process._transport.is_closing()
    for task in waiting:
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_an_idle_child_that_died_is_replaced(
    decoder: Decoder, picture: Picture, file: Callable[[bytes], Path]
) -> None:
    await decoder.inspect(file(picture()))
    pid = pid_of(decoder)
    os.kill(pid, signal.SIGKILL)
    await decoder._idle[0]._process.wait()
    assert (await decoder.inspect(file(picture()))).format == "PNG"
    assert pid_of(decoder) != pid


async def test_children_are_few_and_renewed(
    picture: Picture, file: Callable[[bytes], Path]
) -> None:
    decoder = Decoder(children=2, images_each=2)
    path = file(picture())
    await asyncio.gather(*(decoder.inspect(path) for _ in range(2)))
    pids = {child._process.pid for child in decoder._idle}
    assert len(pids) == 2
    await asyncio.gather(*(decoder.inspect(path) for _ in range(2)))
    assert not any(is_running(pid) for pid in pids)
    await decoder.close()


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"format": "EXE", "width": 1, "height": 1, "notes": []},
        {"format": "PNG", "width": -1, "height": 1, "notes": []},
        {"format": "PNG", "width": "1", "height": 1, "notes": []},
    ],
)
def test_a_child_is_not_believed(answer: dict[str, Any]) -> None:
    with pytest.raises(decode_answers.DeadChildError):
        decode_answers.read_decoded(answer)


def test_the_words_of_an_image_are_cleaned() -> None:
    assert decode_answers.read_decoded({"error": "\x1b]0;x"}) == "\\x1b]0;x"


@pytest.mark.parametrize("answer", ["echo []", "echo no", "exit 1", "sleep 9"])
async def test_a_decoder_that_does_not_start_says_nothing_about_the_image(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: str
) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\nPATH=/bin:/usr/bin\nexec {answer}\n")
    python.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(python))
    with pytest.raises(DecoderError, match="does not start"):
        await Decoder(deadline=0.2).inspect(tmp_path)


async def test_no_python_at_all_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    with pytest.raises(DecoderError, match="No such file"):
        await Decoder().inspect(tmp_path)


def test_children_end_with_a_killed_parent(tmp_path: Path, picture: Picture) -> None:
    (tmp_path / "a.png").write_bytes(picture())
    code = (
        "import asyncio, os, signal, pathlib\n"
        "from tui.services.decode import Decoder\n"
        "async def main():\n"
        "    decoder = Decoder()\n"
        f"    await decoder.inspect(pathlib.Path({str(tmp_path / 'a.png')!r}))\n"
        "    print(decoder._idle[0]._process.pid, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    root = Path(decode.__file__).parents[2]
    found = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert found.returncode == -signal.SIGKILL, found.stderr
    pid = int(found.stdout)
    for _ in range(1000):
        if not is_running(pid):
            return
        os.sched_yield()
        subprocess.run(["true"], check=False)  # noqa: S607 - a pause that needs no clock
    pytest.fail("the child outlived its parent")


def test_the_child_speaks_lines_of_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    set_limits: list[int] = []

    def refuse(kind: int, _limits: tuple[int, int]) -> None:
        set_limits.append(kind)
        raise ValueError  # as macOS does

    monkeypatch.setattr(decode_child.resource, "setrlimit", refuse)
    monkeypatch.setattr(sys, "argv", ["decode_child.py"])
    monkeypatch.setattr(sys, "stdin", ['{"path": "/nowhere", "formats": ["PNG"]}\n'])
    decode_child.main()
    ready, answer = capsys.readouterr().out.splitlines()
    assert ready == '{"ready": true}'
    assert "FileNotFoundError" in answer
    assert len(set_limits) == 5
