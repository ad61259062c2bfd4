"""The editor of the prompt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import TextArea

from tui.app.widgets.bindings import editing_bindings
from tui.app.widgets.frame import note
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

    @dataclass
    class EarlierWanted(Message):
        """Earlier prompts are wanted; `take_earlier` takes them."""

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
        self._earlier: list[str] = []  # newest first, before them what was being written
        self._at = 0

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

    def action_cursor_up(self, select: bool = False) -> None:
        """Move up; in an empty prompt, and from one that was recalled, to an earlier prompt."""
        if select or not self._is_recalled() or not self.cursor_at_first_line:
            super().action_cursor_up(select)
        elif not self._earlier:
            self.post_message(self.EarlierWanted())
        else:
            self._recall(self._at + 1)

    def action_cursor_down(self, select: bool = False) -> None:
        """Move down; from a prompt that was recalled to the one after it."""
        if select or not self._at or not self._is_recalled() or not self.cursor_at_last_line:
            super().action_cursor_down(select)
        else:
            self._recall(self._at - 1)

    def take_earlier(self, prompts: Sequence[str]) -> None:
        """Take earlier prompts, newest first, and show the first of them."""
        if self._is_recalled() and not self._earlier:
            self._earlier = [self.text, *prompts]
            self._recall(1)

    def action_new_line(self) -> None:
        """Insert a line feed."""
        self.replace("\n", *self.selection)

    @on(TextArea.Changed)
    def tell(self, event: TextArea.Changed) -> None:
        """Tell the new text."""
        event.stop()
        self._note()
        self.post_message(self.Edited(self.text))

    def _is_recalled(self) -> bool:
        """Whether there is nothing of one's own to lose; forgets the list once there is."""
        if self._earlier and self.text == self._earlier[self._at]:
            return True
        self._earlier, self._at = [], 0
        return not self.text.strip()

    def _recall(self, at: int) -> None:
        if 0 <= at < len(self._earlier):
            self._at = at
            self.take(self._earlier[at])

    def _note(self) -> None:
        text = self.text
        notes = []
        if len(text) >= _LONG:
            notes.append(f"{len(text):,} characters")
        if self._advice(text):
            notes.append("longer than advised")
        if text != disarm(text):
            notes.append("warning: holds control characters")
        note(self, " · ".join(notes))
        self.tooltip = Content("\n".join(notes)) if notes else None
