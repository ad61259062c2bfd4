"""Odd and broken images by the thousand, which cost a child process at most."""

import asyncio
import io
import random
import resource
import shutil
import struct
import subprocess
import time
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from tui.core.picture import Wish
from tui.core.size import Size
from tui.core.text import clean
from tui.services.decode import REFERENCE_FORMATS, BadImageError, Decoder

PATIENCE = 5.0  # seconds for one image
PARENT_MEMORY = 256 * 1024**2
CHILD_LIMIT = 1024**3  # what a child may address, which is more than it has in memory
MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF")
Figure = Callable[[str], None]

linux = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")


@dataclass
class Tally:
    """What became of the images, and what that took."""

    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    child_memory: int = 0
    own_memory: int = 0
    seconds: float = 0.0

    def note(self, outcome: str, seconds: float, name: str) -> None:
        self.outcomes[outcome] += 1
        self.slowest = max(self.slowest, (seconds, name))

    def __str__(self) -> str:
        seconds, name = self.slowest
        own = self.own_memory // 1024**2
        return (
            f"{dict(self.outcomes)} in {self.seconds:.0f} s, slowest {seconds:.2f} s ({name}), "
            f"memory: parent {own} MB more at most, a child {self.child_memory // 1024**2} MB"
        )


async def feed(decoder: Decoder, images: Iterable[tuple[str, Path]], tally: Tally) -> None:
    """Look into every image and shrink it, two at a time as the app does."""
    left = iter(images)

    async def work() -> None:
        for name, path in left:
            start = time.perf_counter()
            for ask in (
                decoder.inspect(path, REFERENCE_FORMATS),
                decoder.picture(path, Wish(box=Size(320, 320))),
            ):
                try:
                    await ask
                except BadImageError as error:
                    outcome = "killed" if "more than" in str(error) else "refused"
                    outcome = outcome if clean(str(error)) == str(error) else "unclean"
                else:
                    outcome = "decoded"
                tally.note(outcome, time.perf_counter() - start, name)
                start = time.perf_counter()

    start = time.perf_counter()
    await asyncio.gather(work(), work())
    tally.seconds += time.perf_counter() - start


@asynccontextmanager
async def watched(tally: Tally) -> AsyncIterator[Decoder]:
    """Open a decoder; check that it leaves neither processes nor open files behind."""
    files = open_files()
    before = children()
    decoder = Decoder()
    watch = asyncio.create_task(_watch(tally))
    try:
        yield decoder
        during = open_files()
    finally:
        watch.cancel()
        await decoder.close()
    assert children() == before
    await asyncio.sleep(0)
    assert open_files() <= files + 1  # the loop's own waker for children
    assert during <= files + 8  # two children with two pipes each


async def _watch(tally: Tally) -> None:
    before = resident()  # the other tests' too
    while True:
        tally.own_memory = max(tally.own_memory, resident() - before)
        tally.child_memory = max(tally.child_memory, *map(peak_memory, children()), 0)
        await asyncio.sleep(0.05)


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def children() -> set[int]:
    tasks = Path("/proc/self/task").iterdir()
    return {int(pid) for task in tasks for pid in (task / "children").read_text().split()}


def resident() -> int:
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * resource.getpagesize()


def peak_memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if "VmHWM" in line), 0)


def check(tally: Tally, images: int) -> None:
    assert tally.outcomes.total() == 2 * images
    assert not tally.outcomes["unclean"]
    assert tally.slowest[0] < PATIENCE
    assert tally.child_memory < CHILD_LIMIT
    assert tally.own_memory < PARENT_MEMORY


def drawn(kind: str, size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    file = io.BytesIO()
    noise = random.Random(0).randbytes(size[0] * size[1] * 3)
    Image.frombytes("RGB", size, noise).save(file, kind, **options)  # type: ignore[arg-type]
    return file.getvalue()


SEEDS = [drawn("PNG"), drawn("JPEG"), drawn("JPEG", progressive=True), drawn("WEBP")]


def mutated(seed: bytes, dice: random.Random) -> bytes:
    """Break an image in one of a few ways; a PNG's checksums are made good every other time."""
    data = bytearray(seed)
    at, end = sorted(dice.randrange(len(data)) for _ in range(2))
    match dice.randrange(6):
        case 0:
            del data[at:end]
        case 1:
            data[at:at] = data[at:end]
        case 2:
            data[at:end] = dice.randbytes(end - at)
        case 3:
            data[at : at + 4] = dice.choice([b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"])
        case _:
            for _ in range(dice.randint(1, 1 + len(data) // 200)):
                data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    # The first bytes stay, or nobody would look any further.
    data[:8] = seed[:8]
    return summed(bytes(data)) if seed[:4] == MAGIC[0] and dice.random() < 0.5 else bytes(data)


def summed(png: bytes) -> bytes:
    """Make the checksums of a PNG right."""
    data, at = bytearray(png), 8
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        end = at + 8 + length
        if end + 4 > len(data):
            break
        struct.pack_into(">I", data, end, zlib.crc32(data[at + 4 : end]))
        at = end + 4
    return bytes(data)


def fuzzed(seeds: Sequence[bytes], count: int, folder: Path) -> Iterator[tuple[str, Path]]:
    """Break images, every other one with zzuf where it is installed; each file lives briefly."""
    zzuf = shutil.which("zzuf")
    for number in range(count):
        dice = random.Random(number)
        seed = dice.choice(seeds)
        if zzuf and number % 2:
            command = [zzuf, "-s", str(number), "-r", dice.choice(["0.0004", "0.004", "0.02"])]
            command += ["-b", "8-"]  # the first bytes stay
            data = subprocess.run(command, input=seed, capture_output=True, check=True).stdout
        else:
            data = mutated(seed, dice)
        path = folder / f"{number % 8}.bytes"  # more than are in work at once
        path.write_bytes(data)
        yield f"fuzz {number}", path


@linux
async def test_broken_images_cost_nothing(tmp_path: Path) -> None:
    tally = Tally()
    async with watched(tally) as decoder:
        await feed(decoder, fuzzed(SEEDS, 100, tmp_path), tally)
    assert tally.outcomes.total() == 200
    assert {"refused", "decoded"} <= set(tally.outcomes)


@linux
@pytest.mark.soak
async def test_the_images_pillow_is_tested_with(pillow_images: list[Path], figure: Figure) -> None:
    tally = Tally()
    async with watched(tally) as decoder:
        await feed(decoder, ((one.name, one) for one in pillow_images), tally)
    figure(f"Pillow's {len(pillow_images)} test images: {tally}")
    assert len(pillow_images) >= 1060
    check(tally, len(pillow_images))


@linux
@pytest.mark.soak
async def test_png_suite(png_suite: list[Path], figure: Figure) -> None:
    tally = Tally()
    async with watched(tally) as decoder:
        await feed(decoder, ((one.name, one) for one in png_suite), tally)
    figure(f"PngSuite's {len(png_suite)} images: {tally}")
    assert len(png_suite) >= 28
    check(tally, len(png_suite))
    assert set(tally.outcomes) == {"decoded"}


@linux
@pytest.mark.soak
async def test_ten_thousand_broken_images(
    pillow_images: list[Path], tmp_path: Path, figure: Figure
) -> None:
    kept = [one.read_bytes() for one in pillow_images if one.stat().st_size < 100_000]
    seeds = [*SEEDS, *(one for one in kept if one.startswith(MAGIC))]
    tally = Tally()
    async with watched(tally) as decoder:
        await feed(decoder, fuzzed(seeds, 10_000, tmp_path), tally)
    by = "half of them by zzuf" if shutil.which("zzuf") else "zzuf is not installed"
    figure(f"10,000 broken images of {len(seeds)} whole ones, {by}: {tally}")
    check(tally, 10_000)
