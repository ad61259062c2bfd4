"""Lines in which paths are completed as one types them."""

import asyncio
import os
from pathlib import Path

from textual.suggester import Suggester

from tui.app.widgets.form.controls import Disarmed, LineInput
from tui.core.text import clean

_MOST = 10_000  # names looked at in one folder


class PathSuggester(Suggester):
    """Suggests the first name in the folder that begins like what was typed."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Look in a thread: a folder may be far away."""
        return await asyncio.to_thread(complete, value)


class CompletingInput(LineInput):
    """A line that suggests paths; whoever makes one of it binds a key to `complete`."""

    def __init__(
        self,
        placeholder: str,
        value: str = "",
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(
            value, placeholder, Disarmed(), suggester=PathSuggester(), compact=True, id=id
        )
        self.cursor_blink = False

    def action_complete(self) -> None:
        """Take the suggestion; without one go on to the next field."""
        before = self.value
        if self.cursor_at_end:
            self.action_cursor_right()
        if self.value == before:
            self.screen.focus_next()


def complete(typed: str) -> str | None:
    """Return the path that `typed` begins, a folder with a slash behind it; None without one.

    Names that would not show as they are, for the controls in them, are passed over.
    """
    if "://" in typed or typed.startswith("data:"):
        return None
    folder, slash, start = typed.rpartition("/")
    try:
        where = Path((folder or "/") if slash else ".").expanduser()
        with os.scandir(where) as entries:
            found = [
                (entry.name, entry.is_dir())
                for entry, _ in zip(entries, range(_MOST), strict=False)
                if entry.name.startswith(start) and (start or not entry.name.startswith("."))
            ]
    except (OSError, RuntimeError, ValueError):  # no such folder, no such user, a null byte
        return None
    names = sorted(name + "/" * is_dir for name, is_dir in found if clean(name) == name)
    return f"{folder}{slash}{names[0]}" if names and names[0] != start else None
