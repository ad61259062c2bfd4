"""Times and durations as people write and read them."""

import re
import time
from datetime import UTC, datetime

import click

from tui.core.language import _

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw]?)", re.IGNORECASE | re.ASCII)
_LONGEST = 100 * 365 * 86400.0


def rfc3339(unix: float) -> str:
    """Return Unix seconds as RFC 3339 in UTC, to the millisecond."""
    moment = datetime.fromtimestamp(unix, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def now_rfc3339() -> str:
    """Return the present moment as RFC 3339."""
    return rfc3339(time.time())


def local(unix: float | None) -> str:
    """Return Unix seconds in the reader's own zone; a dash for never."""
    if unix is None:
        return "–"
    return f"{datetime.fromtimestamp(unix).astimezone():%Y-%m-%d %H:%M:%S}"


class Seconds(click.ParamType[float]):
    """A duration: `90`, `90s`, `15m`, `2h`, `7d`, `2w`."""

    name = "duration"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read a duration as seconds, more than none."""
        found = _DURATION.fullmatch(str(value).strip())
        seconds = float(found[1]) * _UNITS[found[2].lower() or "s"] if found else 0.0
        if not 0 < seconds <= _LONGEST:
            self.fail(
                _("{value!r} is no duration: write 90s, 15m, 2h, 7d or 2w.", value=value),
                param,
                ctx,
            )
        return seconds


class Since(click.ParamType[float]):
    """A moment in the past: a duration before now, or an ISO date such as 2026-11-20."""

    name = "moment"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read a moment as Unix seconds."""
        text = str(value).strip()
        try:
            if _DURATION.fullmatch(text):
                return datetime.now(UTC).timestamp() - Seconds().convert(text, param, ctx)
            return datetime.fromisoformat(text).astimezone().timestamp()
        except (ValueError, OverflowError, OSError):
            self.fail(
                _(
                    "{value!r} is no moment: write 90s, 15m, 2h, 7d, 2w or a date "
                    "such as 2026-11-20.",
                    value=value,
                ),
                param,
                ctx,
            )
