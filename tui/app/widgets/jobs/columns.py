"""The table's columns: what each shows, and which there is room for."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import PurePath

from tui.app.looks import images_of, look_of, short_name
from tui.app.widgets.jobs.expects import Expects
from tui.app.widgets.jobs.gauge import time_text
from tui.app.widgets.jobs.tally import Tally
from tui.core.job import Job
from tui.core.language import _, marked
from tui.core.price import total
from tui.core.units import lasted

Typical = Callable[[Job], float | None]


class Shows(Enum):
    """What a column shows, by its title."""

    STATE = marked("State")
    TIME = marked("Time")
    MODEL = marked("Model")
    IMAGES = marked("Images")
    PROMPT = marked("Prompt")
    FILE = marked("File")
    AGE = marked("Age")
    SIZE = marked("Size")
    COST = marked("Cost")
    JOB = marked("Job")
    GROUP = marked("Group")
    RATING = marked("Rating")
    TAGS = marked("Tags")
    NOTE = marked("Note")
    PROFILE = marked("Profile")
    OWNER = marked("Owner")


Chosen = tuple[Shows, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where it starts and how wide it is, in cells."""

    shows: Shows
    x: int
    width: int


GUTTER = 1  # cells at the left, for marks
_GAP = 1
_LEAST_PROMPT = 4
_GOOD_PROMPT = 12
# What changes stands leftmost: Textual sends all of a line that is left of a changed cell.
# Each with its width, and how wide the table must be to have it.
_FIXED = ((Shows.STATE, 13, 0), (Shows.TIME, 9, 24), (Shows.MODEL, 12, 48), (Shows.IMAGES, 6, 76))
_WIDTHS: Mapping[Shows, int] = {
    Shows.STATE: 13,
    Shows.TIME: 9,
    Shows.MODEL: 12,
    Shows.IMAGES: 6,
    Shows.AGE: 6,
    Shows.SIZE: 10,
    Shows.COST: 8,
    Shows.JOB: 10,
    Shows.GROUP: 14,
    Shows.RATING: 6,
    Shows.TAGS: 14,
    Shows.NOTE: 14,
    Shows.PROFILE: 10,
    Shows.OWNER: 10,
}
_WIDE = 76
_WIDE_TIME = 13
_WITH_OWNER = 60
_WITH_FILE = 96
_MOST_FILE = 48
STANDARD: Chosen = (
    Shows.STATE,
    Shows.TIME,
    Shows.MODEL,
    Shows.IMAGES,
    Shows.PROMPT,
    Shows.FILE,
)


def named(wanted: Iterable[str]) -> Chosen:
    """Return the columns with these titles, as far as there are such; else the standard ones."""
    known = {one.value: one for one in Shows}
    return tuple(known[title] for title in dict.fromkeys(wanted) if title in known) or STANDARD


def titles(chosen: Chosen) -> tuple[str, ...]:
    """Return the titles that lead back to these columns."""
    return () if chosen == STANDARD else tuple(one.value for one in chosen)


@lru_cache(8)
def columns(
    width: int, chosen: Chosen = STANDARD, *, has_owners: bool = False
) -> tuple[Column, ...]:
    """Return the columns that a table of `width` cells has room for.

    With jobs of several people (`has_owners`) the standard ones say whose each is.
    """
    wanted = (
        _standard(width, has_owners=has_owners) if chosen == STANDARD else _fitting(width, chosen)
    )
    placed, x = [], GUTTER
    for shows, cells in wanted:
        placed.append(Column(shows, x, min(cells, max(0, width - x))))
        x += cells + _GAP
    return tuple(placed)


def _standard(width: int, *, has_owners: bool) -> list[tuple[Shows, int]]:
    wanted = [(shows, cells) for shows, cells, least in _FIXED if width >= least]
    if has_owners and width >= _WITH_OWNER:
        wanted.append((Shows.OWNER, _WIDTHS[Shows.OWNER]))
    if width >= _WIDE:
        wanted[1] = (Shows.TIME, _WIDE_TIME)
    rest = width - GUTTER - sum(cells + _GAP for _, cells in wanted)
    if width >= _WITH_FILE:
        file = min(_MOST_FILE, rest * 2 // 5)
        wanted += [(Shows.PROMPT, rest - file - _GAP), (Shows.FILE, file)]
    elif rest >= _LEAST_PROMPT:
        wanted.append((Shows.PROMPT, rest))
    return wanted


def _fitting(width: int, chosen: Chosen) -> list[tuple[Shows, int]]:
    """Give each its width and what is left to prompt and file; the last ones go first."""
    kept = list(chosen)
    while len(kept) > 1 and _least(kept) > width - GUTTER:
        kept.pop()
    rest = width - GUTTER - _least(kept)
    widths = {shows: _WIDTHS.get(shows, _GOOD_PROMPT) for shows in kept}
    if Shows.TIME in widths and rest >= _WIDE_TIME - _WIDTHS[Shows.TIME]:
        rest -= _WIDE_TIME - widths[Shows.TIME]
        widths[Shows.TIME] = _WIDE_TIME
    texts = [shows for shows in kept if shows not in _WIDTHS]
    if len(texts) == 2:
        widths[Shows.FILE] += min(_MOST_FILE - _GOOD_PROMPT, rest * 2 // 5)
        rest -= widths[Shows.FILE] - _GOOD_PROMPT
    if texts:
        widths[Shows.PROMPT if Shows.PROMPT in texts else texts[0]] += rest
    return [(shows, widths[shows]) for shows in kept]


def _least(kept: list[Shows]) -> int:
    return sum(_WIDTHS.get(shows, _GOOD_PROMPT) + _GAP for shows in kept) - _GAP


def text_of(
    column: Column, job: Job, now: float, expects: Expects, summary: Tally | None = None
) -> str:
    """Return what a column says about a job, or a folded group, neither cleaned nor cut."""
    if summary is not None:
        return _group_text(column, summary, now, expects)
    match column.shows:
        case Shows.STATE:
            return str(look_of(job, now))
        case Shows.TIME:
            return time_text(job, now, expects, column.width)
        case Shows.MODEL:
            return short_name(job.request.model)
        case Shows.IMAGES:
            return images_of(job)
        case Shows.PROMPT:
            return job.prompt
        case Shows.FILE:
            return PurePath(job.files[0].path).name if job.files else ""
        case _:
            return _more(column.shows, job, now, expects)


def _group_text(column: Column, group: Tally, now: float, expects: Expects) -> str:
    match shows := column.shows:
        case Shows.STATE:
            return f"▸ {group.status}"
        case Shows.MODEL:
            models = list(group.models)
            several = _("{count} models", count=len(models))
            return short_name(models[0]) if len(models) == 1 else several
        case Shows.IMAGES:
            return _part(group.made, group.asked, column.width)
        case Shows.PROMPT:
            prompt = group.lead.prompt if group.lead else ""
            return _("{name}: {prompt}", name=group.name, prompt=prompt)
        case Shows.COST:
            price = total(expects.price(job) for job in group.jobs)
            return "" if price.amount is None else str(price).replace("≈ ", "≈")
        case Shows.AGE | Shows.GROUP | Shows.PROFILE | Shows.OWNER if group.lead:
            return _more(shows, group.lead, now, expects)
        case _:
            return ""


def _part(made: int, asked: int, width: int) -> str:
    """Say how many of how many there are, else, where that would be cut, the hundredths."""
    text = f"{made}/{asked}"
    return text if len(text) <= width else f"{100 * made // asked}%"


def _more(shows: Shows, job: Job, now: float, expects: Expects) -> str:
    match shows:
        case Shows.AGE:
            return lasted(now - job.created)
        case Shows.SIZE:
            return str(job.request.values.get("size", ""))
        case Shows.COST:
            price = expects.price(job)
            return "" if price.amount is None else str(price).replace("≈ ", "≈")
        case Shows.JOB:
            return job.short_id
        case Shows.RATING:
            return _("{rating} of 5", rating=job.rating) if job.rating else ""
        case Shows.TAGS:
            return " ".join(job.tags)
        case Shows.NOTE:
            return job.note or ""
        case Shows.PROFILE:
            return job.profile
        case Shows.OWNER:
            return job.submitter or ""
        case _:
            return job.group or ""
