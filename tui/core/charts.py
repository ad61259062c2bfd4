"""Numbers drawn as characters."""

from collections.abc import Sequence

_EIGHTHS = "▁▂▃▄▅▆▇█"


def spark(values: Sequence[float], cells: int) -> str:
    """Draw the last of many values, each a column; nothing is a dot, the greatest is full."""
    shown = values[-cells:] if cells > 0 else ()
    most = max(shown, default=0.0)
    return "".join(_column(value, most) for value in shown)


def bar(value: float, most: float, cells: int) -> str:
    """Draw a value against the greatest one; what is more than nothing is seen."""
    if value <= 0 or most <= 0 or cells <= 0:
        return ""
    return "█" * max(1, round(value / most * cells))


def _column(value: float, most: float) -> str:
    if value <= 0 or most <= 0:
        return "·"
    return _EIGHTHS[min(len(_EIGHTHS) - 1, int(value / most * (len(_EIGHTHS) - 0.001)))]
