"""The screen that lists the keys."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static, TextArea

from tui.app.cells import wrap
from tui.core.language import _

_KEYS_WIDTH = 18
_ABOUT_WIDTH = 50


@dataclass(slots=True)
class KeyGroup:
    """The keys of one part of the screen: what they do, by their names."""

    title: str
    lines: dict[str, list[str]] = field(default_factory=dict)


def key_groups(
    bindings: Iterable[ActiveBinding], named: Callable[[Binding], str]
) -> tuple[KeyGroup, ...]:
    """Group active bindings by where they belong, the keys of one action together.

    What moves a text cursor comes last. Bindings without an id are Textual's own and left out.
    `named` says what a key is called.
    """
    groups: dict[str, KeyGroup] = {}
    # Sorting is stable: of the rest, the widget with the focus stays first, the app last.
    for active in sorted(bindings, key=lambda one: isinstance(one.node, (Input, TextArea))):
        binding = active.binding
        about = active.tooltip or binding.description
        if not binding.id or not about:
            continue
        title = active.node.BINDING_GROUP_TITLE or type(active.node).__name__
        lines = groups.setdefault(title, KeyGroup(title)).lines
        keys = lines.setdefault(about, [])
        if (name := named(binding)) not in keys:
            keys.append(name)
    return tuple(groups.values())


class HelpScreen(ModalScreen[None]):
    """Every key by group: first those that work where one was, then the rest of the screen's."""

    BINDING_GROUP_TITLE = _("Help")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,f1,question_mark,q", "close", _("Close"), id="help.close", tooltip=_("Go back")
        )
    ]

    def __init__(self, active: Iterable[ActiveBinding]) -> None:
        super().__init__()
        self._active = tuple(active)

    def compose(self) -> ComposeResult:
        """Lay the groups out below each other."""
        with Vertical(id="help-box"):
            yield Static(_("Keys"), id="help-title", markup=False)
            with VerticalScroll(id="help-keys"):
                for group in key_groups(self._active, self.app.get_key_display):
                    yield Static(group.title, classes="help-group", markup=False)
                    yield Static(Content("\n").join(_lines(group)), classes="help-lines")
            yield Static(_("↑ ↓ scroll · esc closes"), id="help-foot", markup=False)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()


def _lines(group: KeyGroup) -> Iterator[Content]:
    for about, keys in group.lines.items():
        first, *more = wrap(about, _ABOUT_WIDTH)
        yield Content.assemble((" ".join(keys).ljust(_KEYS_WIDTH), "bold"), " ", first)
        for line in more:
            yield Content(f"{'':{_KEYS_WIDTH}} {line}")
