"""The two axes of a grid, from their flags to a wish for each cell."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tui.core import widths
from tui.core.expand import names_in, put
from tui.core.fault import Fault
from tui.core.field_words import field_label
from tui.core.grid import Axis, Cell
from tui.core.intent import Intent, word
from tui.core.language import _
from tui.core.model import Model
from tui.core.size import Size
from tui.core.text import clean

AXES = ("model", "size", "quality", "ratio")
_FLAGS = {"size": "resolution", "quality": "quality", "ratio": "ratio"}  # that an axis stands for
_MOST = 100  # values


@dataclass(frozen=True, slots=True)
class CellWish:
    """What one cell asks for: a model by name, a prompt, the command's flags."""

    cell: Cell
    model: str
    prompt: str
    flags: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class GridWish:
    """The rows and columns that were asked for."""

    rows: Axis
    columns: Axis

    @property
    def models(self) -> tuple[str, ...]:
        """The names of the models that are an axis; none where a single one is named otherwise."""
        axes = (self.rows, self.columns)
        return next((one.values for one in axes if one.name == "model"), ())

    def cells(self, prompt: str, flags: Mapping[str, Any]) -> Iterator[CellWish]:
        """Go through all cells, row by row."""
        only = next(iter(flags["models"]), "")
        for at_row, row in enumerate(self.rows.values):
            for at_column, column in enumerate(self.columns.values):
                cell = Cell((self.rows.name, row, at_row), (self.columns.name, column, at_column))
                text, model, own = prompt, only, dict(flags)
                for name, value in ((self.rows.name, row), (self.columns.name, column)):
                    if name == "model":
                        model = value
                    elif name in _FLAGS:
                        own[_FLAGS[name]] = value
                    else:
                        text = put(name, value, text)
                yield CellWish(cell, model, text, own)


def read_grid(
    flags: Mapping[str, Any], prompt: str, models: Sequence[str], faults: list[Fault]
) -> GridWish | None:
    """Read both axes; None without any. `models` are those of an axis that is left out."""
    given = {flag: flags[flag] for flag in ("rows", "columns") if flags[flag]}
    if not given:
        return None
    axes = {flag: _axis(flag, texts, prompt, faults) for flag, texts in given.items()}
    if None in axes.values():  # what it was to be can't be known
        return None
    rows, columns = axes.get("rows"), axes.get("columns")
    own = Axis(name="model", values=tuple(models))
    if len(axes) < 2 and not any(one and one.name == "model" for one in axes.values()):
        rows, columns = rows or own, columns or own
    if rows is None or columns is None:
        if len(axes) < 2:
            missing = "columns" if "rows" in axes else "rows"
            faults.append(Fault(missing, "", _("name the other axis too, such as size=1K,2K")))
        return None
    names = (rows.name, columns.name)
    if rows.name == columns.name:
        faults.append(Fault("columns", columns.name, _("is the axis of the rows already")))
    twice = [name for name in names if name in _FLAGS and flags[_FLAGS[name]] is not None]
    faults += [Fault(_FLAGS[name], "", _("{name} is an axis already", name=name)) for name in twice]
    if "model" not in names and len(flags["models"]) != 1:
        faults.append(Fault("model", "", _("name one with -m MODEL, or make it an axis")))
    elif flags["models"] and any(one and one.name == "model" for one in axes.values()):
        faults.append(Fault("model", "", _("is an axis already")))
    if any(name not in AXES for name in names):  # so that braces mean something in this prompt
        rule = _("has no value here: make it an axis, or write the words")
        left = [name for name in names_in(prompt) if name not in names]
        faults += [Fault("prompt", f"{{{{{clean(name, 40)}}}}}", rule) for name in left]
    return GridWish(rows, columns)


def impossible(model: Model, intent: Intent, axes: Mapping[str, str]) -> str:
    """Say why a model can't do what a cell stands for; `axes` are its values by axis."""
    wording = word(model, intent)
    parts = {
        "size": ("pixels", "shape") if Size.parse(axes.get("size", "")) else ("pixels",),
        "ratio": ("shape",),
        "quality": ("quality",),
    }
    wanted = [part for name in axes for part in parts.get(name, ())]
    left = [
        _("no {name} {text}", name=field_label(part), text=wording.left[part])
        for part in wanted
        if part in wording.left
    ]
    near = [
        _("{name} {change}", name=field_label(part), change=wording.near[part])
        for part in wanted
        if part in wording.near
    ]
    return clean(", ".join(dict.fromkeys([*left, *near])))


def drawn(wish: GridWish, cells: Mapping[Cell, str]) -> list[tuple[str, str]]:
    """Return lines that show the grid with a text in each cell, for a Plan; a dash for none."""
    at = {(cell.row[1], cell.column[1]): text for cell, text in cells.items()}
    lines = [("", *wish.columns.values)]
    lines += [
        (row, *(at.get((row, column), "–") for column in wish.columns.values))
        for row in wish.rows.values
    ]
    shown = [[clean(part) for part in line] for line in lines]
    sizes = [max(map(widths.cells, column)) for column in zip(*shown, strict=True)]
    texts = ["  ".join(map(widths.pad, line, sizes)).rstrip() for line in shown]
    about = _("{name} by {name2}", name=wish.rows.name, name2=wish.columns.name)
    return [("grid", clean(about)), *(("", text) for text in texts)]


def _axis(flag: str, texts: Sequence[str], prompt: str, faults: list[Fault]) -> Axis | None:
    if len(texts) > 1:
        faults.append(Fault(flag, "", _("goes once; a grid has two axes, --rows and --columns")))
        return None
    name, equals, rest = texts[0].partition("=")
    name = name.strip()
    name = {"resolution": "size", "models": "model"}.get(name, name)
    values = tuple(dict.fromkeys(part.strip() for part in _parts(rest) if part.strip()))
    known = ", ".join(AXES)
    shown = clean(texts[0], 60)
    if not equals or not name or not values:
        rule = _(
            "must be NAME=VALUE,VALUE with one of {known} or a variable of the prompt", known=known
        )
        faults.append(Fault(flag, shown, rule, "size=1K,2K"))
    elif name not in AXES and name not in names_in(prompt):
        rule = _(
            "the prompt has no {{{{{name}}}}}; other axes are {known}",
            name=clean(name, 40),
            known=known,
        )
        faults.append(Fault(flag, shown, rule))
    elif len(values) > _MOST:
        faults.append(
            Fault(
                flag,
                shown,
                _("has {count} values; at most {most} go", count=len(values), most=_MOST),
            )
        )
    else:
        return Axis(name=name, values=values)
    return None


def _parts(text: str) -> list[str]:
    """Return what commas separate, quotes around what holds one; nothing of what can't be read."""
    try:
        return next(csv.reader([text], skipinitialspace=True), [])
    except csv.Error:  # a line end outside of quotes, more than 128 kB
        return []
