import asyncio
import base64
import io
import random
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from tui.core.picture import Drawing, Graphics, Part, Picture, Wish
from tui.core.size import Size
from tui.services import decode_child
from tui.services.decode import BadImageError, Decoder
from tui.services.decode_answers import DeadChildError, question_of, read_picture
from tui.services.thumbnails import LARGEST, Thumbnails

HASH = "ab" * 32


@pytest.fixture
async def decoder() -> AsyncIterator[Decoder]:
    decoder = Decoder(children=1)
    yield decoder
    await decoder.close()


def image(path: Path, size: tuple[int, int], mode: str = "RGB", kind: str = "PNG") -> Path:
    """Write an image, red at the left and blue at the right."""
    picture = Image.new("RGBA", size, (255, 0, 0, 255))
    picture.paste((0, 0, 255, 0), (size[0] // 2, 0, *size))
    buffer = io.BytesIO()
    plain = picture.convert("RGB").quantize(8) if mode == "P" else picture.convert(mode)
    plain.save(buffer, kind)
    path.write_bytes(buffer.getvalue())
    return path


@pytest.mark.parametrize(
    ("mode", "kind", "right"),
    [
        ("RGB", "PNG", (0, 0, 255, 255)),
        ("RGBA", "PNG", (0, 0, 255, 0)),
        ("RGBA", "WEBP", (0, 0, 255, 0)),
        ("P", "PNG", (0, 0, 255, 255)),
        ("L", "PNG", (29, 29, 29, 255)),
        ("RGB", "JPEG", (0, 0, 254, 255)),
    ],
)
async def test_an_image_is_shrunk_into_the_box(
    decoder: Decoder, tmp_path: Path, mode: str, kind: str, right: tuple[int, ...]
) -> None:
    path = image(tmp_path / "image", (1200, 600), mode, kind)
    picture = await decoder.picture(path, Wish(box=Size(80, 80)))
    assert (picture.width, picture.height) == (80, 40)
    last = picture.rgba[-4:]
    assert last[3] == right[3]
    assert not right[3] or all(abs(a - b) < 4 for a, b in zip(last, right, strict=True))


async def test_the_largest_is_320_and_a_small_one_keeps_its_size(
    decoder: Decoder, tmp_path: Path
) -> None:
    path = image(tmp_path / "image", (1000, 1000), "RGBA")
    picture = await decoder.picture(path, Wish(box=Size(5000, 5000)))
    assert (picture.width, picture.height) == (320, 320)
    small = await decoder.picture(image(path, (7, 3)), Wish(box=LARGEST))
    assert (small.width, small.height) == (7, 3)


async def test_a_picture_is_made_once_for_each_size(decoder: Decoder, tmp_path: Path) -> None:
    path, folder = image(tmp_path / "image", (64, 64)), tmp_path / "thumbnails"
    thumbnails = Thumbnails(decoder, folder)
    first = await thumbnails.get(path, HASH, Wish(box=Size(20, 20)))
    other = await thumbnails.get(path, HASH, Wish(box=Size(10, 20)))
    path.unlink()
    assert await thumbnails.get(path, HASH, Wish(box=Size(20, 20))) is first
    assert (other.width, other.height) == (10, 10)
    # And by the next start too.
    assert await Thumbnails(decoder, folder).get(path, HASH, Wish(box=Size(20, 20))) == first
    assert sorted(one.name for one in folder.iterdir()) == [
        f"{HASH}.10x20.rgba",
        f"{HASH}.20x20.rgba",
    ]
    assert all(one.stat().st_mode & 0o777 == 0o600 for one in folder.iterdir())


async def test_memory_holds_so_many_and_no_more(decoder: Decoder, tmp_path: Path) -> None:
    path = image(tmp_path / "image", (64, 64))
    thumbnails = Thumbnails(decoder, tmp_path / "thumbnails", most=2)
    for side in (1, 2, 1, 3, 4):
        await thumbnails.get(path, HASH, Wish(box=Size(side, side)))
    assert [one[-8:-5] for one in thumbnails._held] == ["3x3", "4x4"]


@pytest.mark.parametrize(
    "damage",
    [b"", b"RGBA", b"JUNK\0\x08\0\x08", b"RGBA\xff\xff\xff\xff", b"RGBA\0\x08\0\x08not deflated"],
)
async def test_a_damaged_file_is_made_anew(decoder: Decoder, tmp_path: Path, damage: bytes) -> None:
    path, folder = image(tmp_path / "image", (64, 64)), tmp_path / "thumbnails"
    folder.mkdir()
    (folder / f"{HASH}.8x8.rgba").write_bytes(damage)
    picture = await Thumbnails(decoder, folder).get(path, HASH, Wish(box=Size(8, 8)))
    assert (picture.width, picture.height) == (8, 8)
    assert (folder / f"{HASH}.8x8.rgba").read_bytes() != damage


async def test_a_folder_that_takes_nothing_costs_nothing_but_time(
    decoder: Decoder, tmp_path: Path
) -> None:
    path = image(tmp_path / "image", (64, 64))
    (tmp_path / "file").write_text("in the way")
    thumbnails = Thumbnails(decoder, tmp_path / "file")
    assert (await thumbnails.get(path, HASH, Wish(box=Size(8, 8)))).width == 8


@pytest.mark.parametrize(
    ("sha256", "words"), [(HASH, "its file is gone"), ("../../x", "sha256 is none")]
)
async def test_what_can_not_be_had_is_said(
    decoder: Decoder, tmp_path: Path, sha256: str, words: str
) -> None:
    with pytest.raises(BadImageError, match=words):
        await Thumbnails(decoder, tmp_path / "thumbnails").get(
            tmp_path / "gone", sha256, Wish(box=LARGEST)
        )


async def test_a_name_that_no_disk_takes_is_said(decoder: Decoder, tmp_path: Path) -> None:
    with pytest.raises(BadImageError, match="its file can't be read: File name too long"):
        await Thumbnails(decoder, tmp_path / "thumbnails").get(
            tmp_path / ("x" * 300), HASH, Wish(box=LARGEST)
        )


async def test_no_image_no_thumbnail(decoder: Decoder, tmp_path: Path) -> None:
    bad = tmp_path / "image"
    bad.write_bytes(b"<svg>")
    with pytest.raises(BadImageError, match="can't be decoded"):
        await Thumbnails(decoder, tmp_path / "thumbnails").get(bad, HASH, Wish(box=LARGEST))
    assert not (tmp_path / "thumbnails").exists()


def test_the_child_refuses_too_many_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode_child, "MOST_PIXELS", 99)
    path = image(tmp_path / "image", (10, 10))
    answer = decode_child._answer(str(path), ["PNG"], question_of(Wish(box=Size(8, 8))))
    assert answer == {"error": "it has 10x10 pixels; 1 to 99 are decoded"}
    monkeypatch.setattr(decode_child, "MOST_PIXELS", 100)
    for mode in ("RGB", "P"):
        image(path, (10, 10), mode)
        answer = decode_child._answer(str(path), ["PNG"], question_of(Wish(box=Size(8, 4))))
        assert (answer["width"], answer["height"]) == (4, 4)
        assert isinstance(read_picture(answer), Picture)


@pytest.mark.parametrize("graphics", [Graphics.KITTY, Graphics.SIXEL])
async def test_a_drawing_is_a_palette_picture_of_few_bytes(
    decoder: Decoder, tmp_path: Path, graphics: Graphics
) -> None:
    path = tmp_path / "image"
    noise = Image.frombytes("RGB", (600, 400), random.Random(1).randbytes(600 * 400 * 3))
    for picture in (noise, noise.resize((30, 20)).resize((600, 400))):
        picture.save(path, "PNG")
        wish = Wish(box=Size(300, 300), graphics=graphics, sketch=Size(20, 20), most=48_000)
        drawing = await decoder.picture(path, wish)
        assert isinstance(drawing, Drawing)
        assert len(drawing.data) <= wish.most
        assert drawing.width * 2 == pytest.approx(drawing.height * 3, abs=6)
        assert (drawing.sketch.width, drawing.sketch.height) == (20, 13)
    assert (drawing.width, drawing.height) == (300, 200)
    shown = unsixel(drawing.data) if graphics is Graphics.SIXEL else unpng(drawing.data)
    expected = Image.open(path).resize((300, 200))
    off = ImageChops.difference(shown, expected).resize((1, 1), Image.Resampling.BOX)
    assert max(off.getpixel((0, 0))) < 25


def unpng(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def unsixel(data: bytes) -> Image.Image:
    """Draw a sixel sequence, as a terminal does."""
    head, _, body = data.decode("ascii").removesuffix("\x1b\\").partition('"1;1;')
    assert head == "\x1bP0;1;0q"
    width, height, body = re.match(r"(\d+);(\d+)(.*)", body).groups()
    shown = Image.new("RGB", (int(width), int(height)))
    palette, colour, x, top = {}, None, 0, 0
    for sign in re.finditer(r"#(\d+)(?:;2;(\d+);(\d+);(\d+))?|!(\d+)(.)|([$-])|([?-~])", body):
        number, *percents, count, repeated, move, single = sign.groups()
        if number and percents[0]:
            palette[number] = tuple(round(int(one) * 2.55) for one in percents)
        elif number:
            colour = palette[number]
        elif move:
            x, top = 0, top + (6 if move == "-" else 0)
        else:
            bits, wide = ord(repeated or single) - 63, int(count or 1)
            for bit in range(6):
                if bits >> bit & 1:
                    shown.paste(colour, (x, top + bit, x + wide, top + bit + 1))
            x += wide
    return shown


async def test_what_shows_through_is_the_ground_and_a_part_is_enlarged(
    decoder: Decoder, tmp_path: Path
) -> None:
    path = image(tmp_path / "image", (100, 50), "RGBA")
    wish = Wish(box=Size(40, 40), graphics=Graphics.KITTY, ground=(0, 200, 0))
    drawing = await decoder.picture(path, wish)
    assert unpng(drawing.data).getpixel((39, 10)) == (0, 200, 0)
    part = await decoder.picture(path, Wish(box=Size(40, 40), part=Part(45, 0, 10, 10)))
    assert (part.width, part.height) == (40, 40)
    assert part.rgba[:4] == b"\xff\0\0\xff"
    assert part.rgba[-1] == 0


async def test_drawings_and_parts_are_held_but_not_written(
    decoder: Decoder, tmp_path: Path
) -> None:
    path = image(tmp_path / "image", (100, 50))
    thumbnails = Thumbnails(decoder, tmp_path / "thumbnails")
    box = Size(20, 20)
    for wish in (
        Wish(box=box, graphics=Graphics.SIXEL),
        Wish(box=box, graphics=Graphics.SIXEL, ground=(1, 2, 3)),
        Wish(box=box, part=Part(0, 0, 9, 9)),
    ):
        first = await thumbnails.get(path, HASH, wish)
        assert await thumbnails.get(path, HASH, wish) is first
    assert len(thumbnails._held) == 3
    assert not (tmp_path / "thumbnails").exists()


_SKETCH = {"width": 1, "height": 1, "rgba": "AAAAAA=="}


@pytest.mark.parametrize(
    "data",
    [b"\x1bP0;1;0q~\x1b]0;x\x07\x1b\\", b"\x1bPq~~", b"~", b"\x1bPq~\x1b\\rm -rf\n\x1b\\"],
)
def test_a_drawing_that_is_more_than_a_picture_is_no_answer(data: bytes) -> None:
    answer = {"width": 1, "height": 1, "data": base64.b64encode(data).decode(), "sketch": _SKETCH}
    for graphics in (Graphics.SIXEL, Graphics.KITTY):
        with pytest.raises(DeadChildError):
            read_picture(answer, graphics)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"width": 2, "height": 1, "rgba": "AAAA"},
        {"width": 0, "height": 1, "rgba": ""},
        {"width": 1, "height": 1, "rgba": "no base64"},
        {"width": "1", "height": 1, "rgba": "AAAAAA=="},
    ],
)
def test_an_answer_that_is_no_picture_kills_its_child(answer: dict[str, object]) -> None:
    with pytest.raises(DeadChildError):
        read_picture(answer)


async def test_many_at_once_take_turns(decoder: Decoder, tmp_path: Path) -> None:
    path = image(tmp_path / "image", (64, 64))
    thumbnails = Thumbnails(decoder, tmp_path / "thumbnails")
    boxes = [Size(side, side) for side in range(1, 9)]
    pictures = await asyncio.gather(*(thumbnails.get(path, HASH, Wish(box=box)) for box in boxes))
    assert [picture.width for picture in pictures] == list(range(1, 9))
