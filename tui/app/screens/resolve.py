"""The screen that asks what becomes of an `unknown` job."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Button, Input, Static

from tui.app.screens.dialog import Dialog
from tui.app.widgets.bindings import editing_bindings
from tui.core.job import Job
from tui.core.language import _
from tui.core.price import Price
from tui.core.retelling import retold
from tui.core.text import one_line
from tui.services.gateway.answer import is_task_id


class WayOut(StrEnum):
    """What a person may decide."""

    ATTACH = "attach"
    RESUBMIT = "resubmit"
    ABANDON = "abandon"


@dataclass(frozen=True, slots=True)
class Decision:
    """A way out; `task_id` only where one is attached."""

    way: WayOut
    task_id: str = ""


class TaskInput(Input, inherit_bindings=False):
    """The line for a task id."""

    BINDINGS: ClassVar[list[BindingType]] = editing_bindings(Input, "task")

    def __init__(self) -> None:
        super().__init__(placeholder=_("task id, found at the gateway"), id="task-id", compact=True)
        self.cursor_blink = False


class ResolveScreen(Dialog[Decision | None]):
    """Says what is known of the job; returns a decision, or None for none yet."""

    BINDING_GROUP_TITLE = _("Unknown outcome")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "later", _("Later"), id="resolve.later", tooltip=_("Decide later"))
    ]
    entry = query_one("#task-id", TaskInput)
    fault_line = query_one("#resolve-fault", Static)

    def __init__(self, job: Job, price: Price) -> None:
        super().__init__()
        self._job = job
        self._price = price

    def compose(self) -> ComposeResult:
        """Put what is known over the three ways out."""
        with VerticalScroll(id="resolve-box", can_focus=False):
            yield Static(_("Was it accepted? Nobody can know"), id="resolve-title", markup=False)
            yield Static(self._known(), id="resolve-text")
            yield TaskInput()
            yield Static(id="resolve-fault", markup=False)
            with Horizontal(id="resolve-buttons"):
                yield Button(_("Attach this task"), variant="primary", id="attach", compact=True)
                yield Button(_("Send again"), variant="warning", id="resubmit", compact=True)
                yield Button(_("Abandon"), id="abandon", compact=True)
                yield Button(_("Later (esc)"), id="later", compact=True)

    @on(Input.Submitted)
    @on(Button.Pressed, "#attach")
    def attach(self, event: Input.Submitted | Button.Pressed) -> None:
        """Take the task id, or say why it can't be one."""
        event.stop()
        task_id = self.entry.value.strip()
        if is_task_id(task_id):
            self.dismiss(Decision(WayOut.ATTACH, task_id))
        else:
            self.fault_line.update(
                Content(_("That is no task id; copy it whole, such as img_gen_…"))
            )
            self.entry.focus()

    @on(Button.Pressed, "#resubmit")
    @on(Button.Pressed, "#abandon")
    def decide(self, event: Button.Pressed) -> None:
        """Take one of the two ways that need no id."""
        event.stop()
        self.dismiss(Decision(WayOut(str(event.button.id))))

    @on(Button.Pressed, "#later")
    def action_later(self) -> None:
        """Leave it as it is."""
        self.dismiss(None)

    def _known(self) -> Content:
        job = self._job
        sent = datetime.fromtimestamp(job.updated).astimezone()
        reason = one_line(retold(job.error.message), 300) if job.error else _("the answer was lost")
        return Content.assemble(
            (one_line(job.prompt, 160), "bold"),
            _(
                "\nSent {sent:%Y-%m-%d %H:%M:%S}, estimated price {price}.\n",
                sent=sent,
                price=self._price,
            ),
            _("{reason}.\n", reason=f"{reason[:1].upper()}{reason[1:]}"),
            *(f"{one_line(retold(warning), 300)}\n" for warning in job.warnings),
            "\n",
            *_with(
                _(
                    "The gateway has no list of tasks to ask. Look at its console or bill, then "
                    "attach the task (nothing is paid twice), send it again as a new job "
                    "({danger}), or abandon it. It is never sent again by itself."
                ),
                (_("it may be paid for twice"), "$text-warning"),
            ),
        )


def _with(text: str, danger: tuple[str, str]) -> tuple[str, tuple[str, str], str]:
    """Return a text with what is dangerous in its place."""
    before, _place, after = text.partition("{danger}")
    return before, danger, after
