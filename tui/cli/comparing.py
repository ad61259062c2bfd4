"""One intent put to several models, or to each cell of a grid, from the flags to the jobs."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tui.cli.asking import read_count, read_prompt, take_references
from tui.cli.errors import RefusedError
from tui.cli.gridding import CellWish, GridWish, drawn, impossible, read_grid
from tui.cli.output import note
from tui.cli.plan import expected_seconds
from tui.cli.snippets import take_snippets
from tui.core.fault import Fault
from tui.core.grid import Cell, model_cell
from tui.core.intended import intended
from tui.core.intent import Intent, word
from tui.core.language import _
from tui.core.model import Checked, Model
from tui.core.naming import group_name
from tui.core.price import total
from tui.core.request import Reference, Request
from tui.core.snippets import with_snippets
from tui.core.text import clean
from tui.models import MODELS, UnknownModelError, find_model
from tui.services.plan import Plan

if TYPE_CHECKING:
    from tui.cli.context import Cli
    from tui.core.job import Job
    from tui.deck import Deck


@dataclass(frozen=True, slots=True)
class Comparison:
    """A request for each cell, `count` jobs of each; the cells of models alone are one row."""

    cells: Mapping[Cell, Request]
    count: int
    grid: GridWish | None = None

    def __iter__(self) -> Iterator[tuple[Cell, Request]]:
        for cell, request in self.cells.items():
            for number in range(1, self.count + 1):
                yield replace(cell, number=number), request


def read(cli: "Cli", wish: Mapping[str, Any]) -> Comparison:
    """Say the wish (the command's flags) in each model's words; tell what is lost.

    Raises RefusedError with everything that is wrong.
    """
    text, faults = read_prompt(wish["prompt"])
    text = with_snippets(text, take_snippets(cli, wish["snippets"], faults))
    grid = read_grid(wish, text, wish["models"] or [one.id for one in MODELS], faults)
    models = _models((grid and grid.models) or wish["models"], faults)
    count = read_count(wish["count"], faults)
    references, more = _references(cli, list(models.values()), wish["images"])
    faults += more
    asking = _Asking(cli, models, references)
    if grid and not faults:
        cells = asking.cells(grid.cells(text, wish), faults)
    else:
        intent, more = _intended(wish)
        faults += more
        cells = asking.models(text, intent, faults)
    if faults:
        raise RefusedError(*dict.fromkeys(clean(str(one)) for one in faults), prompt=text)
    if not cells:
        raise RefusedError(_("No cell of this grid is possible; nothing was sent."), prompt=text)
    return Comparison(cells, count, grid)


def new_jobs(deck: "Deck", comparison: Comparison) -> list["Job"]:
    """Make the jobs, as one group."""
    first = next(iter(comparison.cells.values()))
    group = group_name(first.prompt, secrets.token_bytes(4))
    return [
        replace(job, row=cell.key)
        for cell, request in comparison
        for job in deck.new_jobs(request, group=group)
    ]


def plan_of(cli: "Cli", comparison: Comparison) -> Plan:
    """Say what it comes to."""
    requests, count = list(comparison.cells.values()), comparison.count
    if comparison.grid:
        prices = {
            cell: str(cli.settings.price(request).times(count))
            for cell, request in comparison.cells.items()
        }
        more = drawn(comparison.grid, prices)
    else:
        more = [("models", ", ".join(one.model for one in requests))]
    return Plan(
        requests=len(requests) * count,
        images=sum(one.count for one in requests) * count,
        price=total(cli.settings.price(one).times(count) for one in requests),
        seconds=expected_seconds(cli, requests, len(requests) * count),
        more=more,
    )


def show_requests(cli: "Cli", comparison: Comparison) -> None:
    """Print all requests and what they come to; send nothing."""
    from tui.cli.dry_run import show_many

    labelled = (
        (f"{clean(cell.label)}: " if comparison.grid else "", request)
        for cell, request in comparison
    )
    show_many(cli, labelled, lambda: plan_of(cli, comparison))


def _models(names: Sequence[str], faults: list[Fault]) -> dict[str, Model]:
    """Find models by the names they were given, each once; all of them without any."""
    found: dict[str, Model] = {}
    for name in names:
        try:
            model = find_model(name)
        except UnknownModelError as error:
            faults.append(Fault("model", name, str(error)))
            continue
        if model not in found.values():
            found[name] = model
    return found or {one.id: one for one in MODELS}


def _references(
    cli: "Cli", models: Sequence[Model], images: Sequence[str]
) -> tuple[Sequence[Reference], list[Fault]]:
    takers = [one.references for one in models if one.references]
    if images and not takers:
        return (), [Fault("image", images[0], _("none of these models takes reference images"))]
    return take_references(cli, images, takers[0]) if images else ((), [])


def _intended(wish: Mapping[str, Any]) -> tuple[Intent, list[Fault]]:
    return intended(wish["ratio"], wish["resolution"], wish["format_"], wish["quality"])


class _Asking:
    """Puts a wish to models; tells each thing that is lost once."""

    def __init__(
        self, cli: "Cli", models: Mapping[str, Model], references: Sequence[Reference]
    ) -> None:
        self._cli = cli
        self._models = models
        self._references = references
        self._told: set[str] = set()

    def models(self, prompt: str, intent: Intent, faults: list[Fault]) -> dict[Cell, Request]:
        """Return a request for each model."""
        cells: dict[Cell, Request] = {}
        for at, model in enumerate(self._models.values()):
            checked = self._checked(model, prompt, intent)
            said = {fault.field for fault in faults}
            faults += [fault for fault in checked.errors if fault.field not in said]
            if checked.request:
                cells[model_cell(model.id, at)] = checked.request
        return cells

    def cells(self, wishes: Iterator[CellWish], faults: list[Fault]) -> dict[Cell, Request]:
        """Return a request for each cell that is possible; tell of the others."""
        cells: dict[Cell, Request] = {}
        for one in wishes:
            intent, more = _intended(one.flags)
            faults += more
            if faults:
                continue
            model = self._models.get(one.model)
            if model is None:
                self._tell(
                    _(
                        "left out: {cell}: {reason}",
                        cell=one.cell.label,
                        reason=_("the model is named twice"),
                    )
                )
                continue
            axes = {name: value for name, value, _text in (one.cell.row, one.cell.column)}
            if reason := impossible(model, intent, axes):
                self._tell(_("left out: {cell}: {reason}", cell=one.cell.label, reason=reason))
                continue
            checked = self._checked(model, one.prompt, intent)
            if checked.request:
                cells[one.cell] = checked.request
            else:
                reasons = "; ".join(str(fault) for fault in checked.errors)
                self._tell(_("left out: {cell}: {reason}", cell=one.cell.label, reason=reasons))
        return cells

    def _checked(self, model: Model, prompt: str, intent: Intent) -> Checked:
        wording = word(model, intent)
        lost = [wording.lost] if wording.lost else []
        if self._references and not model.references:
            lost.append(_("no reference images"))
        if lost:
            self._tell(_("{model}: {lost}", model=model.id, lost=_(", ").join(lost)))
        usual = self._cli.settings.fields.get(model.id, {})
        given = {**usual, **wording.values, "prompt": prompt}
        checked = model.validate(given, self._references if model.references else ())
        for warning in checked.warnings:
            self._tell(_("warning: {id}: {warning}", id=model.id, warning=warning))
        return checked

    def _tell(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            note(clean(text))
