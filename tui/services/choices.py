"""What was chosen in the app about its looks, kept from one start to the next."""

from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from tui.services.kept import load_kept, save_kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """A theme by name; parts of the screen that are hidden; how far their borders were moved.

    `moved` goes by part, in steps from where the layout puts the border. `toured`: whether the
    lines for a first start were shown.
    """

    theme: str = ""
    hidden: tuple[str, ...] = ()
    moved: dict[str, int] = field(default_factory=dict)
    toured: bool = False


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
            toured=bool(known.get("toured", False)),
        )
    except (TypeError, ValueError):
        return Choices()


def save_choices(path: Path, choices: Choices) -> None:
    """Write the choices; a disk that is full costs no more than them."""
    save_kept(path, asdict(choices))
