"""The editor of the prompt."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import TextArea

from tui.app.widgets.bindings import editing_bindings
from tui.core.text import disarm

_LONG = 2_000  # characters from which on their number is worth a place


class PromptEditor(TextArea, inherit_bindings=False):
    """Plain text over several lines; what is typed or pasted is kept as it is.

    Nothing in it submits, not even `ctrl+j`, which is how some terminals paste a line feed.
    """

    BINDING_GROUP_TITLE = "Prompt"
    BINDINGS: ClassVar[list[BindingType]] = [
        *editing_bindings(TextArea, "prompt"),
        Binding(
            "ctrl+j",
            "new_line",
            "New line",
            show=False,
            id="prompt.new_line",
            tooltip="Begin a new line (as enter does)",
        ),
    ]

    @dataclass
    class Edited(Message):
        """The prompt is another one now."""

        text: str

        def can_replace(self, message: Message) -> bool:
            """Take the place of an older text that nobody has read yet."""
            return isinstance(message, PromptEditor.Edited)

    def __init__(self, text: str = "", *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(
            text,
            soft_wrap=True,
            highlight_cursor_line=False,
            placeholder="What should the image show?",
            id=id,
        )
        self.cursor_blink = False
        self._advice: Callable[[str], str | None] = lambda _prompt: None

    def advise(self, advice: Callable[[str], str | None]) -> None:
        """Take a model's word on lengths: `Prompt.advice` of its declaration."""
        self._advice = advice
        self._note()

    def get_line(self, line_index: int) -> Text:
        """Return a line with its controls made harmless; the text itself keeps them."""
        return Text(disarm(self.document.get_line(line_index)), end="", no_wrap=True)

    def take(self, text: str) -> None:
        """Put another text in the place of this one; undo brings the old one back."""
        if text != self.text:
            self.replace(text, (0, 0), self.document.end)
            self.history.checkpoint()
        self.move_cursor(self.document.end)

    def action_new_line(self) -> None:
        """Insert a line feed."""
        self.replace("\n", *self.selection)

    @on(TextArea.Changed)
    def tell(self, event: TextArea.Changed) -> None:
        """Tell the new text."""
        event.stop()
        self._note()
        self.post_message(self.Edited(self.text))

    def _note(self) -> None:
        text = self.text
        notes = []
        if len(text) >= _LONG:
            notes.append(f"{len(text):,} characters")
        if self._advice(text):
            notes.append("longer than advised")
        if text != disarm(text):
            notes.append("warning: holds control characters")
        self.border_subtitle = Content(" · ".join(notes))
        self.tooltip = Content("\n".join(notes)) if notes else None
