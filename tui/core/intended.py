"""An intent read from the words that people write of it."""

from collections.abc import Sequence

from tui.core.fault import Fault
from tui.core.fields import amount
from tui.core.intent import Intent
from tui.core.language import _
from tui.core.size import Size

_FORMATS = ("png", "jpeg", "webp")
_QUALITIES = ("low", "medium", "high")
_WIDEST = 16  # to 1; no model takes more


def intended(
    ratio: str | None, resolution: str | None, form: str | None, quality: str | None
) -> tuple[Intent, list[Fault]]:
    """Read a shape (16:9), a resolution (2K, 1920x1080), a file format and a quality.

    Return the intent with everything that is wrong with the words.
    """
    faults: list[Fault] = []
    shape = _shape(ratio, faults) if ratio is not None else None
    pixels = None
    if resolution is not None:
        size, side = Size.parse(resolution), amount(resolution.strip())
        if size:
            shape, pixels = shape or size.ratio, size.pixels
        elif side and resolution.strip().upper().endswith("K"):
            pixels = round(side * side)
        else:
            faults.append(Fault("resolution", resolution, _("must be 1K, 2K, 4K or WxH"), "2K"))
    ending = _word("format", form, _FORMATS, faults)
    tier = _word("quality", quality, _QUALITIES, faults)
    others = {"quality": tier} if tier else {}
    return Intent(ratio=shape, pixels=pixels, format=ending, others=others), faults


def _shape(given: str, faults: list[Fault]) -> float | None:
    shape = amount(given.strip()) if ":" in given else None
    if shape and 1 / _WIDEST <= shape <= _WIDEST:
        return shape
    faults.append(
        Fault("ratio", given, _("must be W:H, {widest}:1 at the widest", widest=_WIDEST), "16:9")
    )
    return None


def _word(name: str, given: str | None, known: Sequence[str], faults: list[Fault]) -> str | None:
    text = given.strip().casefold().replace("jpg", "jpeg") if given is not None else None
    if text is None or text in known:
        return text
    faults.append(Fault(name, given or "", _("must be one of {known}", known=", ".join(known))))
    return None
