"""Jobs of one group laid out by what they differ in: along rows and along columns."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from tui.core.job import Job

_MARK = "cell "  # what the row of a job begins with that is a cell of a grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """What the rows or the columns differ in: `model`, `size`, …; and the values, in order."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """The place of a job in the grid of its group.

    `row` and `column` are each an axis's name, a value and its place on the axis, from 0; `number`
    tells several jobs of one cell apart. A job that is made anew takes the cell of the old one.
    """

    row: tuple[str, str, int]
    column: tuple[str, str, int]
    number: int = 1

    @property
    def key(self) -> str:
        """What is kept in `Job.row`."""
        return _MARK + json.dumps([*self.row, *self.column, self.number])

    @property
    def label(self) -> str:
        """Its two values, in words."""
        return " × ".join(value for _, value, _ in (self.row, self.column) if value)

    @classmethod
    def read(cls, key: str | None) -> Self | None:
        """Read what `key` wrote; None for anything else."""
        if key is None or not key.startswith(_MARK):
            return None
        try:
            match json.loads(key.removeprefix(_MARK)):
                case [str(a), str(b), int(c), str(d), str(e), int(f), int(g)]:
                    return cls((a, b, c), (d, e, f), g)
        except ValueError:
            pass
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The values of two axes, and the jobs of each cell that has some, by row and column."""

    rows: Axis
    columns: Axis
    cells: Mapping[tuple[int, int], tuple[Job, ...]]


def model_cell(model: str, at: int, number: int = 1) -> Cell:
    """Return the cell of a comparison of models alone: all in one row."""
    return Cell(("", "", 0), ("model", model, at), number)


def grid_of(jobs: Iterable[Job]) -> Grid | None:
    """Lay the jobs of a group out; None where they are neither a grid nor a comparison."""
    known = list(jobs)
    placed = [(cell, job) for job in known if (cell := Cell.read(job.row))]
    placed = placed or _compared(known)
    if not placed:
        return None
    # A job that was made anew has its cell before the old one's loss of it is known.
    newest = dict(sorted(placed, key=lambda one: one[1].created))
    placed = sorted(newest.items(), key=lambda one: one[0].number)
    cells: dict[tuple[int, int], list[Job]] = {}
    rows = _axis([cell.row for cell, _ in placed])
    columns = _axis([cell.column for cell, _ in placed])
    for cell, job in placed:
        at = rows.values.index(cell.row[1]), columns.values.index(cell.column[1])
        cells.setdefault(at, []).append(job)
    return Grid(rows=rows, columns=columns, cells={at: tuple(one) for at, one in cells.items()})


def _compared(jobs: Sequence[Job]) -> list[tuple[Cell, Job]]:
    """Find the cells of a comparison that knows of none: one prompt, several models."""
    by_model: dict[str, list[Job]] = {}
    for job in jobs:
        by_model.setdefault(job.request.model, []).append(job)
    if len(by_model) < 2 or len({job.prompt for job in jobs}) > 1:
        return []
    return [
        (model_cell(model, at, number), job)
        for at, (model, own) in enumerate(by_model.items())
        for number, job in enumerate(own, 1)
    ]


def _axis(values: Collection[tuple[str, str, int]]) -> Axis:
    ordered = sorted(dict.fromkeys(values), key=lambda one: one[2])
    return Axis(name=ordered[0][0], values=tuple(dict.fromkeys(value for _, value, _ in ordered)))
