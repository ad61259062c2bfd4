import io
import time
from dataclasses import replace

import pytest
from PIL import Image, ImageDraw

from tui.core.model import Model
from tui.core.request import Request
from tui.core.size import Size
from tui.demo import lettering
from tui.demo.lettering import Lettering
from tui.demo.painting import paint
from tui.demo.picture import MARK, Picture, picture_of
from tui.demo.task import Task
from tui.models import MODELS, find_model

SAMPLE = Picture(
    seed="a",
    size=Size(320, 240),
    format="PNG",
    quality=90,
    transparent=False,
    prompt="a lighthouse",
    facts=("GPT-Image-2 · 320x240",),
)


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def task_of(model: Model, **values: str | int) -> Task:
    request = Request(model=model.id, values={"prompt": "a lighthouse", **values})
    return Task.start(model, request, 0.0, 0.0)


CASES = [
    ("seedream", {}, (2048, 2048), "PNG"),
    ("seedream", {"size": "2560x1440"}, (2560, 1440), "PNG"),
    ("seedream", {"size": "1600x2848"}, (1600, 2848), "PNG"),
    ("seedream", {"size": "3K"}, (3072, 3072), "PNG"),
    ("gemini", {}, (1024, 1024), "PNG"),
    ("gemini", {"size": "0.5K", "aspect_ratio": "16:9"}, (688, 384), "PNG"),
    ("gemini", {"output_format": "image/webp"}, (1024, 1024), "WEBP"),
    ("gemini-pro", {"size": "2K", "aspect_ratio": "2:3"}, (1696, 2528), "PNG"),
    ("gemini-pro", {"size": "4K", "output_format": "image/jpeg"}, (4096, 4096), "JPEG"),
    ("gpt", {}, (1024, 1024), "PNG"),
    ("gpt", {"size": "auto"}, (1024, 1024), "PNG"),
    ("gpt", {"size": "1920x1088", "output_format": "jpeg"}, (1920, 1088), "JPEG"),
    ("gpt", {"size": "1024x1536", "output_format": "webp"}, (1024, 1536), "WEBP"),
    ("gpt", {"size": "1x1"}, (1, 1), "PNG"),
    ("gpt", {"size": "16x3000"}, (16, 3000), "PNG"),
    ("gpt", {"size": "3000x90"}, (3000, 90), "PNG"),
]


@pytest.mark.parametrize(("name", "values", "size", "kind"), CASES)
def test_exact_pixels_and_format(
    name: str, values: dict[str, str], size: tuple[int, int], kind: str
) -> None:
    model = find_model(name)
    image = opened(paint(picture_of(task_of(model, **values), model, 1)))
    assert (image.size, image.format) == (size, kind)


def test_every_model_is_painted() -> None:
    assert {find_model(name).id for name, *_ in CASES} == {model.id for model in MODELS}


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_transparency(kind: str) -> None:
    model = find_model("gpt")
    task = task_of(model, background="transparent", output_format=kind)
    image = opened(paint(picture_of(task, model, 1)))
    assert image.mode == "RGBA"
    alpha = image.getchannel("A")
    assert (alpha.getpixel((0, 0)), alpha.getpixel((512, 200))) == (0, 255)


def test_no_transparency_unasked() -> None:
    assert opened(paint(SAMPLE)).mode == "RGB"
    assert opened(paint(replace(SAMPLE, transparent=True, format="JPEG"))).mode == "RGB"


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_compression_has_an_effect(kind: str) -> None:
    low, high = (paint(replace(SAMPLE, format=kind, quality=quality)) for quality in (0, 100))
    assert len(low) * 2 < len(high)


def test_always_the_same_and_each_image_another() -> None:
    model = find_model("gpt")
    task = task_of(model, n=3)
    images = [paint(picture_of(task, model, index)) for index in (1, 2, 3)]
    assert len(set(images)) == 3
    assert paint(picture_of(task, model, 2)) == images[1]


def test_request_and_mark_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    draw = Lettering.draw

    def noting(self: Lettering, onto: ImageDraw.ImageDraw, *rest: object) -> None:
        written.append(str(rest[2]))
        draw(self, onto, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Lettering, "draw", noting)
    model = find_model("gpt")
    task = replace(task_of(model, quality="high", n=2), references=1)
    paint(picture_of(task, model, 2))
    assert written == [
        "a lighthouse",
        "GPT-Image-2 · 1024x1024",
        "quality high · n 2",
        "references: 1",
        "image 2 of 2",
        MARK,
    ]


def test_a_long_prompt_leaves_room_for_the_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    tops: list[float] = []
    monkeypatch.setattr(Lettering, "draw", lambda _self, _onto, _x, y, *_: tops.append(y))
    paint(replace(SAMPLE, prompt="word " * 2000))
    assert tops == sorted(tops)
    assert tops[0] > 0
    assert tops[-1] < 240


def test_a_prompt_of_hostile_characters_is_painted() -> None:
    paint(replace(SAMPLE, prompt="\u0000 \u202e \ufeff \U000e0041 e\u0301 \U0010fffd\n\n\t"))


def test_wrapping() -> None:
    letters = Lettering(20, fonts=())
    lines = letters.wrap("the quick brown fox jumps over the lazy dog", 150, 9)
    assert " ".join(lines) == "the quick brown fox jumps over the lazy dog"
    assert all(letters.width(line) <= 150 for line in lines)
    cut = letters.wrap("the quick brown fox jumps over the lazy dog", 150, 2)
    assert len(cut) == 2
    assert cut[1].endswith("…")
    assert letters.width(cut[1]) <= 150
    assert letters.wrap("x", 150, 0) == []


def test_chinese_wraps_between_characters_but_not_before_a_full_stop() -> None:
    letters = Lettering(20, fonts=())
    lines = letters.wrap("月亮上弹吉他的猫。戴着红色", 160, 9)
    assert lines == ["月亮上弹吉他的", "猫。戴着红色"]
    assert letters.wrap("a猫b", 30, 9) == ["a", "猫", "b"]


def test_long_words_are_split() -> None:
    letters = Lettering(20, fonts=())
    lines = letters.wrap("x" * 50 + " end", 100, 99)
    assert "".join(lines).replace(" ", "") == "x" * 50 + "end"
    assert all(letters.width(line) <= 100 for line in lines)


def test_what_no_font_has_becomes_a_box_of_its_own() -> None:
    def drawn(text: str) -> bytes:
        image = Image.new("RGB", (80, 60))
        Lettering(40, fonts=()).draw(ImageDraw.Draw(image), 0, 0, text, (255, 255, 255))
        return image.tobytes()

    pictures = {drawn(text) for text in ("猫", "狗", "🙂", "\u200b")}
    assert len(pictures) == 4
    assert drawn("\u200b") == bytes(80 * 60 * 3)
    assert Lettering(40, fonts=()).width("猫") == 40


def test_the_mark_is_readable_without_any_font_of_the_system() -> None:
    bare = Lettering(20, fonts=())
    assert bare.width(MARK) == bare.width(MARK.replace("—", "-"))
    assert bare.width("Füße 2×3") == bare.width("Fusse 2x3")


def test_a_system_font_is_taken_for_what_the_own_one_lacks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fonts = [font for font in lettering.system_fonts() if font.endswith("DejaVuSans.ttf")]
    if not fonts:
        pytest.skip("DejaVu Sans is not installed")
    assert Lettering(40, fonts=fonts).width("Я") != Lettering(40, fonts=()).width("Я") == 40
    monkeypatch.setattr(lettering, "_FOLDERS", ("/nowhere",))
    assert lettering.system_fonts.__wrapped__() == ()


def test_painting_is_quick() -> None:
    started = time.process_time()
    paint(replace(SAMPLE, size=Size(1024, 1024)))
    assert time.process_time() - started < 1.0
