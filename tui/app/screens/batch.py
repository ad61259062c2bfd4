"""The screen on which a batch file is checked before it is sent."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Button, Input, Static

from tui.app.screens.dialog import Dialog
from tui.app.widgets.path import PathInput
from tui.core.language import _, marked

_TICKS = {
    "skip_invalid": (
        "s",
        marked("skip invalid"),
        marked("Send the other rows when some are wrong"),
    ),
    "retry_failed": (
        "r",
        marked("retry failed"),
        marked("Send rows again that failed, were lost, expired or dropped"),
    ),
    "again": ("a", marked("again"), marked("Begin anew: send every row once more")),
    "expand": (
        "x",
        marked("expand"),
        marked("Take {red|blue}, __list__ and {{name}} in prompts as choices"),
    ),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What to do with the rows, as the command's flags say it."""

    skip_invalid: bool = False
    retry_failed: bool = False
    again: bool = False
    expand: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found: what is wrong by line, what it comes to, and what stands in the way.

    `sends` is what `enter` would do; empty where nothing can be done.
    """

    told: Sequence[str] = ()
    faults: Sequence[str] = ()
    problem: str = ""
    sends: str = ""


Look = Callable[[str, Choices], Awaitable[Found]]


class BatchScreen(Dialog[bool]):
    """Returns True for sending what was `look`ed at last."""

    BINDING_GROUP_TITLE = _("Batch file")
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, f"turn('{name}')", _(label), id=f"batch.{name}", tooltip=_(about))
            for name, (key, label, about) in _TICKS.items()
        ),
        Binding("enter", "send", _("Send"), id="batch.send", tooltip=_("Send what is missing")),
        Binding("p", "path", _("Path"), id="batch.path", tooltip=_("Name another file")),
        Binding("escape", "leave", _("Leave"), id="batch.leave", tooltip=_("Send nothing")),
    ]
    path = query_one(PathInput)
    told = query_one("#batch-told", Static)
    problem = query_one("#batch-problem", Static)
    faults = query_one("#batch-faults", Static)
    scroll = query_one("#batch-scroll", VerticalScroll)

    def __init__(self, look: Look, path: str = "") -> None:
        super().__init__()
        self._look = look
        self._path = path
        self._choices = Choices()
        self._asked = 0
        self._found = Found()

    def compose(self) -> ComposeResult:
        """Put the path over the choices, what it comes to, and what is wrong."""
        with Vertical(id="batch-box"):
            yield Static(_("A batch file: JSONL, CSV or one prompt a line"), classes="title")
            yield PathInput(_("path of the file; tab completes, enter checks it"), self._path)
            with Horizontal(id="batch-ticks"):
                for name in _TICKS:
                    yield Button(self._label(name), id=name, compact=True)
            yield Static(id="batch-told", markup=False)
            yield Static(id="batch-problem", classes="fault", markup=False)
            with VerticalScroll(id="batch-scroll"):
                yield Static(id="batch-faults", markup=False)
            yield Static(id="batch-foot", classes="foot", markup=False)

    def on_mount(self) -> None:
        """Begin with the path, or check the one there is."""
        self._tell_keys()
        if self._path:
            self._check()

    @on(Input.Submitted)
    def take(self, event: Input.Submitted) -> None:
        """Check the file that was named."""
        event.stop()
        self._path = event.value.strip()
        if self._path:
            self._check()

    @on(Button.Pressed)
    def press(self, event: Button.Pressed) -> None:
        """Take a choice that was clicked."""
        event.stop()
        self.action_turn(str(event.button.id))

    def action_turn(self, name: str) -> None:
        """Turn a choice on or off, and look again."""
        turned = not getattr(self._choices, name)
        self._choices = replace(self._choices, **{name: turned})
        self.query_one(f"#{name}", Button).label = self._label(name)
        if self._path:
            self._check()

    def action_path(self) -> None:
        """Go back to the path."""
        self.path.focus()

    def action_send(self) -> None:
        """Send, if there is something to send."""
        if self._found.sends:
            self.dismiss(True)

    def action_leave(self) -> None:
        """Send nothing."""
        self.dismiss(False)

    def _check(self) -> None:
        self._asked += 1
        self._show(Found(told=[_("Checking every row…")]))
        self._look_at(self._asked)

    @work
    async def _look_at(self, number: int) -> None:
        found = await self._look(self._path, self._choices)
        if number == self._asked:
            self._show(found)
            if found.told or found.faults:
                self.scroll.focus()

    def _show(self, found: Found) -> None:
        self._found = found
        self.told.update(Content("\n".join(found.told)))
        self.problem.update(Content(found.problem))
        self.faults.update(Content("\n".join(found.faults)))
        self._tell_keys()

    def _tell_keys(self) -> None:
        sends = _("enter: {sends} · ", sends=self._found.sends) if self._found.sends else ""
        another = _("p: another file · ") if self._found.told else ""
        self.query_one("#batch-foot", Static).update(
            Content(_("{sends}{another}esc: leave", sends=sends, another=another))
        )

    def _label(self, name: str) -> Content:
        key, label, _about = _TICKS[name]
        tick = "✓" if getattr(self._choices, name) else " "
        return Content.assemble(f"[{tick}] ", (key, "bold"), f" {_(label)}")
