"""The table's columns: what each shows, and which there is room for."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import PurePath

from tui.app.looks import elapsed, images_of, look_of, short_name
from tui.core.job import Job

Typical = Callable[[Job], float | None]


class Shows(Enum):
    """What a column shows, by its title."""

    STATE = "State"
    TIME = "Time"
    MODEL = "Model"
    IMAGES = "Images"
    PROMPT = "Prompt"
    FILE = "File"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where it starts and how wide it is, in cells."""

    shows: Shows
    x: int
    width: int


_GAP = 1
_LEAST_PROMPT = 4
# What changes stands leftmost: Textual sends all of a line that is left of a changed cell.
# Each with its width, and how wide the table must be to have it.
_FIXED = ((Shows.STATE, 13, 0), (Shows.TIME, 9, 24), (Shows.MODEL, 12, 48), (Shows.IMAGES, 6, 76))
_WIDE = 76
_WIDE_TIME = 13
_WITH_FILE = 96
_MOST_FILE = 48


@lru_cache(8)
def columns(width: int) -> tuple[Column, ...]:
    """Return the columns that a table of `width` cells has room for."""
    wanted = [(shows, cells) for shows, cells, least in _FIXED if width >= least]
    if width >= _WIDE:
        wanted[1] = (Shows.TIME, _WIDE_TIME)
    rest = width - sum(cells + _GAP for _, cells in wanted)
    if width >= _WITH_FILE:
        file = min(_MOST_FILE, rest * 2 // 5)
        wanted += [(Shows.PROMPT, rest - file - _GAP), (Shows.FILE, file)]
    elif rest >= _LEAST_PROMPT:
        wanted.append((Shows.PROMPT, rest))
    placed, x = [], 0
    for shows, cells in wanted:
        placed.append(Column(shows, x, min(cells, max(0, width - x))))
        x += cells + _GAP
    return tuple(placed)


def text_of(column: Column, job: Job, now: float, typical: Typical) -> str:
    """Return what a column says about a job, neither cleaned nor cut."""
    match column.shows:
        case Shows.STATE:
            return str(look_of(job))
        case Shows.TIME:
            both = elapsed(job, now, typical(job))
            return both if len(both) <= column.width else both.partition("/")[0]
        case Shows.MODEL:
            return short_name(job.request.model)
        case Shows.IMAGES:
            return images_of(job)
        case Shows.PROMPT:
            return job.prompt
        case Shows.FILE:
            return PurePath(job.files[0].path).name if job.files else ""
