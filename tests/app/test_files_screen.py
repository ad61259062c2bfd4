"""The screen that finds images to be references."""

import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from tui.app.canvas import Canvas
from tui.app.screens.files import FilesScreen
from tui.app.widgets.preview.wanted import ThumbnailWanted
from tui.core.fault import Fault
from tui.core.picture import Picture
from tui.services.candidates import Candidate

Hosted = Callable[..., AbstractAsyncContextManager[Any]]
ScreenText = Callable[[Any], str]
Golden = Callable[[str, str], None]

NOON = 1_795_694_400  # 2026-11-26, in any time zone
BAD = {
    "big.bmp": "is 10.7 MB, at most 10 MB are taken",
    "phone.heic": "can't be used: it is AVIF, HEIF or a film, not one of JPEG, PNG, WEBP",
}


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    for name in ("cats/tom.png", "cats/猫.jpg", ".secret/x.png"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    odd = os.fsdecode(b"caf\xe9\x1b[2J\x07.png")
    names = ("big.bmp", "phone.heic", "photo 2.jpg", "photo 10.jpg", "notes.txt", odd, "灯塔.png")
    for at, name in enumerate(names):
        (folder / name).write_bytes(b"x" * 1024 * (at + 1))
        os.utime(folder / name, (NOON, NOON + at))
    (folder / "lost.png").symlink_to("nowhere")
    for name in ("cats", ".secret"):
        os.utime(folder / name, (NOON, NOON))
    return folder


class Opened:
    """The screen over a bare app, with somebody in front of it."""

    def __init__(self, pilot: Pilot[Any], text: ScreenText) -> None:
        self.pilot = pilot
        self.answers: list[tuple[str, ...] | None] = []
        self.looked: list[str] = []
        self._text = text

    @property
    def sees(self) -> str:
        return self._text(self.pilot.app)

    @property
    def screen(self) -> FilesScreen:
        screen = self.pilot.app.screen
        assert isinstance(screen, FilesScreen)
        return screen

    @property
    def under(self) -> str:
        entry = self.screen.pane.entry
        return entry.name if entry else ""

    async def look(self, path: str) -> Candidate:
        self.looked.append(path)
        if why := BAD.get(Path(path).name):
            return Candidate(path=path, bytes=11_200_000, faults=(Fault("image", path, why),))
        return Candidate(
            path=path, key="a" * 64, format="PNG", bytes=1_300_000, width=1024, height=768
        )

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def paste(self, text: str) -> None:
        self.pilot.app.post_message(events.Paste(text))
        await self.settle()

    async def settle(self) -> None:
        await self.pilot.pause()
        await self.pilot.app.workers.wait_for_complete()
        await self.pilot.pause()
        for wanted in self.pilot.app.told(ThumbnailWanted)[-1:]:
            wanted.to.picture(wanted, Picture(16, 12, b"\x80\x20\x20\xff" * 192))
            await self.pilot.pause()


@pytest.fixture
def opened(
    hosted: Hosted, screen_text: ScreenText
) -> Callable[..., AbstractAsyncContextManager[Opened]]:
    @asynccontextmanager
    async def start(*folders: Path, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Opened]:
        async with hosted(size=size) as pilot:
            one = Opened(pilot, screen_text)
            where = [str(path) for path in folders]
            screen = FilesScreen(one.look, where, Canvas(), given=2, most=5)
            await pilot.app.push_screen(screen, one.answers.append)
            await one.settle()
            yield one

    return start


def frozen(text: str) -> str:
    return re.sub(r"╭─ \S+ ─*", lambda it: "╭─ FOLDER ".ljust(len(it[0]), "─"), text, count=1)


@pytest.mark.parametrize("size", [(80, 24), (200, 50)], ids=["80x24", "200x50"])
async def test_the_screen(
    opened: Any, pictures: Path, golden: Golden, size: tuple[int, int]
) -> None:
    name = f"{size[0]}x{size[1]}"
    async with opened(pictures, size=size) as one:
        await one.press("end", "space", "up", "up", "space")
        assert one.under == "photo 10.jpg"
        golden(f"files-{name}", frozen(one.sees))
        await one.press("home", "down", "down")
        golden(f"files-too-large-{name}", frozen(one.sees))


async def test_images_are_taken_in_the_order_of_their_marks(opened: Any, pictures: Path) -> None:
    async with opened(pictures) as one:
        assert one.under == "cats"
        await one.press("end", "space", "home", "down", "enter")
        assert one.under == "tom.png"
        await one.press("space", "left")
        assert one.under == "cats"
        assert "2 marked" in one.sees
        await one.press("t")
        assert one.answers == [(str(pictures / "灯塔.png"), str(pictures / "cats/tom.png"))]


async def test_what_cannot_be_a_reference_is_not_taken(opened: Any, pictures: Path) -> None:
    async with opened(pictures) as one:
        await one.press("down")
        assert one.under == "big.bmp"
        assert "is 10.7 MB, at most 10 MB" in one.sees
        await one.press("enter")
        assert "big.bmp: is 10.7 MB" in one.sees
        await one.press("up", "down", "space")
        assert one.under == "big.bmp"
        assert "marked" not in one.sees
        assert "big.bmp: is 10.7 MB, at most 10 MB are taken" in one.sees
        await one.press("slash", *"lost", "enter", "enter")
        assert "lost.png: a link that leads nowhere" in one.sees
        assert not one.answers
        await one.press("escape", "escape")
        assert one.answers == [None]


async def test_files_are_filtered_sorted_and_hidden(opened: Any, pictures: Path) -> None:
    async with opened(pictures) as one:
        assert "notes.txt" not in one.sees
        assert ".secret" not in one.sees
        assert "1 hidden" in one.sees
        await one.press("full_stop")
        assert ".secret/" in one.sees
        await one.press("s")
        assert one.screen.pane.files._entries[3].name == "灯塔.png"
        await one.press("slash", *"PHOTO 1", "down")
        assert one.under == "photo 10.jpg"
        assert "1 of 9" in one.sees
        await one.press("enter")
        assert one.answers == [(str(pictures / "photo 10.jpg"),)]


async def test_a_path_leads_anywhere_and_what_is_no_folder_is_told(
    opened: Any, pictures: Path
) -> None:
    async with opened(pictures / "none", pictures) as one:
        assert "2 marked" not in one.sees
        assert "cats/" in one.sees
        await one.press("slash")
        await one.paste(f"{pictures}/cats/猫.jpg")
        await one.press("enter")
        assert one.under == "猫.jpg"
        await one.press("slash")
        await one.paste("~nobody-here/x")
        await one.press("enter")
        assert "No such file or directory: ~nobody-here/x" in one.sees
        await one.press("r")
        assert str(pictures)[-20:] in one.sees
        await one.press("left")
        assert one.under == "tom.png"


async def test_the_mouse_does_it_all(opened: Any, pictures: Path) -> None:
    async with opened(pictures) as one:
        files = "#files-list"
        await one.pilot.click(files, offset=(5, 6))
        await one.settle()
        assert one.under == "photo 2.jpg"
        await one.pilot.click(files, offset=(0, 7))
        await one.settle()
        assert " 3 photo 10.jpg" in one.sees
        await one.pilot.click(files, offset=(5, 1))
        await one.pilot.click(files, offset=(5, 1))
        await one.settle()
        assert "tom.png" in one.sees
        await one.pilot.click(files, offset=(5, 0))
        await one.pilot.click(files, offset=(5, 0))
        await one.settle()
        assert one.under == "cats"
        await one.pilot.click(files, offset=(5, 7))
        await one.settle()
        await one.pilot.click(files, offset=(5, 7))
        await one.settle()
        assert one.answers == [(str(pictures / "photo 10.jpg"),)]


async def test_ten_thousand_files_cost_what_is_in_view(opened: Any, tmp_path: Path) -> None:
    for number in range(10_000):
        (tmp_path / f"{number}.png").touch()
    async with opened(tmp_path) as one:
        assert "10,000 images" in one.sees
        await one.press("G")
        assert one.under == "9999.png"
        await one.press("slash", *"77", "enter", "G")
        assert one.under == "9977.png"
        assert len(one.looked) < 12  # only where the cursor came to rest
        await one.pilot.resize_terminal(1, 1)
        await one.pilot.resize_terminal(50, 12)
        await one.settle()
        assert "9977.png" in one.sees
