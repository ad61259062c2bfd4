"""Paths completed as one types them."""

import asyncio
import os
from pathlib import Path

from textual.suggester import Suggester

from tui.core.text import clean

_MOST = 10_000  # names looked at in one folder


class PathSuggester(Suggester):
    """Suggests the first name in the folder that begins like what was typed."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """Look in a thread: a folder may be far away."""
        return await asyncio.to_thread(complete, value)


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
