"""Which parts of the main screen are shown, and how large."""

from pathlib import Path
from typing import TYPE_CHECKING

from tui.app.screens.main import MainScreen
from tui.core.language import _
from tui.services.choices import Choices, choose, load_choices

if TYPE_CHECKING:
    from textual.widget import Widget

_WIDE = ("-wide", "-vast")  # the classes of a screen that has room for the preview beside the work
_STEP = {"picker": 2, "preview": 4, "prompt": 1}  # cells
_LEAST = {"picker": 14, "preview": 24, "prompt": 3}  # cells, its frame included
_REST = 30  # cells that are left to the work in the middle


class Panes:
    """Hides parts of a screen and moves their borders; keeps that for the next start."""

    def __init__(self, screen: MainScreen, kept: Path) -> None:
        self._screen = screen
        self._kept = kept
        self._choices = Choices()
        self._left: Widget | None = None  # what had the focus before the preview took its place

    def begin(self) -> None:
        """Lay it out as it was left."""
        self._choices = load_choices(self._kept)
        self.apply()

    def toggle(self, part: str) -> None:
        """Hide or show the models or the preview.

        Where there is no room for the preview beside the work it takes its place for a while.
        """
        if part == "preview" and not self._is_wide:
            self._look(is_looking=not self._screen.has_class("-looking"))
            return
        hidden = set(self._choices.hidden) ^ {part}
        self._choose(hidden=tuple(sorted(hidden)))
        if part in hidden and self._screen.focused is None:
            self._screen.editor.focus()

    def move(self, by: int) -> None:
        """Make the part with the focus larger or smaller by a step."""
        part = self._focused_part()
        moved = dict(self._choices.moved)
        before = self._size(part, moved.get(part, 0))
        moved[part] = moved.get(part, 0) + by
        if self._size(part, moved[part]) != before:
            self._choose(moved=moved)

    def apply(self) -> None:
        """Lay it out for the screen's size."""
        screen, choices = self._screen, self._choices
        if self._is_wide and screen.has_class("-looking"):
            self._look(is_looking=False)
        for part in ("picker", "preview"):
            screen.set_class(part in choices.hidden, f"-no-{part}")
        for part, steps in choices.moved.items():
            if part in _STEP and steps:
                widget = screen.query_one(f"#{part}")
                name = "height" if part == "prompt" else "width"
                setattr(widget.styles, name, self._size(part, steps))

    def _look(self, *, is_looking: bool) -> None:
        """Put the preview in the place of the work, with the keys' focus, or take both back."""
        screen = self._screen
        screen.set_class(is_looking, "-looking")
        screen.call_after_refresh(screen.fill_preview)
        if is_looking:
            self._left = screen.focused
            screen.preview.border_title = _(
                "Preview · {key} leads back", key=self._key("app.preview")
            )
            screen.call_after_refresh(screen.preview.focus)
        else:
            screen.preview.border_title = _("Preview")
            if screen.focused in {None, screen.preview}:
                screen.call_after_refresh((self._left or screen.editor).focus)

    def _key(self, name: str) -> str:
        bindings = (one.binding for one in self._screen.active_bindings.values())
        shown = (self._screen.app.get_key_display(one) for one in bindings if one.id == name)
        return next(shown, "")

    @property
    def _is_wide(self) -> bool:
        return any(self._screen.has_class(one) for one in _WIDE)

    def _focused_part(self) -> str:
        focused = self._screen.focused
        around = [one.id for one in focused.ancestors_with_self] if focused else []
        return next((part for part in ("picker", "preview") if part in around), "prompt")

    def _size(self, part: str, steps: int) -> int:
        size = self._screen.size
        if part == "prompt":
            usual, most = (8, size.height - 16) if self._screen.has_class("-tall") else (5, 9)
        elif part == "picker":
            usual, most = 32 if self._screen.has_class("-vast") else 23, size.width - 2 * _REST
        else:
            usual, most = (size.width - 30) * 2 // 5, size.width - 2 * _REST
        return max(_LEAST[part], min(most, usual + steps * _STEP[part]))

    def _choose(self, **changes: object) -> None:
        choose(self._kept, **changes)
        self._choices = load_choices(self._kept)
        self.apply()
