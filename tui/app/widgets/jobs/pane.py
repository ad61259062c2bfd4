"""The table of jobs with the verbs that work on the job under the cursor."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.getters import query_one
from textual.message import Message

from tui.app.widgets.jobs.columns import Typical
from tui.app.widgets.jobs.table import JobTable
from tui.core.job import Job


class Verb(StrEnum):
    """What can be done with a job."""

    REMIX = "remix"
    RETRY = "retry"
    USE = "use"
    STOP = "stop"
    RESOLVE = "resolve"


class JobsPane(Vertical):
    """Posts `Asked` when somebody wants something done with the job under the cursor."""

    BINDING_GROUP_TITLE = "Jobs"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "r", "ask('remix')", "Remix", id="jobs.remix", tooltip="Take its request into the form"
        ),
        Binding(
            "R",
            "ask('retry')",
            "Retry",
            id="jobs.retry",
            tooltip="Make it again as a new job, which is billed anew",
        ),
        Binding(
            "u",
            "ask('use')",
            "Use",
            show=False,
            id="jobs.use",
            tooltip="Use its first image as a reference in the form",
        ),
        Binding(
            "x",
            "ask('stop')",
            "Drop/stop",
            id="jobs.stop",
            tooltip="Unsent: drop it, for free; later: stop watching it, billed all the same",
        ),
    ]
    table = query_one(JobTable)

    @dataclass
    class Asked(Message):
        """Do this with that job."""

        verb: Verb
        job: Job

    def __init__(self, typical: Typical, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._typical = typical

    def compose(self) -> ComposeResult:
        """Hold the table alone."""
        yield JobTable(typical=self._typical, id="jobs")

    def action_ask(self, verb: str) -> None:
        """Ask for a verb on the job under the cursor."""
        if self.table.job:
            self.post_message(self.Asked(Verb(verb), self.table.job))
