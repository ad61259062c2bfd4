"""The table of jobs with the verbs on them."""

from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.app.screens.columns import ColumnsScreen
from tui.app.widgets.jobs.columns import Chosen
from tui.app.widgets.jobs.finding import FindingPane
from tui.app.widgets.jobs.verbs import OF_NO_JOB, VERBS, Verb
from tui.app.widgets.preview.parameters import around
from tui.core.job import Job
from tui.core.language import _


class JobsPane(FindingPane):
    """Posts `Asked` when somebody wants something done with jobs."""

    BINDING_GROUP_TITLE = _("Jobs")
    BINDINGS: ClassVar[list[BindingType]] = [
        *VERBS,
        Binding(
            "w",
            "widen",
            _("Wide"),
            show=False,
            id="jobs.wide",
            tooltip=_("Give the whole screen to the table, or take it back"),
        ),
        Binding(
            "C",
            "columns",
            _("Columns"),
            show=False,
            id="jobs.columns",
            tooltip=_("Choose the columns and their order"),
        ),
        Binding(
            "c",
            "pictures(False)",
            _("Compare"),
            show=False,
            id="jobs.compare",
            tooltip=_("Hold its images against those of the next one"),
        ),
        Binding(
            "i",
            "pictures(True)",
            _("Images"),
            show=False,
            id="jobs.images",
            tooltip=_("See the images of all jobs, small"),
        ),
    ]

    @dataclass
    class Asked(Message):
        """Do this with these jobs; there is none only where none is needed."""

        verb: Verb
        jobs: tuple[Job, ...]
        value: str = ""

    @dataclass
    class PicturesAsked(Message):
        """Show the images of these jobs: all of them, or against each other."""

        jobs: list[Job]
        is_gallery: bool

    @dataclass
    class Chose(Message):
        """Somebody has chosen these columns."""

        chosen: Chosen

    def action_pictures(self, is_gallery: bool) -> None:
        """Ask for images: of all jobs, or of the marked ones, or of one and its neighbour."""
        jobs = self.table.loaded()
        if not is_gallery:
            marked = list(self.table.marked)
            jobs = marked if len(marked) > 1 else around(jobs, self.table.job)
        self.post_message(self.PicturesAsked(jobs, is_gallery))

    def action_ask(self, verb: str, value: str = "") -> None:
        """Ask for a verb on the marked jobs, or on the one under the cursor."""
        jobs = self.table.marked
        if jobs or Verb(verb) in OF_NO_JOB:
            self.post_message(self.Asked(Verb(verb), jobs, value))

    def action_widen(self) -> None:
        """Give the whole screen to the table, or take it back."""
        self.screen.toggle_class("-table-only")

    def action_columns(self) -> None:
        """Choose columns."""
        self.app.push_screen(ColumnsScreen(self._chosen), self._choose)

    def _choose(self, chosen: Chosen | None) -> None:
        if chosen:
            self._chosen = chosen
            self.table.choose(chosen)
            self.post_message(self.Chose(chosen))
