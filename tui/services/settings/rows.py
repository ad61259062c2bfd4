"""The settings in force, one by one, as they would stand in a file."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

from tui.core.bucket import Bucket
from tui.core.text import clean
from tui.models import find_model
from tui.services.settings.database_url import without_password
from tui.services.settings.values import Preset, Settings

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN = (
    "base_url",
    "output_dir",
    "profile",
    "template",
    "key_command",
    "ask_above",
    "detach_on_hangup",
    "theme",
    "language",
    "preview",
    "notify",
    "notify_after",
)
# There is none otherwise, or the system decides.
_IF_SET = ("database_url", "user", "any_key", "viewer", "on_saved")
_LIMITS = ("submissions", "polls", "downloads", "submissions_per_second")

Shown = str | int | float | Decimal | Path | Bucket | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One value, by its path in the file, with the place where it was set."""

    path: tuple[str, ...]
    value: Shown
    source: str

    @property
    def table(self) -> str:
        """The head of the table it stands in, empty for none."""
        return ".".join(_key(part) for part in self.path[:-1])

    @property
    def line(self) -> str:
        """The line of TOML that sets it, with the source as a comment."""
        return clean(f"{_key(self.path[-1])} = {_literal(self.value)}  # {self.source}")

    @property
    def record(self) -> dict[str, object]:
        """The same for JSON."""
        value: object = self.value
        match self.value:
            case Decimal():
                value = float(self.value)
            case Path() | Bucket():
                value = str(self.value)
            case tuple():
                value = list(self.value)
        return {"name": ".".join(self.path), "value": value, "source": self.source}


def rows(settings: Settings) -> Iterator[Row]:
    """Go through all values, tables after the plain ones."""
    given = (name for name in _IF_SET if _is_told(settings, name))
    shared = ("run",) if settings.database_url else ()
    for name in (*_PLAIN, *given, *shared):
        value = getattr(settings, name)
        shown = without_password(value) if name == "database_url" else value
        yield Row((name,), shown, settings.source(name))
    for name in _LIMITS[: None if settings.submissions_per_second else -1]:
        yield Row(("limits", name), getattr(settings, name), settings.source(f"limits.{name}"))
    yield from _flat(settings, "keep")
    yield from _flat(settings, "budget")
    for table in ("in_flight", "keys", "snippets"):
        for name, value in getattr(settings, table).items():
            yield Row((table, name), value, settings.source(f"{table}.{name}"))
    for table in ("fields", "prices"):
        for model, values in getattr(settings, table).items():
            for name, value in values.items():
                yield Row((table, model, name), value, settings.source(f"{table}.{model}.{name}"))
    for name, preset in settings.presets.items():
        source = settings.source(f"presets.{name}")
        for key, value in _preset_values(preset).items():
            yield Row(("presets", name, key), value, source)


def _is_told(settings: Settings, name: str) -> bool:
    # Who one is says nothing where nobody else is.
    is_alone = name == "user" and not settings.database_url
    return bool(getattr(settings, name)) and not (is_alone and settings.source(name) == "default")


def preset_text(name: str, preset: Preset) -> str:
    """Return the table of TOML that holds a preset."""
    lines = (f"{_key(key)} = {_literal(value)}" for key, value in _preset_values(preset).items())
    return "\n".join((f"[presets.{_key(name)}]", *lines, ""))


def snippets_text(snippets: Mapping[str, str]) -> str:
    """Return the table of TOML that holds snippets."""
    lines = (f"{_key(name)} = {_literal(text)}" for name, text in snippets.items())
    return "\n".join(("[snippets]", *lines, ""))


def _flat(settings: Settings, table: str) -> Iterator[Row]:
    for name, value in asdict(getattr(settings, table)).items():
        if value is not None:
            yield Row((table, name), value, settings.source(f"{table}.{name}"))


def _preset_values(preset: Preset) -> dict[str, Shown]:
    values: dict[str, Shown] = {"model": preset.model, **preset.values}
    field = find_model(preset.model).references
    if field and preset.references:
        values[field.name] = preset.references
    return values


def _key(part: str) -> str:
    return part if _BARE.fullmatch(part) else _literal(part)


def _literal(value: Shown) -> str:
    match value:
        case tuple():
            return f"[{', '.join(_literal(one) for one in value)}]"
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case _:
            # TOML's strings are JSON's, but for this one control.
            return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
