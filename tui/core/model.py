"""What a model's declaration says, and how a request is made from it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from tui.core.fault import Fault
from tui.core.fields import Field, RefusedError, Value, Whole, shown
from tui.core.language import _
from tui.core.price import Price
from tui.core.references import References
from tui.core.request import Reference, Request
from tui.core.size import Size

Values = Mapping[str, Value]
Prices = Mapping[str, Decimal]


def unknown_price(_values: Values, _prices: Prices) -> Price:
    """Say that nobody knows the price of one image."""
    return Price(None)


def no_size(_values: Values) -> Size | None:
    """Say that the size is left to the model."""
    return None


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a validation: a request, or None with at least one error among the faults."""

    request: Request | None
    faults: tuple[Fault, ...]

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults that stop the request."""
        return tuple(fault for fault in self.faults if fault.is_error)

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """The faults that only come along."""
        return tuple(fault for fault in self.faults if not fault.is_error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model: names, paths, fields, rules between fields, price, pixels, typical time.

    `fixed` goes into every body as it is. `poll_path` holds `{task_id}`. `prices` is the
    shipped table, US dollars an image; `typical` the seconds a job takes until learned.
    """

    id: str
    aliases: tuple[str, ...]
    title: str
    best_for: str
    submit_path: str
    poll_path: str
    fields: tuple[Field, ...]
    fixed: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[Callable[[Values], Iterable[Fault]], ...] = ()
    prices: Prices = field(default_factory=dict)
    image_price: Callable[[Values, Prices], Price] = unknown_price
    pixels: Callable[[Values], Size | None] = no_size
    typical: Callable[[Values], float] = lambda _values: 30.0

    @property
    def names(self) -> tuple[str, ...]:
        """The id and every alias."""
        return (self.id, *self.aliases)

    @property
    def references(self) -> References | None:
        """The field that takes reference images, if the model has one."""
        return next((one for one in self.fields if isinstance(one, References)), None)

    @property
    def takes_count(self) -> bool:
        """Whether one task can make several images."""
        return any(isinstance(one, Whole) and one.name == "n" for one in self.fields)

    def field(self, name: str) -> Field | None:
        """Find a field by its name on the wire."""
        return next((one for one in self.fields if one.name == name), None)

    def validate(
        self, given: Mapping[str, object], references: Sequence[Reference] = ()
    ) -> Checked:
        """Make a request of what was given, or say everything that is wrong with it.

        A value of None, or of blank text outside the prompt, counts as not set.
        """
        faults: list[Fault] = [*self._unknown(given), *self._reference_faults(references)]
        values: dict[str, Value] = {}
        for one in self.fields:
            raw = given.get(one.name)
            if isinstance(one, References) or (one.name != "prompt" and _is_unset(raw)):
                continue
            try:
                value = one.read("" if raw is None else raw)
            except RefusedError as error:
                faults.append(error.fault)
                continue
            values[one.name] = value
            faults.extend(one.check(value))
        for rule in self.rules:
            faults.extend(rule(values))
        if any(fault.is_error for fault in faults):
            return Checked(None, tuple(faults))
        request = Request(model=self.id, values=values, references=tuple(references))
        return Checked(request, tuple(faults))

    def body(self, request: Request, references: Sequence[str] = ()) -> dict[str, Any]:
        """Return the JSON body; `references` are the URLs or data URLs, in order."""
        body: dict[str, Any] = {**self.fixed, **request.values}
        if references and self.references:
            body[self.references.name] = list(references)
        return body

    def price(self, request: Request, prices: Prices | None = None) -> Price:
        """Estimate the request's price from `prices`, or from the shipped table."""
        one = self.image_price(request.values, self.prices if prices is None else prices)
        return one.times(request.count)

    def _unknown(self, given: Mapping[str, object]) -> Iterable[Fault]:
        known = [one.name for one in self.fields]
        for name, raw in given.items():
            if name not in known and not _is_unset(raw):
                near = get_close_matches(name, known, n=1)
                rule = _(
                    "{id} has no such field; it takes {known}", id=self.id, known=", ".join(known)
                )
                yield Fault(name, shown(raw), rule, near[0] if near else None)

    def _reference_faults(self, references: Sequence[Reference]) -> Iterable[Fault]:
        if self.references:
            yield from self.references.check_all(references)
        elif references:
            yield Fault(
                "image", references[0].name, _("{id} takes no reference images", id=self.id)
            )


def _is_unset(raw: object) -> bool:
    return raw is None or (isinstance(raw, str) and not raw.strip())
