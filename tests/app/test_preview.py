from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from rich.color import Color
from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Region
from textual.pilot import Pilot

from tui.app.canvas import Canvas
from tui.app.ladder import Choice
from tui.app.looks import Tone
from tui.app.widgets.preview import Preview
from tui.app.widgets.preview.blocks import blocks
from tui.app.widgets.preview.card import Card
from tui.app.widgets.preview.facts import Fact, facts_of
from tui.app.widgets.preview.picture_view import PictureView
from tui.app.widgets.preview.wanted import ThumbnailWanted
from tui.core.job import ErrorKind, Job, JobError, State
from tui.core.picture import Graphics, Part, Picture, Wish
from tui.core.price import Price
from tui.core.size import Size

Hosted = Callable[..., AbstractAsyncContextManager[Pilot[None]]]
ScreenText = Callable[[App[Any]], str]
Golden = Callable[[str, str], None]
MakeJob = Callable[..., Job]

NOW = 1_800_000_100.0
RED, GREEN, CLEAR = b"\xff\0\0\xff", b"\0\xff\0\xff", b"\0\0\0\0"
GREY = (24, 24, 24)
HOSTILE = "[/x] [b]一只猫\x1b[31m \x1b]0;t\x07 \u202ecba 👨‍👩‍👧 e\u0301\n\n\ttabs \ud800\x9b" * 3


class Clock:
    time = NOW

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def preview(clock: Clock) -> Preview:
    return Preview(now=clock)


@pytest.fixture
def saved(make_job: MakeJob) -> Job:
    """Two of four images, with a warning, and a prompt that can hold anything."""
    return make_job(
        1,
        State.SAVED,
        f"一只戴着红色围巾的猫坐在窗台上看着外面的雪景。{HOSTILE}",
        values={"n": 4, "size": "1024x1024", "quality": "high"},
        images=2,
        submitted=NOW - 200,
        finished=NOW - 13,
        task_id="task_0123456789abcdef0123456789abcdef",
        error=JobError(ErrorKind.PARTIAL, "2 of 4 images are here: the gateway answered 503"),
        warnings=("an unknown status word: 'cooking'",),
    )


def plain(size: Size, pixel: bytes = RED) -> Picture:
    return Picture(size.width, size.height, pixel * size.pixels)


def answer(pilot: Pilot[None], preview: Preview) -> Any:
    """Give the picture last asked for, a third less high than it may be."""
    wanted = pilot.app.told(ThumbnailWanted)[-1]
    size = Size(wanted.wish.box.width, wanted.wish.box.width * 2 // 3)
    preview.picture(wanted, plain(size))
    return wanted


@pytest.mark.parametrize("size", [(40, 20), (100, 30)])
async def test_the_image_stands_with_what_is_known(
    hosted: Hosted,
    screen_text: ScreenText,
    golden: Golden,
    preview: Preview,
    saved: Job,
    size: tuple[int, int],
) -> None:
    async with hosted(preview, size=size) as pilot:
        preview.show(saved)
        await pilot.pause()
        answer(pilot, preview)
        await pilot.pause()
        golden("preview-{}x{}".format(*size), screen_text(pilot.app))


async def test_the_card_scrolls(
    hosted: Hosted, screen_text: ScreenText, preview: Preview, saved: Job
) -> None:
    async with hosted(preview, size=(40, 20)) as pilot:
        preview.show(saved)
        await pilot.pause()
        assert "一只戴着红色围巾的猫" not in screen_text(pilot.app)
        await pilot.press(*["j"] * 30, "up")
        assert "tabs" in screen_text(pilot.app)


async def test_before_there_is_an_image_it_says_what_is_known(
    hosted: Hosted,
    screen_text: ScreenText,
    golden: Golden,
    preview: Preview,
    make_job: MakeJob,
    clock: Clock,
) -> None:
    async with hosted(preview, size=(40, 10)) as pilot:
        golden("preview-nothing-40x10", screen_text(pilot.app))
        job = make_job(1, State.PROCESSING, "a cat", submitted=NOW - 5, task_id="task_1")
        preview.show(job)
        await pilot.pause()
        golden("preview-running-40x10", screen_text(pilot.app))
        clock.time += 7
        preview._write()
        await pilot.pause()
        assert "12s of ≈50s" in screen_text(pilot.app)
        assert preview._ticker is not None
        preview.show(replace(job, state=State.FAILED, finished=NOW + 9))
        await pilot.pause()
        assert "14s, typically ≈50s" in screen_text(pilot.app)
        assert preview._ticker is None
        assert pilot.app.told(ThumbnailWanted) == []


async def test_it_asks_for_the_pixels_there_is_room_for(
    hosted: Hosted, preview: Preview, saved: Job
) -> None:
    async with hosted(preview, size=(40, 40)) as pilot:
        preview.show(saved)
        await pilot.pause()
        wanted = answer(pilot, preview)
        file = saved.files[0]
        assert (wanted.path, wanted.sha256) == (file.path, file.sha256)
        assert wanted.wish.box == Size(40, 28)  # 1536 × 1024 in 40 cells: the card gets the rest
        assert len(pilot.app.told(ThumbnailWanted)) == 1
        preview.show(replace(saved, change=2))
        await pilot.pause()
        assert len(pilot.app.told(ThumbnailWanted)) == 1
        await pilot.resize_terminal(30, 40)
        await pilot.pause()
        assert answer(pilot, preview).wish.box == Size(30, 20)
        await pilot.resize_terminal(1200, 400)
        await pilot.pause()
        assert answer(pilot, preview).wish.box == Size(320, 320)
    assert ThumbnailWanted("", "", Wish(box=Size(1, 1)), preview).can_replace(wanted)


async def test_brackets_and_arrows_go_through_the_images(
    hosted: Hosted, screen_text: ScreenText, preview: Preview, saved: Job
) -> None:
    async with hosted(preview, size=(60, 40)) as pilot:
        preview.show(saved)
        await pilot.pause()
        assert "image 1 of 2" in screen_text(pilot.app)
        for key, index in (("]", 2), ("right", 1), ("[", 2), ("left", 1), ("right", 2)):
            await pilot.press(key)
            await pilot.pause()
            assert f"image {index} of 2" in screen_text(pilot.app)
            assert answer(pilot, preview).sha256 == saved.files[index - 1].sha256
        preview.show(replace(saved, change=2))
        assert preview.file == saved.files[1]
        preview.show(replace(saved, id="another"))
        assert preview.file == saved.files[0]
        preview.show(None)
        await pilot.press("]")
        assert "No job is chosen." in screen_text(pilot.app)


async def test_each_preview_draws_the_picture_that_it_asked_for_last(
    hosted: Hosted, saved: Job, screen_text: ScreenText
) -> None:
    one, other = Preview(), Preview()
    async with hosted(one, other, size=(60, 80)) as pilot:
        one.show(saved)
        await pilot.pause()
        small = pilot.app.told(ThumbnailWanted)[-1]
        other.show(saved)
        await pilot.pause()
        others = pilot.app.told(ThumbnailWanted)[-1]
        assert not others.can_replace(small)  # else one of them would wait for ever
        await pilot.resize_terminal(80, 80)
        await pilot.pause()
        one.no_picture(small, "too late")  # its answer may come after that to a larger one
        await pilot.pause()
        assert "too late" not in screen_text(pilot.app)
        await other.remove()
        other.picture(others, Picture(1, 1, b"\0" * 4))  # no error


async def test_a_late_picture_of_another_image_is_not_drawn(
    hosted: Hosted, screen_text: ScreenText, preview: Preview, saved: Job
) -> None:
    async with hosted(preview, size=(60, 40)) as pilot:
        preview.show(saved)
        await pilot.pause()  # else the second wish takes the place of the first
        await pilot.press("]")
        first, second = pilot.app.told(ThumbnailWanted)
        preview.picture(first, plain(Size(20, 20)))
        preview.no_picture(first, "too late")
        await pilot.pause()
        assert "▀" not in screen_text(pilot.app)
        preview.no_picture(second, "its file is gone [/x]")
        await pilot.pause()
        assert "not drawn: its file is gone [/x]" in screen_text(pilot.app)
        answer(pilot, preview)
        await pilot.pause()
        assert "▀" in screen_text(pilot.app)
        assert "not drawn" not in screen_text(pilot.app)


async def test_hostile_text_stays_in_its_place(
    hosted: Hosted, preview: Preview, saved: Job
) -> None:
    file = replace(saved.files[0], path=HOSTILE, format=HOSTILE, notes=(HOSTILE,))
    error = JobError(ErrorKind.FAILED, HOSTILE)
    facts = {"task_id": HOSTILE, "warnings": (HOSTILE,), "files": (file,), "error": error}
    async with hosted(preview, size=(60, 40)) as pilot:
        preview.show(replace(saved, **facts))
        for size in ((60, 40), (100, 20), (19, 9), (3, 5)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            card = preview.query_one(Card)
            for y in range(card.size.height):
                strip = card.render_line(y)
                assert strip.text.isprintable()
                assert strip.cell_length == sum(part.cell_length for part in strip)
                assert strip.cell_length == card.scrollable_size.width


def on_the_wire(pilot: Pilot[None], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keep what would be written to the terminal from now on."""
    written: list[str] = []
    monkeypatch.setattr(HeadlessDriver, "is_headless", False)  # or nothing would be
    monkeypatch.setattr(pilot.app._driver, "write", written.append)
    return written


async def test_idle_it_writes_nothing(
    hosted: Hosted, preview: Preview, saved: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hosted(preview, size=(80, 24)) as pilot:
        preview.show(saved)
        await pilot.pause()
        wanted = pilot.app.told(ThumbnailWanted)[-1]
        picture = plain(wanted.wish.box)
        preview.picture(wanted, picture)
        await pilot.pause()
        written = on_the_wire(pilot, monkeypatch)
        preview.show(replace(saved, change=2))
        preview.picture(wanted, picture)
        await pilot.hover(offset=(5, 5))
        await pilot.hover(offset=(70, 6))
        await pilot.pause()
        assert written == []
        await pilot.press("]")
        await pilot.pause()
        assert written != []


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 30), (55, 2), (300, 80)])
async def test_any_size_will_do(
    hosted: Hosted, screen_text: ScreenText, preview: Preview, saved: Job, size: tuple[int, int]
) -> None:
    async with hosted(preview, size=(80, 24)) as pilot:
        preview.show(saved)
        await pilot.pause()
        wanted = answer(pilot, preview)
        await pilot.resize_terminal(*size)
        await pilot.pause()
        assert len(screen_text(pilot.app).splitlines()) == size[1]
        view = preview.query_one(PictureView)
        view.styles.width = view.styles.height = 0
        await pilot.pause()
        preview.picture(wanted, plain(Size(1, 1)))
        await pilot.pause()


async def test_transparent_pixels_show_what_lies_behind_in_every_theme(
    hosted: Hosted, preview: Preview, saved: Job
) -> None:
    async with hosted(preview, size=(80, 24)) as pilot:
        preview.show(saved)
        await pilot.pause()
        wanted = pilot.app.told(ThumbnailWanted)[-1]
        preview.picture(wanted, plain(wanted.wish.box, CLEAR))
        seen = set()
        for theme in ("textual-light", "textual-dark"):
            pilot.app.theme = theme
            await pilot.pause()
            view = preview.query_one(PictureView)
            behind = view.background_colors[1].rgb
            color = view.render_lines(Region(0, 0, 1, 1))[0]._segments[0].style.color.triplet
            assert all(abs(a - b) <= 8 for a, b in zip(color, behind, strict=True))
            seen.add(color)
        assert len(seen) == 2


def test_two_pixels_share_a_cell() -> None:
    strips = blocks(Picture(2, 3, RED * 2 + GREEN * 2 + RED + CLEAR), 4, 3, GREY)
    assert [strip.text for strip in strips] == [" ▀▀ ", " ▀▀ ", "    "]
    upper, lower = strips[0]._segments[1].style, strips[1]._segments[1].style
    assert (upper.color, upper.bgcolor) == (_rgb(255, 0, 0), _rgb(0, 255, 0))
    assert (lower.color, lower.bgcolor) == (_rgb(255, 0, 0), _rgb(24, 24, 24))


def test_a_half_transparent_pixel_is_mixed() -> None:
    strips = blocks(Picture(1, 2, b"\xff\xff\xff\x80" * 2), 1, 1, (0, 0, 0))
    assert strips[0]._segments[0].style.color == _rgb(131, 131, 131)


@pytest.mark.parametrize(("width", "height"), [(0, 0), (0, 5), (5, 0), (1, 1), (7, 3), (80, 40)])
def test_a_larger_picture_is_shrunk_until_the_right_one_comes(width: int, height: int) -> None:
    strips = blocks(plain(Size(200, 100)), width, height, GREY)
    assert len(strips) == (height if width else 0)
    assert all(strip.cell_length == len(strip.text) == width for strip in strips)


@pytest.mark.parametrize(("cell", "lines"), [(Size(8, 16), 10), (Size(8, 20), 8), (None, 10)])
def test_a_square_stays_one_where_cells_are_higher_than_usual(
    cell: Size | None, lines: int
) -> None:
    shape = Canvas(Choice(Graphics.HALF, "", cell)).cell_shape
    drawn = blocks(plain(Size(20, 20)), 20, 10, GREY, shape)
    assert sum("▀" in strip.text for strip in drawn) == lines


def test_a_size_that_no_cell_has_is_not_believed() -> None:
    assert Canvas(Choice(Graphics.HALF, "", Size(1, 900))).cell_shape == 2.0


def _rgb(*channels: int) -> Color:
    color = Color.from_rgb(*channels)
    return Color("", color.type, None, color.triplet)


def test_what_came_otherwise_than_asked_is_a_warning(make_job: MakeJob) -> None:
    job = make_job(
        1,
        State.SAVED,
        images=1,
        values={"size": "1024x1024", "output_format": "webp", "background": "transparent"},
        follows="0123456789abcdef",
    )
    notes = ("asked for a transparent background, got an opaque one",)
    (file,) = job.files
    for has_c2pa, word in ((True, "present"), (False, "no manifest"), (None, None)):
        shown = replace(file, notes=notes, has_c2pa=has_c2pa)
        price = Price(Decimal("0.0530"))
        facts = {one.label: one for one in facts_of(job, shown, now=NOW, typical=None, price=price)}
        assert facts["note"] == Fact("note", notes[0], Tone.WARNING)
        assert facts["pixels"] == Fact("pixels", "1024x1024 → 1536x1024", Tone.WARNING)
        assert facts["format"] == Fact("format", "webp → PNG · 3.2 MB", Tone.WARNING)
        assert facts["price"].text == "$0.053, estimated"
        assert facts["follows"].text == "6789abcdef, made anew"
        assert word is None or word in facts["C2PA"].text
        assert ("C2PA" in facts) is (word is not None)


@pytest.mark.parametrize("kind", ErrorKind)
def test_every_kind_of_error_says_what_to_do_next(make_job: MakeJob, kind: ErrorKind) -> None:
    job = make_job(1, State.FAILED, error=JobError(kind, "it went wrong"))
    texts = {one.label: one.text for one in facts_of(job, None, now=NOW, typical=None)}
    assert texts["error"] == "it went wrong"
    assert texts["next"].endswith(".")


@pytest.mark.parametrize(
    ("state", "facts", "time"),
    [
        (State.QUEUED, {}, "≈50s, typically, once sent"),
        (State.DROPPED, {}, None),
        (State.PENDING, {"submitted": NOW - 9}, "9s of ≈50s"),
        (State.SAVED, {"submitted": NOW - 9, "finished": NOW}, "9s, typically ≈50s"),
    ],
)
def test_the_time_is_told_against_the_typical_one(
    make_job: MakeJob, state: State, facts: dict[str, float], time: str | None
) -> None:
    job = make_job(1, state, **facts)
    texts = {one.label: one.text for one in facts_of(job, None, now=NOW, typical=50.0)}
    assert texts.get("time") == time


def test_a_job_of_an_unknown_model_is_shown_as_it_is(make_job: MakeJob) -> None:
    job = make_job(1, State.PENDING, model="a model of next year", submitted=NOW - 9)
    texts = {one.label: one.text for one in facts_of(job, None, now=NOW, typical=None)}
    assert texts["model"] == "a model of next year"
    assert texts["pixels"] == "left to the model, asked for"
    assert texts["time"] == "9s so far"


async def test_an_image_is_enlarged_and_moved_over(
    hosted: Hosted, preview: Preview, saved: Job
) -> None:
    async with hosted(preview, size=(60, 40)) as pilot:

        async def part_after(*keys: str) -> Part | None:
            await pilot.press(*keys)
            return pilot.app.told(ThumbnailWanted)[-1].wish.part

        preview.show(saved)
        assert await part_after("+") == Part(256, 170, 1024, 683)
        assert await part_after("right", "right", "right", "right") == Part(512, 170, 1024, 683)
        assert await part_after("up", "up", "up") == Part(512, 0, 1024, 683)
        assert await part_after("left", "down") == Part(256, 170, 1024, 683)
        assert preview.file == saved.files[0]
        deep = await part_after(*["+"] * 20)
        assert (deep.width, deep.height) == (48, 32)
        assert await part_after("0") is None
        assert await part_after("+", "-", "-") is None
        assert await part_after("right") is None
        assert preview.file == saved.files[1]
        await part_after("+", "]")
        assert preview._lens.is_whole
        await pilot.press("i")
        assert not preview.query_one(Card).display
        assert answer(pilot, preview).wish.box == Size(60, 80)
