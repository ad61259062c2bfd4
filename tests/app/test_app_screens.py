"""The whole app as it looks, at both sizes, and at sizes that nobody works with."""

import re
from collections.abc import Callable
from typing import Any

import pytest

OpenAt = Callable[..., Any]
Gateways = Callable[..., Any]
Golden = Callable[[str, str], None]

SIZES = [(80, 24), (200, 50)]
# What is another one in each run; the blanks behind it keep their columns.
FLEETING = (
    (r"http://127\.0\.0\.1:\d+", "http://GATEWAY"),
    (r"img_gen_[0-9a-f]+", "TASK"),
    (r"(?<=✓ saved       )\d+s|(?<=time    )\d+s", "#s"),
    (r"\d{4}-\d\d-\d\d-[\w-]+…", "FILE"),
    (r"[0-9a-f]{10,}…?", "HEX"),
    (r"\d+\.\d kB", "# kB"),
)


def frozen(text: str) -> str:
    for pattern, instead in FLEETING:
        text = re.sub(f"(?:{pattern}) *", lambda found, to=instead: to.ljust(len(found[0])), text)
    return "".join(f"{line.rstrip()}\n" for line in without_path(text.splitlines()))


def without_path(lines: list[str]) -> list[str]:
    """Leave out the lines of the path, which are more or fewer in each run."""
    first = next((row for row, line in enumerate(lines) if "│ path " in line), 0)
    last = next((row for row, line in enumerate(lines) if "│ task_id " in line), 0)
    return [*lines[:first], *lines[last:-1], *[lines[-2]] * (last - first), lines[-1]]


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "200x50"])
async def test_the_screen_before_and_after_the_first_image(
    open_at: OpenAt, http_gateway: Gateways, golden: Golden, size: tuple[int, int]
) -> None:
    name = f"{size[0]}x{size[1]}"
    async with open_at(http_gateway(), size=size) as person:
        await person.until_ready()
        await person.settle()
        golden(f"app-empty-{name}", frozen(person.raw))
        await person.choose(4)
        await person.send("a lighthouse at dusk, 灯塔")
        await person.until_sees("✓ saved")
        if size[0] > 100:
            await person.until_sees("▀", "sha256")
        text = person.raw
        assert all(one in text for one in ("GPT-Image-2", "a lighthouse at dusk, 灯塔", "✓ saved"))
        golden(f"app-saved-{name}", frozen(text))
        await person.press("f1")
        await person.until_sees("Keys", "Keys and help", "Send the request", "esc closes")
        await person.press("escape")
        await person.until_sees("^g Generate")


async def test_any_size_is_survived(open_at: OpenAt, http_gateway: Gateways) -> None:
    async with open_at(http_gateway(), size=(80, 24)) as person:
        await person.until_ready()
        await person.choose(4)
        await person.send("a lighthouse")
        await person.until_sees("✓ saved")
        before = frozen(person.raw)
        for keys in ([], ["f1"], ["enter"]):
            await person.go_to("#jobs")
            await person.press(*keys)
            for width, height in ((1, 1), (300, 60), (10, 3), (80, 24)):
                await person.resize(width, height)
            await person.press("escape")
        await person.go_to("#prompt")
        await person.until(lambda: frozen(person.raw) == before, "for the screen of before")
