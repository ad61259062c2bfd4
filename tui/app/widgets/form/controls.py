"""The controls that a field's value is set with, each one line high."""

from collections.abc import Sequence
from typing import ClassVar

from rich.highlighter import Highlighter
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Input, Select

from tui.app.widgets.bindings import editing_bindings
from tui.core.fields import Choice, Field, Whole
from tui.core.language import _
from tui.core.text import clean, disarm

_NOT_SET = "—"


class Disarmed(Highlighter):
    """Keeps controls in a value from reaching the terminal."""

    def highlight(self, text: Text) -> None:
        """Replace them by something invisible."""
        text.plain = disarm(text.plain)


class LineInput(Input, inherit_bindings=False):
    """A line of text without border, blinking or the app's own keys."""

    BINDING_GROUP_TITLE = _("Editing")

    BINDINGS: ClassVar[list[BindingType]] = [*editing_bindings(Input, "field")]


class ValueInput(LineInput):
    """A number or a size; up and down step through what is worth offering."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "up",
            "step(-1)",
            _("Value before"),
            show=False,
            id="field.before",
            tooltip=_("Value before"),
        ),
        Binding(
            "down",
            "step(1)",
            _("Next value"),
            show=False,
            id="field.next",
            tooltip=_("The next value"),
        ),
    ]

    def __init__(self, field: Field, value: str) -> None:
        super().__init__(
            value,
            f"{_NOT_SET}  {field.allowed}",
            Disarmed(),
            suggester=SuggestFromList(field.suggestions) if field.suggestions else None,
            compact=True,
            id=f"value-{field.name}",
        )
        self.cursor_blink = False
        self._field = field

    def action_step(self, by: int) -> None:
        """Put the next value in."""
        self.value = stepped(self._field, self.value, by)
        self.cursor_position = len(self.value)


class ChoiceSelect(Select[str]):
    """One of a few words; left and right step through them, enter opens the list."""

    BINDING_GROUP_TITLE = _("Choice")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left",
            "step(-1)",
            _("Value before"),
            show=False,
            id="choice.before",
            tooltip=_("The value before"),
        ),
        Binding(
            "right",
            "step(1)",
            _("Next value"),
            show=False,
            id="choice.next",
            tooltip=_("The next value"),
        ),
        Binding(
            "backspace,delete",
            "unset",
            _("Not set"),
            show=False,
            id="choice.unset",
            tooltip=_("Leave it to the model"),
        ),
        Binding(
            "enter,space,down,up",
            "show_overlay",
            _("List"),
            show=False,
            id="choice.open",
            tooltip=_("Open the list"),
        ),
    ]

    def __init__(self, field: Choice, value: str) -> None:
        # A value that is none of the choices stays visible, beside the fault that says so.
        self._words = list(dict.fromkeys(("", *field.choices, value)))
        super().__init__(
            [(Content(clean(word) or _NOT_SET), word) for word in self._words],
            allow_blank=False,
            value=value,
            compact=True,
            id=f"value-{field.name}",
        )

    def action_step(self, by: int) -> None:
        """Put the next word in; behind the last comes the first."""
        self.value = _next(self._words, str(self.value), by)

    def action_unset(self) -> None:
        """Leave the field out of the request."""
        self.value = ""


def control_for(field: Field, value: str) -> ValueInput | ChoiceSelect:
    """Make the control for a field."""
    return ChoiceSelect(field, value) if isinstance(field, Choice) else ValueInput(field, value)


def stepped(field: Field, value: str, by: int) -> str:
    """Return the value `by` steps further: a number counts, anything else runs through examples."""
    if not isinstance(field, Whole):
        return _next(("", *field.suggestions), value, by)
    try:
        number = int(value)
    except ValueError:
        return str(field.minimum if field.default is None else field.default)
    # Up the screen is up in number.
    top = field.maximum if field.maximum is not None else field.advised
    raised = max(field.minimum, number - by)
    return str(raised if top is None else min(top, raised))


def _next(words: Sequence[str], word: str, by: int) -> str:
    here = words.index(word) if word in words else 0
    return words[(here + by) % len(words)]
