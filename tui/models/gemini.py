"""The two Gemini image models, as the gateway's reference (section Gemini) describes them."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from tui.core.fault import Fault, Severity
from tui.core.fields import Choice, Prompt
from tui.core.language import _
from tui.core.model import Model, Prices, Values
from tui.core.price import Price
from tui.core.size import Size

# Pixels at 1K, as Google documents them.
_AT_1K = {
    "1:1": Size(1024, 1024),
    "3:2": Size(1264, 848),
    "2:3": Size(848, 1264),
    "3:4": Size(896, 1200),
    "4:3": Size(1200, 896),
    "16:9": Size(1376, 768),
    "9:16": Size(768, 1376),
}
_SCALE = {"0.5K": 0.5, "1K": 1.0, "2K": 2.0, "4K": 4.0}
FLASH_ID, PRO_ID = "gemini-3.1-flash-image", "gemini-3-pro-image"


def _pixels(values: Values) -> Size | None:
    # A stored job of another version may hold values that are not known here.
    base = _AT_1K.get(str(values.get("aspect_ratio", "1:1")))
    scale = _SCALE.get(str(values.get("size", "1K")))
    return Size(int(base.width * scale), int(base.height * scale)) if base and scale else None


def _price(values: Values, prices: Prices) -> Price:
    return Price(prices.get(str(values.get("size", "1K"))))


def _flash_webp(values: Values) -> Iterable[Fault]:
    if values.get("output_format") == "image/webp":
        rule = _("may be refused upstream by Flash")
        nearest = "image/png"
        yield Fault("output_format", "image/webp", rule, nearest, Severity.WARNING)


def _pro_half(values: Values) -> Iterable[Fault]:
    if values.get("size") == "0.5K":
        rule = _("is known upstream for Flash only")
        yield Fault("size", "0.5K", rule, "1K", Severity.WARNING)


def _gemini(
    model: str,
    *,
    aliases: tuple[str, ...],
    title: str,
    best_for: str,
    rule: Callable[[Values], Iterable[Fault]],
    prices: dict[str, str],
    seconds: float,
) -> Model:
    return Model(
        id=model,
        aliases=aliases,
        title=title,
        best_for=best_for,
        submit_path="/v2/extend/image/generations",
        poll_path="/v2/extend/image/tasks/{task_id}",
        fixed={"model": model},
        fields=(
            Prompt(),
            Choice(name="size", help=_("Resolution class."), choices=tuple(_SCALE)),
            Choice(name="aspect_ratio", help=_("Width to height."), choices=tuple(_AT_1K)),
            Choice(
                name="output_format",
                help=_("File format."),
                choices=("image/png", "image/jpeg", "image/webp"),
            ),
        ),
        rules=(rule,),
        prices={size: Decimal(price) for size, price in prices.items()},
        image_price=_price,
        pixels=_pixels,
        typical=lambda _values: seconds,
    )


GEMINI_FLASH = _gemini(
    FLASH_ID,
    aliases=("gemini", "gemini-flash"),
    title="Gemini 3.1 Flash Image",
    best_for=_("versatile styles, fast"),
    rule=_flash_webp,
    prices={"0.5K": "0.045", "1K": "0.067", "2K": "0.101", "4K": "0.151"},
    seconds=15.0,
)
GEMINI_PRO = _gemini(
    PRO_ID,
    aliases=("gemini-pro",),
    title="Gemini 3 Pro Image",
    best_for=_("versatile styles, high quality"),
    rule=_pro_half,
    prices={"1K": "0.134", "2K": "0.134", "4K": "0.24"},
    seconds=40.0,
)
