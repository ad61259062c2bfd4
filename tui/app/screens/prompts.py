"""The screen that finds an earlier prompt."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.app.screens.dialog import Dialog
from tui.app.widgets.form.controls import LineInput
from tui.core.language import _
from tui.core.text import one_line

Find = Callable[[str], Awaitable[list[str]]]


class PromptsScreen(Dialog[str | None]):
    """Returns the prompt that was chosen; `find` looks for prompts that hold some words."""

    BINDING_GROUP_TITLE = _("Earlier prompts")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape", "close", _("Back"), id="prompts.close", tooltip=_("Leave the prompt as it is")
        ),
        Binding(
            "down",
            "move('down')",
            _("Down"),
            show=False,
            id="prompts.down",
            tooltip=_("An older one"),
        ),
        Binding("up", "move('up')", _("Up"), show=False, id="prompts.up", tooltip=_("A newer one")),
        Binding(
            "pagedown",
            "move('page_down')",
            _("Page down"),
            show=False,
            id="prompts.page-down",
            tooltip=_("A page of older ones"),
        ),
        Binding(
            "pageup",
            "move('page_up')",
            _("Page up"),
            show=False,
            id="prompts.page-up",
            tooltip=_("A page of newer ones"),
        ),
    ]
    found = query_one(OptionList)

    def __init__(self, find: Find) -> None:
        super().__init__()
        self._find = find
        self._prompts: list[str] = []

    def compose(self) -> ComposeResult:
        """Put the words to look for over the prompts that hold them."""
        with Vertical(id="prompts-box"):
            yield Static(_("Earlier prompts"), id="prompts-title", markup=False)
            words = LineInput(placeholder=_("words to look for"), compact=True, id="prompts-words")
            words.cursor_blink = False
            yield words
            yield OptionList(id="prompts-found", compact=True, markup=False)
            yield Static(_("enter takes it · esc leaves yours"), id="prompts-foot", markup=False)

    def on_mount(self) -> None:
        """Begin with the newest."""
        self.found.can_focus = False
        self._look("")

    @on(Input.Changed)
    def look_again(self, event: Input.Changed) -> None:
        """Look for what is typed so far."""
        self._look(event.value)

    @on(Input.Submitted)
    def take(self) -> None:
        """Return the prompt under the cursor."""
        if (row := self.found.highlighted) is not None:
            self.dismiss(self._prompts[row])

    @on(OptionList.OptionSelected)
    def take_clicked(self, event: OptionList.OptionSelected) -> None:
        """Return the prompt that was clicked."""
        self.dismiss(self._prompts[event.option_index])

    def action_move(self, way: str) -> None:
        """Move the cursor."""
        getattr(self.found, f"action_cursor_{way}" if way in {"up", "down"} else f"action_{way}")()

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    @work(exclusive=True)
    async def _look(self, words: str) -> None:
        self._prompts = await self._find(words)
        self.found.clear_options()
        options = (Option(Content(one_line(text, 300))) for text in self._prompts)
        self.found.add_options(options)
        self.found.highlighted = 0 if self._prompts else None
