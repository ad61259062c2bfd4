"""The screen that finds an earlier prompt."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.app.widgets.form.controls import LineInput
from tui.core.text import one_line

Find = Callable[[str], Awaitable[list[str]]]


class PromptsScreen(ModalScreen[str | None]):
    """Returns the prompt that was chosen; `find` looks for prompts that hold some words."""

    BINDING_GROUP_TITLE = "Earlier prompts"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Back", id="prompts.close", tooltip="Leave the prompt as it is"),
        Binding(
            "down", "move('down')", "Down", show=False, id="prompts.down", tooltip="An older one"
        ),
        Binding("up", "move('up')", "Up", show=False, id="prompts.up", tooltip="A newer one"),
        Binding(
            "pagedown",
            "move('page_down')",
            "Page down",
            show=False,
            id="prompts.page-down",
            tooltip="A page of older ones",
        ),
        Binding(
            "pageup",
            "move('page_up')",
            "Page up",
            show=False,
            id="prompts.page-up",
            tooltip="A page of newer ones",
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
            yield Static("Earlier prompts", id="prompts-title", markup=False)
            words = LineInput(placeholder="words to look for", compact=True, id="prompts-words")
            words.cursor_blink = False
            yield words
            yield OptionList(id="prompts-found", compact=True, markup=False)
            yield Static("enter takes it · esc leaves yours", id="prompts-foot", markup=False)

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
