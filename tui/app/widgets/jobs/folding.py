"""A table of jobs in which batches and comparisons fold into one row."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.app.widgets.jobs.marking import MarkedTable
from tui.core.job import Job
from tui.core.language import _


class FoldedTable(MarkedTable):
    """What was found by a filter is shown one by one, folded or not."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left,h",
            "fold",
            _("Fold"),
            show=False,
            id="jobs.fold",
            tooltip=_("Fold the batch or comparison of the job into one row"),
        ),
        Binding(
            "right,l",
            "open_group",
            _("Unfold"),
            show=False,
            id="jobs.unfold",
            tooltip=_("Show all jobs of the folded group"),
        ),
        Binding(
            "Z",
            "fold_all",
            _("Fold all"),
            show=False,
            id="jobs.fold-all",
            tooltip=_("Fold all groups"),
        ),
    ]

    @dataclass
    class Opened(Message):
        """Somebody wants to look at a job."""

        table: "FoldedTable"
        job: Job

        @property
        def control(self) -> "FoldedTable":
            """The table."""
            return self.table

    def action_open(self) -> None:
        """Open the job under the cursor, or the group that is folded there."""
        if self.job and self._is_lead(self.job):
            self.action_open_group()
        elif self.job:
            self.post_message(self.Opened(self, self.job))

    def action_fold(self) -> None:
        """Fold the group of the job under the cursor."""
        if self.job and self.job.group:
            group = self.job.group
            self._refold(lambda: self._stock.groups.fold(group), group)

    def action_open_group(self) -> None:
        """Show all jobs of the group under the cursor."""
        if self.job and self.job.group:
            group = self.job.group
            self._refold(lambda: self._stock.groups.open(group), group)

    def action_fold_all(self) -> None:
        """Fold all groups, or open all where one is folded."""
        group = self.job.group if self.job else None
        self._refold(self._stock.groups.turn_all, group)

    def _refold(self, change: Callable[[], None], group: str | None) -> None:
        """Change what is folded; the cursor stays on its job, or on its group."""
        if self._stock.is_filtered:
            return  # what was found is shown one by one
        place = self._where()
        change()
        self._stock.refold()
        lead = self._stock.groups.members(group) if group else []
        if place.under and place.under.id not in self._rows and lead:
            place = replace(place, under=lead[0])
        self._reshape(replace(place, follows=False))
        self._show_row(self._cursor)
        self.settle()
