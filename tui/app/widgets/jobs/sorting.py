"""By which column the table is sorted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tui.app.looks import is_running, short_name
from tui.app.widgets.jobs.columns import Shows
from tui.app.widgets.jobs.expects import Expects
from tui.app.widgets.jobs.rows import NEWEST_FIRST, Order
from tui.core.job import Job, State
from tui.core.matching import took
from tui.core.size import Size
from tui.models import UnknownModelError, find_model

# What needs a person stands first, then what is under way, then what is over.
_RANKS = {
    state: rank
    for rank, state in enumerate(
        (
            State.UNKNOWN,
            State.LOST,
            State.EXPIRED,
            State.FAILED,
            State.DOWNLOADING,
            State.PROCESSING,
            State.PENDING,
            State.SUBMITTING,
            State.QUEUED,
            State.SAVED,
            State.DROPPED,
        )
    )
}
# Of these the greatest stands first, unless the order is turned round.
_GREATEST_FIRST = frozenset({Shows.TIME, Shows.IMAGES, Shows.SIZE, Shows.COST, Shows.RATING})


@dataclass(frozen=True, slots=True)
class Sort:
    """A column and a direction; without a column the newest stand first (or last)."""

    by: Shows | None = None
    is_turned: bool = False

    @property
    def last_first(self) -> bool:
        """Whether the greatest stands at the top."""
        newest = self.by in {None, Shows.AGE}
        return (newest or self.by in _GREATEST_FIRST) is not self.is_turned

    @property
    def arrow(self) -> str:
        """What stands beside the column's title."""
        return "▼" if self.last_first is not (self.by is Shows.AGE) else "▲"

    def chosen(self, by: Shows) -> "Sort":
        """Return what choosing a column leads to: by it, the other way round, as it was."""
        if by is not self.by:
            return Sort(by)
        return Sort() if self.is_turned else Sort(by, is_turned=True)

    def order(self, expects: Expects) -> Order:
        """Return the order of the rows."""
        if self.by is None or self.by is Shows.AGE:
            return Order(NEWEST_FIRST.key, self.last_first)
        value = _values(expects)[self.by]
        return Order(lambda job: (value(job), job.created, job.id), self.last_first)


NEWEST = Sort()


def _values(expects: Expects) -> Mapping[Shows, Callable[[Job], Any]]:
    return {
        Shows.STATE: lambda job: _RANKS[job.state],
        Shows.TIME: _time,
        Shows.MODEL: lambda job: short_name(job.request.model).lower(),
        Shows.IMAGES: lambda job: (len(job.files), job.request.count),
        Shows.PROMPT: lambda job: job.prompt.casefold(),
        Shows.FILE: lambda job: job.files[0].path.casefold() if job.files else "",
        Shows.SIZE: _size,
        Shows.COST: lambda job: expects.cost(job) or 0.0,
        Shows.JOB: lambda job: job.short_id,
        Shows.RATING: lambda job: job.rating or 0,
        Shows.TAGS: lambda job: job.tags,
        Shows.NOTE: lambda job: (job.note or "").casefold(),
        Shows.PROFILE: lambda job: job.profile.casefold(),
        Shows.OWNER: lambda job: (job.submitter or "").casefold(),
        Shows.GROUP: lambda job: (job.group or "").casefold(),
    }


def _time(job: Job) -> tuple[int, float]:
    """Order by time taken; what runs counts as longest, the longest running first."""
    if is_running(job):
        return 1, -(job.updated if job.submitted is None else job.submitted)
    return 0, took(job) or -1.0


def _size(job: Job) -> int:
    try:
        size = find_model(job.request.model).pixels(job.request.values)
    except UnknownModelError:
        return 0
    return size.pixels if isinstance(size, Size) else 0
