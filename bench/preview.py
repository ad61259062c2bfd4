"""A preview by kitty's protocol: bytes when it is shown and drawn again, and the app's stalls.

A photo-like PNG of 2048 × 2048 pixels in 60 × 30 cells of 10 × 20 pixels. The rival does what the
usual widget does: it decodes in the app's loop, and sends a PNG of all the pixels that the cells
have, at every repaint. A stall is how late a coroutine wakes up that sleeps a millisecond, while
a picture is made; both take turns, and so does nothing at all.
"""

import asyncio
import base64
import hashlib
import io
import os
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median

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


async def measure(folder: Path) -> None:
    """Print both."""
    images = [folder / f"{number}.png" for number in range(_ROUNDS + 1)]
    hashes = {path: photo(path, number) for number, path in enumerate(images)}
    decoder = Decoder()
    thumbnails = Thumbnails(decoder, folder)
    box = Size(300, 300)
    wish = Wish(box=box, graphics=Graphics.KITTY, sketch=_CELLS)
    drawing = await thumbnails.get(images[0], hashes[images[0]], wish)

    async def theirs(path: Path) -> None:
        naive(path)

    stalls: dict[str, list[float]] = {"nothing": [], "imagedeck": [], "in the loop": []}
    for path in images[1:]:
        stalls["nothing"].append(await stall(lambda: asyncio.sleep(0.1)))
        stalls["imagedeck"].append(
            await stall(lambda p=path: thumbnails.get(p, hashes[p], wish))  # type: ignore[misc]
        )
        stalls["in the loop"].append(await stall(lambda p=path: theirs(p)))  # type: ignore[misc]
    await decoder.close()
    first, again = await sent(drawing)
    whole = len(naive(images[0]))
    print(f"{'bytes':<34}{'imagedeck':>12}{'all pixels':>12}")
    print(f"{'when it is shown':<34}{first:12,}{whole:12,}  {whole / first:.1f} times less")
    print(f"{'when it is drawn again':<34}{again:12,}{whole:12,}")
    for name, values in stalls.items():
        span = f"{min(values):.1f} to {max(values):.1f}"
        print(f"longest stall, ms: {name:<15}{median(values):12.1f} ({span})")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(measure(Path(name)))
