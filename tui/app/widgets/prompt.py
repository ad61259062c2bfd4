"""The editor of the prompt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import TextArea

from tui.app.widgets.bindings import editing_bindings
from tui.app.widgets.frame import note
from tui.app.widgets.text_area import SafeTextArea
from tui.core.expand import has_choices
from tui.core.language import _
from tui.core.pasted import is_local, sources_in
from tui.core.snippets import PLACE, added, between
from tui.core.text import clean, disarm

EXPAND = "work.expand"  # the id of the binding that takes it for many
REFER = "prompt.refer"
_ANY_PROMPT = "any"
_LONG = 2_000  # characters from which on their number is worth a place


class PromptEditor(SafeTextArea, inherit_bindings=False):
    """Plain text over several lines; what is typed or pasted is kept as it is.

    Nothing in it submits, not even `ctrl+j`, which is how some terminals paste a line feed.
    """

    BINDING_GROUP_TITLE = _("Prompt")
    BINDINGS: ClassVar[list[BindingType]] = [
        *editing_bindings(TextArea, "prompt"),
        Binding(
            "ctrl+j",
            "new_line",
            _("New line"),
            show=False,
            id="prompt.new_line",
            tooltip=_("Begin a new line (as enter does)"),
        ),
        Binding(
            "ctrl+l",
            "refer",
            _("As reference"),
            id=REFER,
            tooltip=_("Take the pasted path out of the prompt, and its image as a reference"),
        ),
    ]

    @dataclass
    class Edited(Message):
        """The prompt is another one now; in the place of one that stands for many there is any."""

        text: str

        def can_replace(self, message: Message) -> bool:
            """Take the place of an older text that nobody has read yet."""
            return isinstance(message, PromptEditor.Edited)

    @dataclass
    class EarlierWanted(Message):
        """Earlier prompts are wanted; `take_earlier` takes them."""

    @dataclass
    class PathsPasted(Message):
        """Nothing but paths were pasted; where they are images, `offer` may offer them."""

        text: str
        sources: tuple[str, ...]

    @dataclass
    class ReferencesWanted(Message):
        """What was pasted as text shall be references."""

        sources: tuple[str, ...]

    def __init__(self, text: str = "", *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(
            text,
            soft_wrap=True,
            highlight_cursor_line=False,
            placeholder=_("What should the image show?"),
            id=id,
        )
        self.cursor_blink = False
        self._advice: Callable[[str], str | None] = lambda _prompt: None
        self._earlier: list[str] = []  # newest first, before them what was being written
        self._at = 0
        self._offered: tuple[str, tuple[str, ...]] = ("", ())  # a pasted text, what it means
        self.expands = False  # whether it stands for many prompts
        self.prompts = 1  # as many, so far as that is known
        self._told = ""

    def set_expanding(self, *, expands: bool) -> None:
        """Take the prompt for many, or for what is written."""
        self.expands = expands
        self.tell_prompts(1, "")
        self._tell()

    def tell_prompts(self, number: int, text: str) -> None:
        """Take how many prompts this one stands for, in words or what is wrong with it."""
        self.prompts, self._told = number, clean(text, 200)
        self._note()

    def advise(self, advice: Callable[[str], str | None]) -> None:
        """Take a model's word on lengths: `Prompt.advice` of its declaration."""
        self._advice = advice
        self._note()

    def take(self, text: str) -> None:
        """Put another text in the place of this one; undo brings the old one back."""
        if text != self.text:
            self.replace(text, (0, 0), self.document.end)
            self.history.checkpoint()
        self.move_cursor(self.document.end)

    def insert_snippet(self, text: str) -> None:
        """Put a snippet where the cursor is, or around the prompt; undo takes it out again."""
        start, end = sorted(self.selection)
        if PLACE in text:
            self.take(added(self.text, text))
        else:
            before = self.document.get_text_range((0, 0), start)
            after = self.document.get_text_range(end, self.document.end)
            self.replace(between(before, text, after), start, end, maintain_selection_offset=False)
            self.history.checkpoint()

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

    def offer(self, text: str, sources: tuple[str, ...]) -> None:
        """Offer to take a pasted text out again, and its images as references."""
        self._offered = (text.strip(), sources)
        self._note()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out what nothing was pasted for."""
        return self._is_offering if action == "refer" else super().check_action(action, parameters)

    def action_refer(self) -> None:
        """Take the pasted text out of the prompt, and its images as references."""
        text, sources = self._offered
        before, _, after = self.text.rpartition(text)
        self._offered = ("", ())
        self.refresh_bindings()
        self.take((before + after).strip())
        self.post_message(self.ReferencesWanted(sources))

    @on(events.Paste)
    def look_at_pasted(self, event: events.Paste) -> None:
        """Tell of paths; they are text all the same."""
        sources = sources_in(event.text)
        if sources and all(map(is_local, sources)):
            self.post_message(self.PathsPasted(event.text, sources))

    def action_new_line(self) -> None:
        """Insert a line feed."""
        self.replace("\n", *self.selection)

    @on(TextArea.Changed)
    def tell(self, event: TextArea.Changed) -> None:
        """Tell the new text."""
        event.stop()
        self._note()
        self._tell()

    @property
    def _is_offering(self) -> bool:
        text = self._offered[0]
        return bool(text) and text in self.text

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

    def _tell(self) -> None:
        """Tell what is to be checked: how long a pattern is says nothing of its prompts."""
        is_pattern = self.expands and self.text.strip()
        self.post_message(self.Edited(_ANY_PROMPT if is_pattern else self.text))

    def _note(self) -> None:
        text = self.text
        notes = [self._told] if self._told else []
        if self._offered[0]:
            if self._is_offering:
                notes.append(
                    _("{key_of} makes the path a reference", key_of=self._key_of(REFER) or "a key")
                )
            else:
                self._offered = ("", ())
            self.refresh_bindings()
        if not self.expands and has_choices(text):
            key = self._key_of(EXPAND)
            notes.append(
                _("sent as it stands · {key} expands it", key=key)
                if key
                else _("sent as it stands")
            )
        if len(text) >= _LONG:
            notes.append(_("{count:,} characters", count=len(text)))
        if not self.expands and self._advice(text):
            notes.append(_("longer than advised"))
        if text != disarm(text):
            notes.append(_("warning: holds control characters"))
        note(self, " · ".join(notes))
        self.tooltip = Content("\n".join(notes)) if notes else None

    def _key_of(self, binding: str) -> str | None:
        """Name the key of a binding, by its id, where it works."""
        active = self.screen.active_bindings.values() if self.is_attached else ()
        found = (one.binding for one in active if one.binding.id == binding)
        return next((self.app.get_key_display(one) for one in found), None)
