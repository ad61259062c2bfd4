"""The screen that tells what a prompt with choices comes to, and asks for its variables."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Button, Input, Static

from tui.app.screens.dialog import Dialog
from tui.app.widgets.form.controls import Disarmed, LineInput
from tui.core.language import _, plural, sense
from tui.core.price import NO_PRICE, Price
from tui.core.text import clean
from tui.services.many import ManyRequests

_REST = 0.1  # seconds without a key, after which it is told anew


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: the values of each variable, how many to draw, and the seed."""

    values: Mapping[str, str] = field(default_factory=dict)
    sample: str = ""
    seed: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What that comes to, in lines, or what is wrong with it; `wordings` is one a model."""

    lines: Sequence[str] = ()
    number: int = 0
    price: Price = NO_PRICE
    faults: Sequence[str] = ()
    wordings: Sequence[ManyRequests] = ()


Tell = Callable[[Asked], Awaitable[Told]]


class MatrixScreen(Dialog[Told | None]):
    """Returns what to send, or None for nothing; `tell` says what a choice comes to."""

    BINDING_GROUP_TITLE = _("One prompt, many images")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", _("Back"), id="matrix.leave", tooltip=_("Send nothing"))
    ]
    about = query_one("#matrix-about", Static)
    fault = query_one("#matrix-fault", Static)
    button = query_one("#send", Button)

    def __init__(self, variables: Sequence[str], before: Asked, tell: Tell) -> None:
        super().__init__()
        self._variables = variables
        self._before = before
        self._tell = tell

    def compose(self) -> ComposeResult:
        """Put what can be chosen over what it comes to."""
        with Vertical(id="matrix-box"):
            yield Static(_("One prompt, many images"), classes="title", markup=False)
            with VerticalScroll(can_focus=False):
                yield from self._rows()
                yield Static(id="matrix-about", markup=False)
            yield Static(id="matrix-fault", classes="fault", markup=False)
            with Horizontal():
                yield Button(_("Send"), variant="primary", id="send", compact=True)
                yield Button(_("Back (esc)"), id="back", compact=True)

    def on_mount(self) -> None:
        """Begin where something is missing."""
        empty = (one for one in self.query(Input) if one.name and not one.value)
        next(empty, self.button).focus()
        self._look(0)

    @on(Input.Changed)
    def look_again(self) -> None:
        """Tell what it comes to now."""
        self._look()

    @on(Input.Submitted)
    def go_on(self) -> None:
        """Enter leads to the next line, and from the last to the button."""
        self.focus_next()

    @on(Button.Pressed, "#send")
    @work(exclusive=True)
    async def send(self) -> None:
        """Return what is to be sent, if nothing is wrong with it."""
        told = await self._tell(self._asked())
        self._show(told)
        if told.wordings:
            self.dismiss(told)

    @on(Button.Pressed, "#back")
    def action_leave(self) -> None:
        """Send nothing."""
        self.dismiss(None)

    @work(exclusive=True)
    async def _look(self, rest: float = _REST) -> None:
        await asyncio.sleep(rest)
        self._show(await self._tell(self._asked()))

    def _show(self, told: Told) -> None:
        self.about.update(Content("\n".join(map(clean, told.lines))))
        self.fault.update(Content("\n".join(map(clean, told.faults))))
        many = plural("1 request", "{number:,} requests", told.number)
        self.button.label = Content(_("Send {many}", many=many) if told.wordings else _("Send"))
        self.button.refresh(layout=True)  # it does not grow with its label by itself

    def _asked(self) -> Asked:
        values = {one.name: one.value for one in self.query(Input) if one.name}
        sample, seed = (self.query_one(f"#matrix-{name}", Input) for name in ("sample", "seed"))
        return Asked(values, sample.value, seed.value)

    def _rows(self) -> Iterator[Horizontal]:
        before = self._before
        hint = _("a value, or several: red | blue | @colours.txt")
        for name in self._variables:
            line = _line(before.values.get(name, ""), hint, name=name)
            yield self._row(f"{{{{{name}}}}}", line)
        yield self._row(
            sense("field", "sample"), _line(before.sample, _("all of them"), id="matrix-sample")
        )
        yield self._row(
            sense("field", "seed"), _line(before.seed, _("of the sample"), id="matrix-seed")
        )

    def _row(self, label: str, line: Input) -> Horizontal:
        shown = Static(Content(clean(label, 24)), classes="label")
        return Horizontal(shown, line, classes="row")


def _line(value: str, hint: str, **known: str) -> LineInput:
    line = LineInput(value, hint, Disarmed(), compact=True, **known)  # type: ignore[arg-type]
    line.cursor_blink = False
    return line
