"""The table of jobs with its filter, as far back as the history goes."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.getters import query_one
from textual.message import Message
from textual.widgets import Input

from tui.app.widgets.jobs.columns import STANDARD, Chosen
from tui.app.widgets.jobs.expects import Expects
from tui.app.widgets.jobs.filter import FilterLine
from tui.app.widgets.jobs.sorting import NEWEST
from tui.app.widgets.jobs.status import JobsStatus
from tui.app.widgets.jobs.table import JobTable, Standing
from tui.core.job import Job
from tui.core.language import _
from tui.core.matching import Known, holds
from tui.core.query import QueryError, Search, asks_for_deleted, parse
from tui.models import names_of, parameters

_PAGE, _LARGE_PAGE = 1000, 5000
_FIRST_FOUND = 200  # by a search: the next letter must not wait for a thousand to be read
_FAULTS = "is:fault"


class FindingPane(Vertical):
    """Posts `OlderWanted` for jobs that are not loaded. `now` gives Unix seconds."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", _("Filter"), id="jobs.filter", tooltip=_("Filter by a query")),
        Binding(
            "ctrl+f",
            "faults",
            _("Faults"),
            show=False,
            id="jobs.faults",
            tooltip=_("Show faults only, or all again"),
        ),
        Binding(
            "escape",
            "clear",
            _("Show all"),
            show=False,
            id="jobs.clear",
            tooltip=_("Take the marks away, then the filter, then the order"),
        ),
    ]
    table = query_one(JobTable)
    _line = query_one(FilterLine)
    _status = query_one(JobsStatus)

    @dataclass
    class OlderWanted(Message):
        """Find older jobs that the search holds for; `before` a job's id, None from the newest."""

        search: Search
        known: Known
        before: str | None
        limit: int

    def __init__(
        self,
        expects: Expects,
        *,
        chosen: Chosen = STANDARD,
        now: Callable[[], float] = time.time,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id)
        self._expects = expects
        self._chosen = chosen
        self._now = now
        self._query = ""
        self._search: Search = ()
        self._loaded_to: str | None = None  # the last one that the history gave
        self._found_to: str | None = None
        self._standing = Standing()
        self._progress = ""

    def compose(self) -> ComposeResult:
        """Put the filter over the table, how it stands below."""
        yield FilterLine(id="jobs-filter")
        table = JobTable(now=self._now, expects=self._expects, id="jobs")
        table.choose(self._chosen)
        yield table
        yield JobsStatus(id="jobs-status")

    def reset(self, jobs: Collection[Job]) -> None:
        """Show these jobs and no others, newest first; the history may have older ones."""
        self._loaded_to = min(jobs, key=lambda job: (job.created, job.id)).id if jobs else None
        self._found_to = None
        self.table.reset(jobs)

    def take_older(self, wanted: OlderWanted, jobs: Collection[Job]) -> None:
        """Take what was found of what was wanted, newest first, unless it is wanted no longer."""
        if (wanted.search, wanted.before) != (self._search, self._last):
            return
        if jobs:
            self._go_to([*jobs][-1].id)
        self.table.extend(jobs, has_older=len(jobs) == wanted.limit)

    def filter(self, query: str) -> None:
        """Show only the jobs that a query holds for; one that can't be read changes nothing."""
        try:
            search = parse(query, parameters())
        except QueryError as error:
            self._status.tell(self._standing, "", str(error))
            return
        self._query = " ".join(query.split()) if search else ""
        if search != self._search:
            self._search = search
            self._begin_search()
        self._tell()

    @property
    def found(self) -> tuple[Search, Known] | None:
        """The query that decides what is shown, with what it is compared with; None without one."""
        return (self._search, self._known()) if self._search else None

    def tell_progress(self, text: str) -> None:
        """Say below the table how far a batch is; an empty text when none is under way."""
        self._progress = text
        self._tell()

    def action_filter(self) -> None:
        """Write a query."""
        self._line.display = True
        self._line.focus()

    def action_faults(self) -> None:
        """Show faults only, or all again."""
        self._line.value = "" if self._query == _FAULTS else _FAULTS
        self.filter(self._line.value)

    def action_clear(self) -> None:
        """Take away the marks, else the filter, else the order."""
        if self.table.unmark():
            return
        if self._query or self._line.display:
            self.give_up()
        else:
            self.table.sort_by(NEWEST)

    @on(Input.Changed)
    def filter_by_line(self, event: Input.Changed) -> None:
        """Filter as one types."""
        event.stop()
        self.filter(event.value)

    @on(Input.Submitted)
    @on(FilterLine.Left)
    def leave_line(self, event: Message) -> None:
        """Go to the jobs; an empty line is hidden."""
        event.stop()
        self.table.focus()
        self._line.display = bool(self._line.value.strip())

    @on(FilterLine.GivenUp)
    def give_up(self) -> None:
        """Show all again."""
        self._line.value = ""
        self._line.display = False
        self.filter("")
        self.table.focus()

    @on(JobTable.Stands)
    def show_standing(self, event: JobTable.Stands) -> None:
        """Say how the table stands."""
        event.stop()
        self._standing = event.standing
        self._tell()

    @on(JobTable.Ends)
    def want_older(self, event: JobTable.Ends) -> None:
        """Ask for what comes below."""
        event.stop()
        begins = self._search and self._found_to is None
        limit = _LARGE_PAGE if event.everything else _FIRST_FOUND if begins else _PAGE
        self.post_message(self.OlderWanted(self._search, self._known(), self._last, limit))

    def _begin_search(self) -> None:
        search, self._found_to = self._search, None
        with_deleted = asks_for_deleted(search)

        def keep(job: Job) -> bool:
            # Known anew each time: what is stalled, or a day old, changes by itself.
            return (with_deleted or job.deleted is None) and holds(search, job, self._known())

        self.table.show_only(keep if search else None)

    @property
    def _last(self) -> str | None:
        return self._found_to if self._search else self._loaded_to

    def _go_to(self, job_id: str) -> None:
        if self._search:
            self._found_to = job_id
        else:
            self._loaded_to = job_id

    def _known(self) -> Known:
        return Known(self._now(), names_of, self._expects.cost, self._expects.me)

    def _tell(self) -> None:
        self._status.tell(self._standing, self._query, progress=self._progress)
