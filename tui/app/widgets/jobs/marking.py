"""A table of jobs in which rows can be marked."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.app.widgets.jobs.live import LiveTable
from tui.core.job import Job
from tui.core.language import _


class MarkedTable(LiveTable):
    """Marks are kept while rows come, go and move; what is done is done with all marked jobs."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space",
            "mark",
            _("Mark"),
            show=False,
            id="jobs.mark",
            tooltip=_("Mark the job, or unmark"),
        ),
        Binding(
            "v",
            "range",
            _("Range"),
            show=False,
            id="jobs.range",
            tooltip=_("Mark from here to where the cursor goes; again: end there"),
        ),
        Binding(
            "ctrl+a",
            "mark_all",
            _("Mark all"),
            show=False,
            id="jobs.mark-all",
            tooltip=_("Mark all"),
        ),
    ]

    @property
    def marked(self) -> tuple[Job, ...]:
        """The marked jobs that are still known, as they were marked; else the one under it."""
        jobs = (self._stock.get(job_id) for job_id in self._marks)
        found = tuple(job for job in jobs if job)
        return found or (tuple(self._of_row(self.job)) if self.job else ())

    @property
    def has_marks(self) -> bool:
        """Whether any job is marked."""
        return bool(len(self._marks))

    def unmark(self) -> bool:
        """Take all marks away; return whether there were any."""
        had = bool(len(self._marks))
        changed = set(self._marks)
        self._marks.clear()
        self._repaint_marks(changed)
        self.settle()
        return had

    def moved(self) -> None:
        """Let a range go to the cursor."""
        if self._marks.is_ranging:
            ids = self._marks.reach(self._cursor, self._rows.row_of, self._ids_of)
            self._repaint_marks(ids)

    def press_row(self, row: int, *, extends: bool) -> None:
        """Go there; with shift or ctrl, mark what lies between."""
        if extends and self.job and not self._marks.is_ranging:
            self._begin(self.job)
            super().press_row(row, extends=extends)
            self._marks.end()
            self.settle()
        else:
            super().press_row(row, extends=extends)

    def action_mark(self) -> None:
        """Mark the job under the cursor, or take its mark away; go on to the next."""
        if self.job:
            first, *others = self._of_row(self.job)
            self._marks.toggle(first.id)
            (self._marks.add if first.id in self._marks else self._marks.discard)(
                job.id for job in others
            )
            self._repaint_marks({first.id})
            self.action_move(1)
            self.settle()

    def action_range(self) -> None:
        """Begin a range at the cursor, or end it there."""
        if self._marks.is_ranging:
            self._marks.end()
        elif self.job:
            self._begin(self.job)
            self._repaint_marks({self.job.id})
        self.settle()

    def action_mark_all(self) -> None:
        """Mark all that is shown."""
        self._marks.add(job_id for row in range(self.count) for job_id in self._ids_of(row))
        self.refresh()
        self.settle()

    def _begin(self, job: Job) -> None:
        self._marks.begin(job.id, [one.id for one in self._of_row(job)])

    def _ids_of(self, row: int) -> list[str]:
        return [job.id for job in self._of_row(self._rows[row])]

    def _repaint_marks(self, ids: Iterable[str]) -> None:
        self._repaint(self._lines_of(ids))

    def _of_row(self, job: Job) -> list[Job]:
        """Return what a row stands for: its job, or all that are folded into it."""
        groups = self._stock.groups
        return groups.members(job.group or "") if self._is_lead(job) else [job]
