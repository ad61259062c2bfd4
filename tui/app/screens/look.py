"""The screens that show jobs' images over the whole terminal."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.getters import query_one
from textual.screen import Screen

from tui.app.canvas import Canvas
from tui.app.estimates import Estimates
from tui.app.widgets.keybar import KeyBar
from tui.app.widgets.preview import Preview
from tui.app.widgets.preview.picture_view import LARGE, SMALL, Detail
from tui.core.job import Job
from tui.core.language import _


class JobsScreen(Screen[None]):
    """A screen about some jobs; new snapshots of them are passed on to it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", _("Back"), id="look.close", tooltip=_("Back to the jobs"))
    ]

    def __init__(self, jobs: Sequence[Job], estimates: Estimates, canvas: Canvas) -> None:
        super().__init__()
        self.jobs = list(jobs)
        self.estimates = estimates
        self.canvas = canvas

    def apply(self, jobs: Sequence[Job]) -> None:
        """Take newer snapshots of the jobs, if there are any."""
        newer = {job.id: job for job in jobs}
        if any(job.id in newer for job in self.jobs):
            self.jobs = [newer.get(job.id, job) for job in self.jobs]
            self.show_jobs()

    def show_jobs(self) -> None:
        """Show the jobs as they are now."""
        raise NotImplementedError

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()


class LookScreen(JobsScreen):
    """One job's image as large as it goes, with everything known about it."""

    BINDING_GROUP_TITLE = _("Look")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "close", _("Back"), show=False, id="look.enter", tooltip=_("Back to the jobs")
        ),
    ]
    preview = query_one(Preview)

    def __init__(self, job: Job, estimates: Estimates, canvas: Canvas) -> None:
        super().__init__([job], estimates, canvas)

    def compose(self) -> ComposeResult:
        """Leave one line for the keys."""
        yield preview_of(self.estimates, self.canvas, "look-preview", LARGE)
        yield KeyBar()

    def on_mount(self) -> None:
        """Show the job."""
        self.show_jobs()
        self.preview.focus()

    def show_jobs(self) -> None:
        """Show the job as it is now."""
        self.preview.call_later(self.preview.show, self.jobs[0])


def preview_of(estimates: Estimates, canvas: Canvas, name: str, detail: Detail = SMALL) -> Preview:
    """Return a preview of that id, with what is expected of a job."""
    return Preview(
        now=estimates.now,
        typical=estimates.typical,
        price=estimates.price,
        canvas=canvas,
        detail=detail,
        id=name,
    )
