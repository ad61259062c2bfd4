"""The unsent request, kept from one start to the next."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tui.core.request import Reference
from tui.services.places import PlaceError, private_folder


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """What stood in the form: the model's id, the prompt, values as typed, references.

    A reference that was not taken yet is the text that was typed.
    """

    model: str = ""
    prompt: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    references: tuple[Reference | str, ...] = ()


def load_draft(path: Path) -> KeptDraft:
    """Read the draft; an unreadable one counts as none."""
    try:
        kept: Any = json.loads(path.read_text(encoding="utf-8"))
        return KeptDraft(
            model=str(kept["model"]),
            prompt=str(kept["prompt"]),
            values=dict(kept["values"]),
            references=tuple(
                Reference(**one) if isinstance(one, dict) else str(one)
                for one in kept["references"]
            ),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return KeptDraft()


def save_draft(path: Path, draft: KeptDraft) -> None:
    """Write the draft for this user alone; a disk that is full costs the draft only."""
    try:
        private_folder(path.parent)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        with os.fdopen(os.open(part, flags, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(draft), file)
        part.replace(path)
    except (OSError, PlaceError):
        return
