"""What was chosen in the app about its looks, kept from one start to the next."""

from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from tui.services.kept import load_kept, save_kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """A theme by name; parts of the screen that are hidden; how far their borders were moved.

    `moved` goes by part, in steps from where the layout puts the border. `columns` are the titles
    of the table's columns, from the left; none for the standard ones. `folders` are those that
    references were taken from, the latest first.
    """

    theme: str = ""
    hidden: tuple[str, ...] = ()
    moved: dict[str, int] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


def load_choices(path: Path) -> Choices:
    """Read the choices; what is unreadable counts as never chosen."""
    kept = load_kept(path)
    if not isinstance(kept, dict):
        return Choices()
    known = {one.name: kept[one.name] for one in fields(Choices) if one.name in kept}
    try:
        return Choices(
            theme=str(known.get("theme", "")),
            hidden=tuple(str(one) for one in known.get("hidden", ())),
            moved={str(name): int(steps) for name, steps in dict(known.get("moved", {})).items()},
            columns=tuple(str(one) for one in known.get("columns", ())),
            folders=tuple(str(one) for one in known.get("folders", ())),
        )
    except (TypeError, ValueError, OverflowError):  # JSON knows Infinity
        return Choices()


def choose(path: Path, **changes: Any) -> None:
    """Change some of the choices; a disk that is full costs no more than them."""
    save_kept(path, asdict(replace(load_choices(path), **changes)))
