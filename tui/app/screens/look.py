"""The screen that shows one job's images as large as they go."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.getters import query_one
from textual.screen import ModalScreen

from tui.app.canvas import Canvas
from tui.app.estimates import Estimates
from tui.app.widgets.keybar import KeyBar
from tui.app.widgets.preview import Preview
from tui.core.job import Job


class LookScreen(ModalScreen[None]):
    """A preview over the whole terminal; new snapshots of its job are passed on to it."""

    BINDING_GROUP_TITLE = "Look"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "close", "Back", id="look.close", tooltip="Back to the jobs")
    ]
    preview = query_one(Preview)

    def __init__(self, job: Job, estimates: Estimates, canvas: Canvas) -> None:
        super().__init__()
        self._canvas = canvas
        self._estimates = estimates
        self._job = job

    def compose(self) -> ComposeResult:
        """Leave one line for the keys."""
        yield preview_of(self._estimates, self._canvas, "look-preview")
        yield KeyBar()

    def on_mount(self) -> None:
        """Show the job."""
        self.preview.call_later(self.preview.show, self._job)
        self.preview.focus()

    def apply(self, jobs: list[Job]) -> None:
        """Take a newer snapshot of the job, if there is one."""
        for job in jobs:
            if job.id == self._job.id:
                self._job = job
                self.preview.call_later(self.preview.show, job)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()


def preview_of(estimates: Estimates, canvas: Canvas, name: str) -> Preview:
    """Return a preview of that id, with what is expected of a job."""
    return Preview(typical=estimates.typical, price=estimates.price, canvas=canvas, id=name)
