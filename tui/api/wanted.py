"""What a program asks for, made into requests, with everything that is wrong with it."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from os import PathLike, fspath
from typing import Any

from tui.api.errors import InvalidError
from tui.core.fault import Fault
from tui.core.fields import RefusedError, Whole
from tui.core.grid import model_cell
from tui.core.intended import intended
from tui.core.intent import Intent, word
from tui.core.job import Job
from tui.core.model import Model
from tui.core.naming import group_name
from tui.core.request import Reference, Request
from tui.deck import Deck
from tui.models import MODELS, UnknownModelError, find_model
from tui.services.batch.formats import RawRow
from tui.services.batch.placing import GONE_ON_WITH, SENT, Target, placed, target_of
from tui.services.batch.rows import Row, RowReader

_COUNT = Whole(name="count", help="Jobs to make.", minimum=1, maximum=100_000)


@dataclass(frozen=True, slots=True)
class Order:
    """A request that is to become a job: its row of a batch, the job it follows."""

    request: Request
    row: str | None = None
    follows: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for, in order: requests to be sent, and jobs that were made before.

    The jobs in `woken` are gone on with; `unsent` wait to be sent elsewhere and are dropped there
    first. `leaves_others`: without those that another process has.
    """

    things: Sequence[Order | Job] = ()
    group: str | None = None
    template: str | None = None
    woken: AbstractSet[str] = frozenset()
    unsent: Sequence[Job] = ()
    leaves_others: bool = False
    warnings: tuple[Fault, ...] = ()
    lost: Mapping[str, str] = field(default_factory=dict)

    @property
    def orders(self) -> list[Order]:
        """What is to be sent."""
        return [one for one in self.things if isinstance(one, Order)]

    @property
    def earlier(self) -> list[Job]:
        """The jobs that were made before."""
        return [one for one in self.things if isinstance(one, Job)]


def one_request(deck: Deck, values: Mapping[str, Any]) -> Wanted:
    """Read a request: prompt, model, count and the model's fields. Raises InvalidError."""
    reader = _reader(deck, None)
    row = reader.read(RawRow(1, _plain(values)))
    if not isinstance(row, Row):
        raise InvalidError(row)
    return Wanted(things=[Order(request) for request in row.requests()], warnings=row.form.warnings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """How a batch is meant: see Deck.batch."""

    rows: Sequence[str | Mapping[str, Any]]
    model: str | None
    name: str | None
    retry_failed: bool
    again: bool
    template: str | None


@dataclass(frozen=True, slots=True)
class _Sendable:
    rows: Sequence[Row]

    def sendable(self) -> Iterator[Row]:
        """Go through the rows."""
        return iter(self.rows)


def many_requests(deck: Deck, given: Rows) -> Wanted:
    """Read the rows of a batch and hold them against its earlier runs. Raises InvalidError."""
    reader = _reader(deck, _model(given.model) if given.model else None)
    rows: list[Row] = []
    faults: dict[int, Sequence[Fault]] = {}
    for number, values in enumerate(given.rows, 1):
        text = {"prompt": values} if isinstance(values, str) else values
        row = reader.read(RawRow(number, _plain(text)))
        if isinstance(row, Row):
            rows.append(row)
        else:
            faults[number] = row
    if faults or not rows:
        raise InvalidError([] if faults else [Fault("rows", "", "there are none")], faults)
    warnings = {fault: None for row in rows for fault in row.form.warnings}
    target = _target(deck, given, rows[0].prompts[0])
    things: list[Order | Job] = []
    woken = set()
    for chunk in placed(_Sendable(rows), target, deck.journal.history):
        for one in chunk:
            if one.fate in SENT:
                follows = one.earlier.id if one.earlier else None
                things.append(Order(one.request, one.row, follows))
            elif one.earlier:
                things.append(one.earlier)
                if one.fate in GONE_ON_WITH:
                    woken.add(one.earlier.id)
    return Wanted(
        things=things,
        group=target.group,
        template=given.template,
        woken=woken,
        warnings=tuple(warnings),
    )


def _target(deck: Deck, given: Rows, prompt: str) -> Target:
    """Find the newest generation of a batch with a name; one without begins anew."""
    if given.name is None:
        return Target(group=group_name(prompt, secrets.token_bytes(4)), is_new=True)
    return target_of(
        deck.journal.history,
        given.name,
        given.name,
        again=given.again,
        retry_failed=given.retry_failed,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One idea for several models: see Deck.compare."""

    prompt: str
    models: Iterable[str]
    ratio: str | None
    resolution: str | None
    format: str | None
    quality: str | None
    image: Any
    count: int


def compared(deck: Deck, asked: Comparison) -> Wanted:
    """Say one idea in each model's own words. Raises InvalidError."""
    intent, faults = intended(asked.ratio, asked.resolution, asked.format, asked.quality)
    models: list[Model] = []
    for name in dict.fromkeys(asked.models):
        try:
            models.append(_model(name))
        except InvalidError as error:
            faults += error.faults
    models = models or [*MODELS]
    references: Sequence[Reference] = ()
    takers = [model.references for model in models if model.references]
    if asked.image and not takers:
        faults.append(Fault("image", "", "none of these models takes reference images"))
    elif asked.image:
        sources = _plain({"image": asked.image})["image"]
        listed = [sources] if isinstance(sources, str) else sources
        references, more = deck.take_references(listed, takers[0]).result()
        faults += more
    try:
        count = _COUNT.read(asked.count)
    except RefusedError as error:
        faults.append(error.fault)
        count = 1
    orders: list[Order] = []
    lost: dict[str, str] = {}
    warnings: list[Fault] = []
    for at, model in enumerate(models):
        request, missing = _worded(deck, model, asked.prompt, intent, references, faults, warnings)
        if missing:
            lost[model.id] = missing
        if request:
            cells = [model_cell(model.id, at, number) for number in range(1, count + 1)]
            orders += [Order(request, row=cell.key) for cell in cells]
    if faults:
        raise InvalidError(list(dict.fromkeys(faults)))
    group = group_name(asked.prompt, secrets.token_bytes(4))
    return Wanted(things=orders, group=group, lost=lost, warnings=tuple(warnings))


def _worded(
    deck: Deck,
    model: Model,
    prompt: str,
    intent: Intent,
    references: Sequence[Reference],
    faults: list[Fault],
    warnings: list[Fault],
) -> tuple[Request | None, str]:
    wording = word(model, intent)
    lost = [wording.lost] if wording.lost else []
    if references and not model.references:
        lost.append("no reference images")
    given = {**deck.settings.fields.get(model.id, {}), **wording.values, "prompt": prompt}
    checked = model.validate(given, references if model.references else ())
    faults += checked.errors
    warnings += checked.warnings
    return checked.request, ", ".join(lost)


def _reader(deck: Deck, model: Model | None) -> RowReader:
    return RowReader(
        fields=deck.settings.fields,
        model=model,
        take=lambda sources, field: deck.take_references(sources, field).result(),
    )


def _model(name: str) -> Model:
    try:
        return find_model(name)
    except UnknownModelError as error:
        raise InvalidError([Fault("model", name, str(error))]) from error


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as a file would hold them: paths as text, tuples as lists."""
    return {name: _text(value) for name, value in values.items()}


def _text(value: Any) -> Any:
    match value:
        case PathLike():
            return fspath(value)
        case tuple() | list():
            return [_text(one) for one in value]
        case _:
            return value
