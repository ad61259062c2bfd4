"""A preview by kitty's protocol: bytes when it is shown and drawn again, and the app's stalls.

A photo-like PNG of 2048 × 2048 pixels in 60 × 30 cells of 10 × 20 pixels. The rival does what the
usual widget does: it decodes in the app's loop, and sends a PNG of all the pixels that the cells
have, at every repaint. A stall is how late a coroutine wakes up that sleeps a millisecond, while
a picture is made; both take turns, and so does nothing at all.

Needs nothing but the project's environment. With `--textual-image PYTHON` the usual widget itself
joins in, in a terminal of its own, run by the Python of an environment that has it:

    python -m venv rival && rival/bin/pip install "textual-image[textual]==0.12.0"
    PYTHONPATH=bench python -P bench/preview.py --textual-image rival/bin/python
"""

import argparse
import asyncio
import base64
import hashlib
import io
import os
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from statistics import median

from apparatus.gateway import environ
from apparatus.terminal import Terminal
from PIL import Image
from textual.app import App, ComposeResult

from tui.app.canvas import Canvas
from tui.app.ladder import Choice
from tui.app.widgets.preview.picture_view import PictureView
from tui.core.picture import Drawing, Graphics, Picture, Wish
from tui.core.size import Size
from tui.services.decode import Decoder
from tui.services.thumbnails import Thumbnails

_SHORT = os.environ.get("IMAGEDECK_BENCH") == "short"
_ROUNDS = 4 if _SHORT else 20
_CELLS, _CELL, _PIXELS = Size(60, 30), Size(10, 20), 2048
_TICK = 0.001  # seconds
# Writes a line once it runs, and one with each picture's longest stall in milliseconds.
_USUAL = f"""
import asyncio
import sys
import time

from textual.app import App
from textual_image.widget import TGPImage

class Usual(App):
    CSS = "TGPImage {{ width: {_CELLS.width}; height: {_CELLS.height}; }}"
    report, *images = sys.argv[1:]
    worst = 0.0

    def compose(self):
        yield TGPImage()

    def on_mount(self):
        self.run_worker(self.tick())
        self.tell("runs")

    async def tick(self):
        while True:
            begun = time.perf_counter()
            await asyncio.sleep({_TICK})
            self.worst = max(self.worst, time.perf_counter() - begun - {_TICK})

    def key_n(self):
        self.worst = 0.0
        self.query_one(TGPImage).image = self.images.pop(0)
        self.set_timer(1.0, lambda: self.tell(str(1000 * self.worst)))

    def key_r(self):
        self.query_one(TGPImage).refresh()

    def tell(self, line):
        with open(self.report, "a") as file:
            print(line, file=file)

Usual().run()
"""


def photo(path: Path, seed: int) -> str:
    """Write something with soft shapes and grain; return its sha256."""
    dice = random.Random(seed)
    colours = bytes(dice.randrange(256) for _ in range(12 * 12 * 3))
    soft = Image.frombytes("RGB", (12, 12), colours).resize(
        (_PIXELS, _PIXELS), Image.Resampling.BICUBIC
    )
    grain = Image.effect_noise((_PIXELS, _PIXELS), 12).convert("RGB")
    Image.blend(soft, grain, 0.15).save(path, compress_level=1)
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Host(App[None]):
    """An app around one picture."""

    CSS = f"PictureView {{ width: {_CELLS.width}; height: {_CELLS.height}; }}"

    def __init__(self, canvas: Canvas) -> None:
        super().__init__()
        self.view = PictureView(canvas)

    def compose(self) -> ComposeResult:
        """Put the picture in."""
        yield self.view


def naive(path: Path) -> bytes:
    """Return what is sent of an image where nothing is left out."""
    image = Image.open(path).convert("RGB")
    image.thumbnail((_CELLS.width * _CELL.width, _CELLS.height * _CELL.height))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return base64.standard_b64encode(buffer.getvalue())


async def stall(work: Callable[[], Awaitable[object]]) -> float:
    """Return by how many milliseconds the loop was late at worst while something was done."""
    worst, is_over = 0.0, False

    async def tick() -> None:
        nonlocal worst
        while not is_over:
            begun = time.perf_counter()
            await asyncio.sleep(_TICK)
            worst = max(worst, time.perf_counter() - begun - _TICK)

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0)
    await work()
    is_over = True
    await ticking
    return 1000 * worst


async def sent(drawing: Picture | Drawing) -> tuple[int, int]:
    """Return the bytes written past Textual when a picture is shown, and when drawn again."""
    written: list[str] = []
    canvas = Canvas(Choice(Graphics.KITTY, "", _CELL))
    app = Host(canvas)
    async with app.run_test(size=(80, 40)) as pilot:
        canvas.begin(written.append)
        app.view.show(drawing)
        await pilot.pause()
        first = sum(map(len, written))
        for _ in range(10):
            app.view.refresh()
            await pilot.pause()
        return first, (sum(map(len, written)) - first) // 10


class Usual:
    """textual-image in a terminal."""

    def __init__(self, python: str, folder: Path, images: Sequence[Path]) -> None:
        self._report = folder / "report"
        cell = {"TEXTUAL_CELL_WIDTH": str(_CELL.width), "TEXTUAL_CELL_HEIGHT": str(_CELL.height)}
        command = [python, "-c", _USUAL, str(self._report), *map(str, images)]
        self.terminal = Terminal(command, environ(folder, "") | cell, (80, 40))
        self._heard: list[str] = []
        self._hear()

    def show(self) -> tuple[int, float]:
        """Show the next picture; return the bytes written, and the longest stall."""
        return self._written_by("n"), float(self._heard[-1])

    def draw_again(self) -> int:
        """Return the bytes that a repaint writes."""
        before = self.terminal.written
        self.terminal.send("r")
        self.terminal.rest(1)
        return self.terminal.written - before

    def _written_by(self, key: str) -> int:
        before = self.terminal.written
        self.terminal.send(key)
        self._hear()
        return self.terminal.written - before

    def _hear(self) -> None:
        """Wait for another line of the report."""
        known = len(self._heard)

        def has_come() -> bool:
            self._heard = self._report.read_text().split("\n")[:-1] if self._report.exists() else []
            return len(self._heard) > known

        self.terminal.until(has_come)
        self.terminal.rest(0.2)


async def measure(folder: Path, python: str | None) -> None:
    """Print what each of them takes."""
    images = [folder / f"{number}.png" for number in range(_ROUNDS + 1)]
    hashes = {path: photo(path, number) for number, path in enumerate(images)}
    decoder = Decoder()
    thumbnails = Thumbnails(decoder, folder)
    box = Size(300, 300)
    wish = Wish(box=box, graphics=Graphics.KITTY, sketch=_CELLS)
    drawing = await thumbnails.get(images[0], hashes[images[0]], wish)
    usual = Usual(python, folder, images[1:]) if python else None

    async def theirs(path: Path) -> None:
        naive(path)

    stalls: dict[str, list[float]] = {"nothing": [], "imagedeck": [], "in the loop": []}
    shown: list[int] = []
    for path in images[1:]:
        stalls["nothing"].append(await stall(lambda: asyncio.sleep(0.1)))
        stalls["imagedeck"].append(
            await stall(lambda p=path: thumbnails.get(p, hashes[p], wish))  # type: ignore[misc]
        )
        stalls["in the loop"].append(await stall(lambda p=path: theirs(p)))  # type: ignore[misc]
        if usual:
            written, worst = usual.show()
            shown.append(written)
            stalls.setdefault("textual-image", []).append(worst)
    await decoder.close()
    first, again = await sent(drawing)
    whole = len(naive(images[0]))
    print(f"{'bytes':<34}{'imagedeck':>12}{'all pixels':>12}")
    print(f"{'when it is shown':<34}{first:12,}{whole:12,}  {whole / first:.1f} times less")
    print(f"{'when it is drawn again':<34}{again:12,}{whole:12,}")
    if usual:
        drawn = median(usual.draw_again() for _ in range(3))
        print(f"{'textual-image, shown':<34}{median(shown):12,.0f}")
        print(f"{'textual-image, drawn again':<34}{drawn:12,.0f}")
        usual.terminal.__exit__()
    for name, values in stalls.items():
        span = f"{min(values):.1f} to {max(values):.1f}"
        print(f"longest stall, ms: {name:<15}{median(values):12.1f} ({span})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--textual-image", metavar="PYTHON", help="of an environment that has it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(measure(Path(name), options.textual_image))
