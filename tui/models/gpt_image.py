"""GPT-Image-2, as the gateway's reference (section GPT-Image-2) and its maker describe it."""

import math
from collections.abc import Iterable
from decimal import Decimal

from tui.core.fault import Fault, Severity
from tui.core.fields import Choice, Pixels, Prompt, Whole
from tui.core.language import _
from tui.core.model import Model, Prices, Values
from tui.core.price import Price
from tui.core.size import Size

_STEP = 16
_WIDEST = 3
_LONGEST = 3840
_LEAST_PIXELS, _MOST_PIXELS = 655_360, 8_294_400
_LONG_PROMPT = 32_000
_SECONDS = {"low": 20.0, "medium": 50.0, "high": 140.0}
_DEFAULT_QUALITY = "medium"
_SQUARE = Size(1024, 1024)


def nearest_size(size: Size) -> Size:
    """Return the size nearest to the one asked for that the maker takes (1920x1080 → 1920x1088)."""
    width = float(min(size.width, _WIDEST * size.height))
    height = float(min(size.height, _WIDEST * size.width))
    grow = max(1.0, math.sqrt(_LEAST_PIXELS / (width * height)))
    shrink = min(1.0, math.sqrt(_MOST_PIXELS / (width * height)), _LONGEST / max(width, height))
    width, height = width * grow * shrink, height * grow * shrink
    near = [
        Size(across, down)
        for across in _steps_around(width)
        for down in _steps_around(height)
        if not _broken(Size(across, down))
    ]
    # Of two equally near ones the larger: nobody wants a pixel less than asked.
    return min(
        near, key=lambda one: (abs(one.width - width) + abs(one.height - height), -one.pixels)
    )


def _steps_around(length: float) -> range:
    below = int(length // _STEP) * _STEP
    return range(max(_STEP, below - 3 * _STEP), below + 5 * _STEP, _STEP)


def _broken(size: Size) -> list[str]:
    rules = {
        _("each side should be a multiple of {step}", step=_STEP): size.width % _STEP
        or size.height % _STEP,
        _("the shape should be between 1:{widest} and {widest}:1", widest=_WIDEST): (
            max(size.ratio, 1 / size.ratio) > _WIDEST
        ),
        _("the longest side should be at most {longest}", longest=_LONGEST): max(
            size.width, size.height
        )
        > _LONGEST,
        _(
            "it should have {least_pixels:,} to {most_pixels:,} pixels",
            least_pixels=_LEAST_PIXELS,
            most_pixels=_MOST_PIXELS,
        ): (not _LEAST_PIXELS <= size.pixels <= _MOST_PIXELS),
    }
    return [rule for rule, is_broken in rules.items() if is_broken]


def _size(field: str, size: Size) -> Iterable[Fault]:
    broken = _broken(size)
    if broken:
        rule = _("{broken} (the maker's rule)", broken="; ".join(broken))
        yield Fault(field, str(size), rule, str(nearest_size(size)), Severity.WARNING)


def _advice(prompt: str) -> str | None:
    if len(prompt) > _LONG_PROMPT:
        return _(
            "has {count:,} characters; the maker takes at most {long_prompt:,}",
            count=len(prompt),
            long_prompt=_LONG_PROMPT,
        )
    return None


def _transparent(values: Values) -> Iterable[Fault]:
    if values.get("background") != "transparent":
        return
    rule = _("the maker refuses it since 2026-09-30 (the refusal is not billed)")
    yield Fault("background", "transparent", rule, "opaque", Severity.WARNING)
    if values.get("output_format") == "jpeg":
        rule = _("can't be transparent")
        yield Fault("output_format", "jpeg", rule, "png", Severity.WARNING)


def _compression(values: Values) -> Iterable[Fault]:
    if "output_compression" in values and values.get("output_format", "png") == "png":
        rule = _("has an effect with output_format jpeg or webp only")
        given = str(values["output_compression"])
        yield Fault("output_compression", given, rule, severity=Severity.WARNING)


def _pixels(values: Values) -> Size | None:
    return Size.parse(str(values.get("size", _SQUARE)))


def _price(values: Values, prices: Prices) -> Price:
    size = _pixels(values) or _SQUARE
    quality = str(values.get("quality", _DEFAULT_QUALITY))
    listed = prices.get(f"{size} {quality}")
    # Without a quality (or with `auto`) the upstream chooses: medium is a guess, and is marked so.
    chosen = "quality" in values and values.get("size") != "auto"
    if listed is not None:
        return Price(listed, guess=not chosen)
    square = prices.get(f"{_SQUARE} {quality}")
    if square is None:
        return Price(None)
    scaled = square * size.pixels / _SQUARE.pixels
    return Price(scaled.quantize(Decimal("0.0001")), guess=True)


def _typical(values: Values) -> float:
    # A stored job of another version may hold a quality that is not known here.
    return _SECONDS.get(str(values.get("quality")), _SECONDS[_DEFAULT_QUALITY])


GPT_IMAGE = Model(
    id="gpt-image-2",
    aliases=("gpt",),
    title="GPT-Image-2",
    best_for=_("text in images, following instructions"),
    submit_path="/v2/extend/image/gpt_image/generations",
    poll_path="/v2/extend/image/gpt_image/tasks/{task_id}",
    fields=(
        Prompt(advice=_advice),
        Pixels(
            name="size",
            help=_("Width and height in pixels."),
            rules=(_size,),
            words={"auto": None},
            bounds=_("sides ÷ 16"),
            examples=("1024x1024", "1024x1536", "1536x1024", "2048x2048", "1920x1088", "3840x2160"),
        ),
        Choice(
            name="quality",
            help=_("Quality tier; high takes over two minutes."),
            choices=("low", "medium", "high"),
        ),
        Whole(name="n", help=_("Images in one task."), minimum=1, advised=10, default=1),
        Choice(name="background", help=_("Background."), choices=("opaque", "transparent")),
        Choice(name="output_format", help=_("File format."), choices=("png", "jpeg", "webp")),
        Whole(
            name="output_compression",
            help=_("Compression in percent, for jpeg and webp."),
            minimum=0,
            maximum=100,
        ),
    ),
    rules=(_transparent, _compression),
    prices={
        f"{size} {quality}": Decimal(price)
        for size, row in {
            "1024x1024": {"low": "0.006", "medium": "0.053", "high": "0.211"},
            "1024x1536": {"low": "0.005", "medium": "0.041", "high": "0.165"},
            "1536x1024": {"low": "0.005", "medium": "0.041", "high": "0.165"},
        }.items()
        for quality, price in row.items()
    },
    image_price=_price,
    pixels=_pixels,
    typical=_typical,
)
