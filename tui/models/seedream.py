"""Seedream 5.0 lite, as the gateway's reference (section Seedream) and its maker describe it."""

import re
from collections.abc import Iterable
from decimal import Decimal

from tui.core.fault import Fault, Severity
from tui.core.fields import Pixels, Prompt
from tui.core.model import Model, Prices, Values
from tui.core.price import Price
from tui.core.references import References
from tui.core.size import Size

LEAST_PIXELS = 1920 * 1920  # the reference's "3.68M pixels"
_MOST_PIXELS = (10_404_496, 16_777_216)  # one upstream's bound, the other's
_WIDEST = 16
_WORDS = dict.fromkeys(("2K", "3K"), "the maker takes it, the gateway's reference has it not")
_CHINESE = re.compile("[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")


def _size(field: str, size: Size) -> Iterable[Fault]:
    ratio = max(size.ratio, 1 / size.ratio)
    if size.pixels < LEAST_PIXELS:
        same = size.at_least(LEAST_PIXELS)
        nearest = "1920x1920" if ratio == 1 or ratio > _WIDEST else f"{same} or 1920x1920"
        rule = f"must have at least {LEAST_PIXELS:,} pixels, has {size.pixels:,}"
        yield Fault(field, str(size), rule, nearest)
    elif size.pixels > _MOST_PIXELS[0]:
        low, high = _MOST_PIXELS
        top = low if size.pixels <= high else high
        rule = f"has {size.pixels:,} pixels; an upstream takes at most {top:,}"
        yield Fault(field, str(size), rule, str(size.at_most(top)), Severity.WARNING)
    if ratio > _WIDEST:
        rule = f"is wider or taller than 1:{_WIDEST}, which the maker does not take"
        yield Fault(field, str(size), rule, severity=Severity.WARNING)


def _advice(prompt: str) -> str | None:
    for number, most, what in (
        (len(_CHINESE.findall(prompt)), 300, "Chinese characters"),
        (len(prompt.split()), 600, "words"),
    ):
        if number > most:
            return f"has {number:,} {what}; the maker advises at most {most}"
    return None


def _pixels(values: Values) -> Size | None:
    size = str(values.get("size", "2048x2048"))
    return Size.parse(size)


def _price(_values: Values, prices: Prices) -> Price:
    return Price(prices.get("image"))


SEEDREAM = Model(
    id="seedream-5.0-lite",
    aliases=("seedream",),
    title="Seedream 5.0 lite",
    best_for="Chinese prompts, anime, illustration; takes reference images",
    submit_path="/v2/extend/image/seedream/generations",
    poll_path="/v2/extend/image/seedream/tasks/{task_id}",
    fields=(
        Prompt(advice=_advice),
        Pixels(
            name="size",
            help="Width and height in pixels; 2048x2048 when left out.",
            rules=(_size,),
            words=_WORDS,
            bounds=f"≥ {LEAST_PIXELS:,} pixels",
            examples=(
                "2048x2048",
                "2304x1728",
                "1728x2304",
                "2560x1440",
                "1440x2560",
                "1600x2848",
            ),
        ),
        References(
            name="image",
            help="A reference image, file or URL; repeat it for more.",
            most=14,
            most_bytes=10 * 1024**2,
            ratio=_WIDEST,
            media_types=(
                "image/jpeg",
                "image/png",
                "image/webp",
                "image/bmp",
                "image/tiff",
                "image/gif",
            ),
        ),
    ),
    prices={"image": Decimal("0.035")},
    image_price=_price,
    pixels=_pixels,
    typical=lambda _values: 25.0,
)
