"""What one simulated image must be: pixels, format, transparency, words."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tui.core.fault import Fault
from tui.core.fields import Value
from tui.core.model import Model
from tui.core.size import Size
from tui.core.text import clean
from tui.demo.task import Task

MARK = "simulated by imagedeck — no model made this"
_DEFAULT = Size(1024, 1024)
_CLASS = re.compile(r"(\d(?:\.\d)?)K", re.IGNORECASE)
# What this machine can paint while somebody waits, not what any model could.
_MOST_PIXELS, _MOST_IMAGES = 40_000_000, 1000
_LONGEST = {"WEBP": 16_383, "JPEG": 65_500, "PNG": 100_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One image to paint: `format` as Pillow names it, `quality` of 100 for JPEG or WebP."""

    seed: str
    size: Size
    format: str
    quality: int
    transparent: bool
    prompt: str
    facts: tuple[str, ...]

    @property
    def extension(self) -> str:
        """The usual ending of a file name."""
        return {"JPEG": "jpg"}.get(self.format, self.format.lower())

    @property
    def media_type(self) -> str:
        """The MIME type."""
        return f"image/{self.format.lower()}"


def picture_of(task: Task, model: Model, index: int) -> Picture:
    """Say what a task's image number `index` (from 1) must be."""
    values = task.values
    return Picture(
        seed=f"{task.id} {index}",
        size=size_of(model, values),
        format=format_of(values),
        quality=int(values.get("output_compression", 90)),
        transparent=values.get("background") == "transparent",
        prompt=clean(task.prompt, 2000),
        facts=tuple(_facts(task, model, index)),
    )


def size_of(model: Model, values: Mapping[str, Value]) -> Size:
    """Return the pixels; where the declaration leaves them to the model, a likely size."""
    size = model.pixels(values)
    if size:
        return size
    found = _CLASS.fullmatch(str(values.get("size", "")))
    side = int(float(found[1]) * 1024) if found else 0
    return Size(side, side) if side else _DEFAULT


def format_of(values: Mapping[str, Value]) -> str:
    """Return the format's name in Pillow; PNG where nothing is asked."""
    return str(values.get("output_format", "png")).removeprefix("image/").upper()


def too_much(model: Model, values: Mapping[str, Value]) -> Iterable[Fault]:
    """Refuse what could not be painted here, though no rule of the reference forbids it."""
    size, kind = size_of(model, values), format_of(values)
    longest = _LONGEST[kind]
    if size.pixels > _MOST_PIXELS or max(size.width, size.height) > longest:
        rule = f"the embedded gateway paints at most {_MOST_PIXELS:,} pixels, {longest:,} a side"
        yield Fault("size", str(size), rule)
    if int(values.get("n", 1)) > _MOST_IMAGES:
        yield Fault("n", str(values["n"]), f"the embedded gateway makes at most {_MOST_IMAGES:,}")


def _facts(task: Task, model: Model, index: int) -> Iterable[str]:
    yield f"{model.title} · {size_of(model, task.values)}"
    given = [f"{name} {value}" for name, value in task.values.items() if name != "prompt"]
    if given:
        yield " · ".join(given)
    if task.references:
        yield f"references: {task.references}"
    if task.count > 1:
        yield f"image {index} of {task.count}"
