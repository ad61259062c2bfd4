"""Seedream 5.0 lite, as the gateway's reference (section Seedream) and its maker describe it."""

import re
from collections.abc import Iterable
from decimal import Decimal

from tui.core.fault import Fault, Severity
from tui.core.fields import Pixels, Prompt
from tui.core.language import _, marked
from tui.core.model import Model, Prices, Values
from tui.core.price import Price
from tui.core.references import References
from tui.core.size import Size

LEAST_PIXELS = 1920 * 1920  # the reference's "3.68M pixels"
_MOST_PIXELS = (10_404_496, 16_777_216)  # one upstream's bound, the other's
_WIDEST = 16
_MANY_SIGNS = marked("has {number:,} Chinese characters; the maker advises at most {most}")
_MANY_WORDS = marked("has {number:,} words; the maker advises at most {most}")
_WORDS = dict.fromkeys(("2K", "3K"), _("the maker takes it, the gateway's reference has it not"))
_CHINESE = re.compile("[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")


def _size(field: str, size: Size) -> Iterable[Fault]:
    ratio = max(size.ratio, 1 / size.ratio)
    if size.pixels < LEAST_PIXELS:
        same = size.at_least(LEAST_PIXELS)
        nearest = "1920x1920" if ratio == 1 or ratio > _WIDEST else f"{same} or 1920x1920"
        rule = _(
            "must have at least {least_pixels:,} pixels, has {pixels:,}",
            least_pixels=LEAST_PIXELS,
            pixels=size.pixels,
        )
        yield Fault(field, str(size), rule, nearest)
    elif size.pixels > _MOST_PIXELS[0]:
        low, high = _MOST_PIXELS
        top = low if size.pixels <= high else high
        rule = _(
            "has {pixels:,} pixels; an upstream takes at most {top:,}", pixels=size.pixels, top=top
        )
        yield Fault(field, str(size), rule, str(size.at_most(top)), Severity.WARNING)
    if ratio > _WIDEST:
        rule = _(
            "is wider or taller than 1:{widest}, which the maker does not take", widest=_WIDEST
        )
        yield Fault(field, str(size), rule, severity=Severity.WARNING)


def _advice(prompt: str) -> str | None:
    for number, most, rule in (
        (len(_CHINESE.findall(prompt)), 300, _MANY_SIGNS),
        (len(prompt.split()), 600, _MANY_WORDS),
    ):
        if number > most:
            return _(rule, number=number, most=most)
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
    best_for=_("Chinese prompts, anime, illustration; takes reference images"),
    submit_path="/v2/extend/image/seedream/generations",
    poll_path="/v2/extend/image/seedream/tasks/{task_id}",
    fields=(
        Prompt(advice=_advice),
        Pixels(
            name="size",
            help=_("Width and height in pixels; 2048x2048 when left out."),
            rules=(_size,),
            words=_WORDS,
            bounds=_("≥ {least_pixels:,} pixels", least_pixels=LEAST_PIXELS),
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
            help=_("A reference image, file or URL."),
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
