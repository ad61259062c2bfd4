"""The lines that say what is wrong with a field."""

from collections.abc import Iterable

from textual import events, on
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui.core.fault import Fault, Severity
from tui.core.language import _, marked
from tui.core.text import clean

_SEVERITY = {Severity.ERROR: marked("error: "), Severity.WARNING: marked("warning: ")}
NEAREST = "form.nearest"  # the id of the binding that takes the nearest valid value


class FaultLines(Widget):
    """The faults of a field in words; a click takes the nearest valid value."""

    faults: reactive[tuple[Fault, ...]] = reactive((), layout=True)
    key = reactive("", layout=True)

    class Clicked(Message):
        """The nearest value is wanted."""

    def __init__(self, *, named: bool = False, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._named = named

    def render(self) -> Content:
        """One paragraph a fault."""
        return Content("\n").join(told(fault, self.key, named=self._named) for fault in self.faults)

    def watch_faults(self, faults: tuple[Fault, ...]) -> None:
        """Take no room without faults."""
        self.display = bool(faults)

    @on(events.Click)
    def take(self, event: events.Click) -> None:
        """Ask for the nearest valid value."""
        event.stop()
        self.post_message(self.Clicked())


def told(fault: Fault, key: str = "", *, named: bool = False) -> Content:
    """Say a fault, its severity as a word too, with the key that takes the nearest value.

    `named` says which value it is about.
    """
    style = "$text-error" if fault.is_error else "$text-warning"
    parts: list[str | Content | tuple[str, str]] = [
        (_(_SEVERITY[fault.severity]), f"bold {style}"),
        (clean(f"{fault.value} " if named and fault.value else ""), "bold"),
        (clean(fault.rule), style),
    ]
    if fault.nearest:
        said = _(" · {key}: {value}", key=key or _("nearest"), value=clean(fault.nearest))
        parts.append((said, "bold"))
    return Content.assemble(*parts)


def alternatives(faults: Iterable[Fault]) -> list[str]:
    """Return the nearest valid values of the first fault that has any."""
    nearest = next((fault.nearest for fault in faults if fault.nearest), "")
    return nearest.split(" or ") if nearest else []
