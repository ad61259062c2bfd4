"""The unsent request, kept from one start to the next."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tui.core.request import Reference
from tui.services.kept import load_kept, save_kept


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """What stood in the form: the model's id, the prompt, values as typed, references.

    A reference that was not taken yet is the text that was typed. `expands` is whether the prompt
    stands for many.
    """

    model: str = ""
    prompt: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    references: tuple[Reference | str, ...] = ()
    expands: bool = False


def load_draft(path: Path) -> KeptDraft:
    """Read the draft; an unreadable one counts as none."""
    kept = load_kept(path)
    try:
        return KeptDraft(
            model=str(kept["model"]),
            prompt=str(kept["prompt"]),
            values=dict(kept["values"]),
            references=tuple(
                Reference(**one) if isinstance(one, dict) else str(one)
                for one in kept["references"]
            ),
            expands=kept.get("expands") is True,
        )
    except (ValueError, KeyError, TypeError):
        return KeptDraft()


def save_draft(path: Path, draft: KeptDraft) -> None:
    """Write the draft; a disk that is full costs the draft only."""
    save_kept(path, asdict(draft))
