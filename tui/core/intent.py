"""What a request asks for beside its prompt, in no model's own words."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tui.core.field_words import field_label
from tui.core.fields import Choice, Field, Pixels, Prompt, RefusedError, amount
from tui.core.language import _
from tui.core.model import Model
from tui.core.references import References
from tui.core.size import Size

_K = 1024  # pixels along a side of a square of class 1K
# So near (as logarithms) counts as the same: a pixel more or less, a class that is named after it.
_SAME_SHAPE, _SAME_SIZE = 0.02, 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A shape (width over height), a number of pixels, a file format, and values by field name.

    What is None, or not among `others`, is left to the model. `others` holds texts as they were
    typed, also those that only some model takes.
    """

    ratio: float | None = None
    pixels: int | None = None
    format: str | None = None
    others: Mapping[str, str] = field(default_factory=dict)

    def moved(self, before: "Intent", after: "Intent") -> "Intent":
        """Return this one with what differs between two others changed likewise.

        So a value that a model could only come near to stays exact until a person changes it.
        """
        names = {*before.others, *after.others}
        changed = {name for name in names if before.others.get(name) != after.others.get(name)}
        kept = {name: text for name, text in self.others.items() if name not in changed}
        new = {name: text for name, text in after.others.items() if name in changed}
        return replace(
            self,
            ratio=self.ratio if before.ratio == after.ratio else after.ratio,
            pixels=self.pixels if before.pixels == after.pixels else after.pixels,
            format=self.format if before.format == after.format else after.format,
            others={**kept, **new},
        )


@dataclass(frozen=True, slots=True)
class Wording:
    """An intent in one model's words: its values as texts, and what is lost on the way.

    `left` is what the model has no word for, `near` what it could only come near to (`1:2 → 9:16`).
    """

    values: Mapping[str, str]
    left: Mapping[str, str]
    near: Mapping[str, str]

    @property
    def lost(self) -> str:
        """What is lost, in words; empty where nothing is."""
        near = [
            _("{name} {change}", name=field_label(name), change=change)
            for name, change in self.near.items()
        ]
        left = [
            _("no {name} {text}", name=field_label(name), text=text)
            for name, text in self.left.items()
        ]
        return _(", ").join([*near, *left])


def read(model: Model, values: Mapping[str, str]) -> Intent:
    """Return what a model's values mean."""
    intent = Intent()
    for name, text in values.items():
        match model.field(name):
            case Pixels() if size := Size.parse(text):
                intent = replace(intent, ratio=size.ratio, pixels=size.pixels)
            case Choice() as one if _is_shape(one) and (ratio := amount(text)):
                intent = replace(intent, ratio=ratio)
            case Choice() as one if _is_class(one) and (side := amount(text)):
                intent = replace(intent, pixels=round(side * side))
            case Choice() as one if _is_format(one) and text.strip():
                intent = replace(intent, format=text.rpartition("/")[2].strip().casefold())
            case _:
                intent = replace(intent, others={**intent.others, name: text})
    return intent


def word(model: Model, intent: Intent) -> Wording:
    """Say an intent in a model's words, as near as it comes."""
    values: dict[str, str] = {}
    said: set[str] = set()
    for one in model.fields:
        if isinstance(one, (Prompt, References)):
            continue
        parts, text = _meant(one, model, intent)
        if text:
            said |= parts
            values[one.name] = text
    wanted = {"shape": _shape(intent.ratio), "pixels": _count(intent.pixels), **intent.others}
    wanted["format"] = intent.format or ""
    left = {name: text for name, text in wanted.items() if text and name not in said}
    return Wording(values, left, _near(intent, read(model, values)))


def _near(wanted: Intent, said: Intent) -> dict[str, str]:
    near = {}
    if wanted.ratio and said.ratio and abs(math.log(said.ratio / wanted.ratio)) > _SAME_SHAPE:
        near["shape"] = f"{_shape(wanted.ratio)} → {_shape(said.ratio)}"
    if wanted.pixels and said.pixels and abs(math.log(said.pixels / wanted.pixels)) > _SAME_SIZE:
        near["pixels"] = f"{_count(wanted.pixels)} → {_count(said.pixels)}"
    return near


def _meant(one: Field, model: Model, intent: Intent) -> tuple[set[str], str]:
    """Return what a field says of the intent, and the parts of it that are said with that."""
    match one:
        case Pixels() if intent.ratio or intent.pixels:
            return {"shape", "pixels"}, _sized(one, model, intent)
        case Choice() if _is_shape(one) and intent.ratio:
            return {"shape"}, _nearest(one, intent.ratio)
        case Choice() if _is_class(one) and intent.pixels:
            return {"pixels"}, _nearest(one, math.sqrt(intent.pixels))
        case Choice() if _is_format(one) and intent.format:
            endings = {choice.rpartition("/")[2]: choice for choice in one.choices}
            return {"format"}, endings.get(intent.format, "")
        case _:
            text = intent.others.get(one.name, "")
            return {one.name}, text if _takes(one, text) else ""


def _sized(one: Pixels, model: Model, intent: Intent) -> str:
    usual = model.pixels({}) or Size(_K, _K)
    pixels, ratio = intent.pixels or usual.pixels, intent.ratio or usual.ratio
    known = [size for size in map(Size.parse, one.examples) if size and _alike(size, pixels, ratio)]
    if known and not intent.pixels:  # rounder numbers, and as valid
        return str(min(known, key=lambda size: abs(math.log(size.pixels / pixels))))
    height = math.sqrt(pixels / ratio)
    size = str(Size(max(1, round(height * ratio)), max(1, round(height))))
    for _try in range(3):  # a model's nearest size is valid, in a step or two
        nearest = next((fault.nearest for fault in one.check(size) if fault.nearest), None)
        if nearest is None:
            break
        size = nearest.partition(" or ")[0]
    return size


def _alike(size: Size, pixels: int, ratio: float) -> bool:
    is_near = abs(math.log(size.pixels / pixels)) < _SAME_SIZE
    return is_near and abs(math.log(size.ratio / ratio)) < _SAME_SHAPE


def _nearest(one: Choice, wanted: float) -> str:
    sizes = {choice: size for choice in one.choices if (size := amount(choice))}
    return min(sizes, key=lambda choice: abs(math.log(sizes[choice] / wanted)))


def _is_shape(one: Choice) -> bool:
    return all(":" in choice and amount(choice) for choice in one.choices)


def _is_class(one: Choice) -> bool:
    return all(choice.endswith("K") and amount(choice) for choice in one.choices)


def _is_format(one: Choice) -> bool:
    return one.name == "output_format"


def _takes(one: Field, text: str) -> bool:
    try:
        return not any(fault.is_error for fault in one.check(one.read(text)))
    except RefusedError:
        return False


def _shape(ratio: float | None) -> str:
    """Return a ratio as people write it: `16:9`, or `1.85:1` where no small numbers fit."""
    if ratio is None:
        return ""
    for down in range(1, 22):
        across = round(ratio * down)
        if across and abs(across / down / ratio - 1) < 0.001:
            return f"{across}:{down}"
    return f"{ratio:.2f}:1" if ratio > 1 else f"1:{1 / ratio:.2f}"


def _count(pixels: int | None) -> str:
    return "" if pixels is None else f"{pixels / 1e6:.1f} MP"
