"""What settings say about models, held against the models' declarations."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from tui.core.fault import Fault
from tui.core.fields import Choice, Prompt, RefusedError, Value
from tui.core.language import _
from tui.core.model import Model
from tui.core.references import References
from tui.core.size import Size
from tui.models import UnknownModelError, find_model
from tui.services.settings.values import Preset

Path = tuple[str, ...]
Problem = tuple[Path, str]


@dataclass(frozen=True, slots=True)
class Statement:
    """One value: where it stands in the file, its name in the settings (models by id)."""

    path: Path
    name: Path
    value: Value | Decimal | Preset


class Reader:
    """Reads the tables `fields`, `presets` and `prices`; what is wrong gathers in `problems`.

    What is no table at all is left to the schema's complaint. With `is_project`, presets may
    set no references.
    """

    def __init__(self, *, is_project: bool) -> None:
        self.problems: list[Problem] = []
        self._is_project = is_project

    def fields(self, tables: object) -> Iterator[Statement]:
        """Read the default values of each model's fields."""
        for path, table in _tables(("fields",), tables):
            if model := self._model(path, path[-1]):
                for field, value in self._values(path, model, table).items():
                    if field == "prompt":
                        self._refuse(
                            (*path, field), _("a prompt has no default; put it in a preset")
                        )
                    yield Statement((*path, field), ("fields", model.id, field), value)

    def presets(self, tables: object) -> Iterator[Statement]:
        """Read presets."""
        for path, table in _tables(("presets",), tables):
            if "model" not in table:
                self._refuse(path, _('needs a model, such as: model = "gpt"'))
            elif model := self._model((*path, "model"), table["model"]):
                rest = {key: raw for key, raw in table.items() if key != "model"}
                field = model.references.name if model.references else None
                references = self._references(path, field, rest)
                values = self._values(path, model, rest)
                preset = Preset(model=model.id, values=values, references=references)
                yield Statement(path, path, preset)

    def prices(self, where: Path, tables: object) -> Iterator[Statement]:
        """Read prices, US dollars an image; what is no number is left to the schema."""
        for path, table in _tables(where, tables):
            if model := self._model(path, path[-1]):
                for item, price in table.items():
                    if not _has_price(model, item):
                        known = ", ".join(f'"{one}"' for one in model.prices)
                        self._refuse(
                            (*path, item),
                            _("nothing has this price; there are {known}", known=known),
                        )
                    with suppress(InvalidOperation):
                        value = Decimal(str(price))
                        yield Statement((*path, item), ("prices", model.id, item), value)

    def in_flight(self, table: object) -> Iterator[Statement]:
        """Read how many jobs may be in flight, of each model and of `all`.

        What is no number is left to the schema.
        """
        for name, most in table.items() if isinstance(table, dict) else ():
            path = ("in_flight", name)
            model = None if name == "all" else self._model(path, name)
            if isinstance(most, int) and (model or name == "all"):
                yield Statement(path, ("in_flight", model.id if model else name), most)

    def _model(self, path: Path, name: object) -> Model | None:
        try:
            return find_model(str(name))
        except UnknownModelError as error:
            self._refuse(path, str(error))
            return None

    def _values(self, path: Path, model: Model, table: Mapping[str, Any]) -> dict[str, Value]:
        values = {}
        for name, raw in table.items():
            field = model.field(name)
            if field is None:
                self._refuse((*path, name), _unknown(model, name))
            elif isinstance(field, References):
                self._refuse((*path, name), _("reference images have no default; use a preset"))
            else:
                try:
                    value = field.read(str(raw) if isinstance(raw, Decimal) else raw)
                except RefusedError as error:
                    self._refuse((*path, name), _said(error.fault))
                    continue
                for fault in field.check(value):
                    if fault.is_error:
                        self._refuse((*path, name), _said(fault))
                values[name] = value
        return values

    def _references(self, path: Path, field: str | None, table: dict[str, Any]) -> tuple[str, ...]:
        """Take the references out of a preset's table."""
        given = table.pop(field, None) if field else None
        if given is None or field is None:
            return ()
        if self._is_project:
            rule = _("a project file's presets set no references: they would leave your machine")
            self._refuse((*path, field), rule)
        elif not isinstance(given, list) or not all(isinstance(one, str) for one in given):
            self._refuse((*path, field), _('must be a list of files or URLs: ["one.png"]'))
        else:
            return tuple(given)
        return ()

    def _refuse(self, path: Path, what: str) -> None:
        self.problems.append((path, what))


def _tables(where: Path, tables: object) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    if isinstance(tables, dict):
        yield from (
            ((*where, name), table) for name, table in tables.items() if isinstance(table, dict)
        )


def _unknown(model: Model, name: str) -> str:
    known = [one.name for one in model.fields if not isinstance(one, Prompt)]
    near = get_close_matches(name, known, n=1)
    hint = (
        _("did you mean {near}?", near=near[0])
        if near
        else _("it has {known}", known=", ".join(known))
    )
    return _("{id} has no such field; {hint}", id=model.id, hint=hint)


def _said(fault: Fault) -> str:
    return fault.told


def _has_price(model: Model, item: str) -> bool:
    size = model.field("size")
    if item in model.prices or (isinstance(size, Choice) and item in size.choices):
        return True
    # "2048x2048 high" where the table goes by size and quality.
    by_size = any(" " in one for one in model.prices)
    return by_size and " " in item and Size.parse(item.partition(" ")[0]) is not None
