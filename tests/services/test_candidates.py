import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PIL import Image

from tui.core.picture import Picture, Wish
from tui.core.references import References
from tui.models.seedream import SEEDREAM
from tui.services.candidates import Candidate, look_at
from tui.services.decode import Decoder
from tui.services.thumbnails import LARGEST, Thumbnails

Painted = Callable[..., bytes]


@pytest.fixture
async def decoder() -> AsyncIterator[Decoder]:
    decoder = Decoder(children=1)
    yield decoder
    await decoder.close()


async def look(decoder: Decoder, path: Path | str) -> Candidate:
    assert isinstance(SEEDREAM.references, References)
    return await look_at(str(path), SEEDREAM.references, decoder)


async def test_a_good_one_is_described_and_drawn_whatever_its_name(
    decoder: Decoder, tmp_path: Path
) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff\x1b.gif")
    Image.new("P", (40, 30), 3).save(path, "GIF")
    one = await look(decoder, path)
    assert (one.format, one.width, one.height) == ("GIF", 40, 30)
    assert one.bytes
    assert not one.faults
    drawn = await Thumbnails(decoder, tmp_path).get(Path(path), one.key, Wish(box=LARGEST))
    assert isinstance(drawn, Picture)
    os.utime(path, (1, 1))
    assert (await look(decoder, path)).key != one.key  # it may be another picture by now


async def test_what_speaks_against_one_is_said_before_it_is_taken(
    decoder: Decoder, tmp_path: Path
) -> None:
    (tmp_path / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 64)
    (tmp_path / "text.png").write_text("no image")
    (tmp_path / "empty.png").touch()
    os.mkfifo(tmp_path / "pipe.png")
    Image.new("RGB", (2000, 50)).save(tmp_path / "wide.png")
    big = tmp_path / "big.bmp"
    Image.new("RGB", (2200, 1700)).save(big)
    said = {
        name: (await look(decoder, tmp_path / name)).error
        for name in ("phone.heic", "text.png", "empty.png", "pipe.png", "none.png", "big.bmp")
    }
    assert said["phone.heic"].startswith("can't be used: it is AVIF, HEIF or a film, not one of")
    assert said["text.png"].startswith("can't be used: it is no image")
    assert said["empty.png"] == "is empty"
    assert said["pipe.png"] == "is no file"
    assert said["none.png"] == "can't be read: No such file or directory"
    assert said["big.bmp"] == "is 10.7 MB, at most 10 MB are taken"
    wide = await look(decoder, tmp_path / "wide.png")
    assert not wide.error
    assert "the maker takes 1:16 at most" in wide.faults[0].rule
    with big.open("ab") as file:
        file.truncate(200 * 1024**2)  # a hole, on disk nothing
    huge = await look(decoder, big)
    assert huge.error == "is 200.0 MB, at most 10 MB are taken"
    assert not huge.key
