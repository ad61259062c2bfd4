"""A table for people, fitted to their terminal."""

import shutil
import sys
from collections.abc import Sequence

from tui.core.widths import cells, cut, pad

_GAP = "  "
_LEAST_LAST = 12


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table whose last column is cut where the terminal ends.

    What goes to a file or a pipe is not cut.
    """
    everything = [headers, *rows]
    widths = [max(cells(row[at]) for row in everything) for at in range(len(headers) - 1)]
    rest = _room() - sum(width + len(_GAP) for width in widths)
    return [_line(row, widths, max(rest, _LEAST_LAST)) for row in everything]


def _line(row: Sequence[str], widths: Sequence[int], rest: int) -> str:
    first = [pad(text, width) for text, width in zip(row, widths, strict=False)]
    return _GAP.join([*first, cut(row[-1], rest)]).rstrip()


def _room() -> int:
    if sys.stdout is None or not sys.stdout.isatty():
        return sys.maxsize
    return shutil.get_terminal_size().columns
