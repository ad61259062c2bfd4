"""Small files of JSON that make the next start like this one, and may be lost."""

import json
import os
from pathlib import Path
from typing import Any

from tui.services.places import PlaceError, private_folder


def load_kept(path: Path) -> Any:
    """Return what was kept; None where there is nothing that can be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def save_kept(path: Path, kept: object) -> None:
    """Write it for this user alone; a disk that is full costs this file only."""
    try:
        private_folder(path.parent)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        with os.fdopen(os.open(part, flags, 0o600), "w", encoding="utf-8") as file:
            json.dump(kept, file)
        part.replace(path)
    except (OSError, PlaceError):
        return
