"""The table of jobs as a person works with it: sorted, filtered, as long as the history."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.app.widgets.jobs.columns import Chosen, Shows
from tui.app.widgets.jobs.folding import FoldedTable
from tui.app.widgets.jobs.sorting import NEWEST, Sort
from tui.app.widgets.jobs.stock import Keep
from tui.core.job import Job
from tui.core.language import _


@dataclass(frozen=True, slots=True)
class Standing:
    """How a table stands: how many jobs it shows, are marked, came unseen above."""

    count: int = 0
    marked: int = 0
    newer: int = 0
    is_ranging: bool = False
    sort: Sort = NEWEST


class JobTable(FoldedTable):
    """Jobs, newest first unless sorted otherwise, all of them or those that a filter keeps."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "s",
            "sort",
            _("Sort"),
            show=False,
            id="jobs.sort",
            tooltip=_("Sort by the next column; after the last one, newest first"),
        ),
        Binding(
            "S",
            "turn",
            _("Turn round"),
            show=False,
            id="jobs.turn",
            tooltip=_("Turn the order round"),
        ),
    ]

    @dataclass
    class Stands(Message):
        """How the table stands has changed."""

        standing: Standing

        def can_replace(self, message: Message) -> bool:
            """Only the last one of several counts."""
            return isinstance(message, JobTable.Stands)

    @dataclass
    class Ends(Message):
        """The end of what is loaded is in view, or `everything` is wanted."""

        everything: bool = False

    _stands = Standing()
    _has_older = _is_asking = _wants_all = False

    def reset(self, jobs: Iterable[Job]) -> None:
        """Hold these jobs and no others; the history may have older ones."""
        self._has_older, self._is_asking = True, False
        super().reset(jobs)

    def extend(self, jobs: Collection[Job], *, has_older: bool) -> None:
        """Take older jobs, as the history has them, below the others."""
        self._has_older, self._is_asking = has_older, False
        place, was_last = self._where(), self._cursor == self.count - 1
        if jobs and self._stock.extend(jobs).is_reshaped:
            self._reshape(place)
            if self._wants_all and was_last:
                self._go(self.count - 1)
        self._wants_all = self._wants_all and has_older
        if self._wants_all:
            self._ask()
        self.settle()

    def let_go(self, ids: Collection[str]) -> None:
        """Show these no more."""
        place = self._where()
        self._stock.remove(ids)
        self._marks.discard(ids)
        self._reshape(place)
        self.settle()

    def show_only(self, keep: Keep | None) -> None:
        """Show what a filter keeps, None for all; the history may have more."""
        self.flush()
        place = self._where()
        self._stock.show_only(keep)
        self._has_older, self._is_asking, self._wants_all = True, False, False
        self._reshape(place)
        self.settle()

    def sort_by(self, sort: Sort) -> None:
        """Put the rows in another order; what is not loaded yet belongs into it, too."""
        self.flush()
        place = self._where()
        self._sort = sort
        self._stock.sort(sort.order(self._expects))
        self._wants_all = sort != NEWEST
        self._reshape(place)
        self._show_row(self._cursor)
        if self._wants_all:
            self._ask()
        self.settle()

    def loaded(self, most: int | None = None) -> list[Job]:
        """Return all jobs that are loaded, or the newest of them, shown or not."""
        return self._stock.all(most)

    def choose(self, chosen: Chosen) -> None:
        """Show these columns."""
        self._chosen = chosen
        self.refresh()

    def settle(self) -> None:
        """Say how the table stands, and when its end is in view."""
        super().settle()
        standing = Standing(
            self.count,
            len(self._marks),
            self._newer,
            self._marks.is_ranging,
            self._sort,
        )
        if standing != self._stands:
            self._stands = standing
            self.post_message(self.Stands(standing))
        if self._visible().stop > self.count - self._page:
            self._ask()

    def press_header(self, x: int) -> None:
        """Sort by the column that was clicked."""
        for column in self._columns():
            if column.x <= x < column.x + column.width:
                self.sort_by(self._sort.chosen(column.shows))

    def action_last(self) -> None:
        """Move the cursor to the last row, once all are loaded."""
        self._wants_all = self._has_older
        super().action_last()

    def action_sort(self) -> None:
        """Sort by the next column in view."""
        shown: list[Shows | None] = [None, *(column.shows for column in self._columns())]
        at = shown.index(self._sort.by) if self._sort.by in shown else 0
        self.sort_by(Sort(shown[(at + 1) % len(shown)]))

    def action_turn(self) -> None:
        """Turn the order round."""
        self.sort_by(Sort(self._sort.by, is_turned=not self._sort.is_turned))

    def _ask(self) -> None:
        if self._has_older and not self._is_asking and self.is_mounted:
            self._is_asking = True
            self.post_message(self.Ends(self._wants_all))
