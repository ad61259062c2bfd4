"""What the form holds: a request in the making."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tui.core.fault import Fault
from tui.core.fields import Field, RefusedError
from tui.core.model import Checked, Model
from tui.core.references import References
from tui.core.request import Reference, Request

_ANY_PROMPT = "x"


@dataclass(frozen=True, slots=True)
class GivenReference:
    """A reference as it was given, with what was found out about it."""

    source: str
    reference: Reference | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def is_checking(self) -> bool:
        """True while nobody has said anything about it."""
        return self.reference is None and not self.faults


class Draft:
    """Values as texts, references and prompt, for one model; remembers what each model had."""

    def __init__(self, model: Model, values: Mapping[str, object] | None = None) -> None:
        self.model = model
        self.prompt = ""
        self.references: list[GivenReference] = []
        self.values = self._known(values or {})
        self._left: dict[str, dict[str, str]] = {}

    def switch(self, model: Model, values: Mapping[str, object] | None = None) -> None:
        """Go over to a model, with `values`, or what it had, or what both models take."""
        self._left[self.model.id] = self.values
        before, self.model = self.values, model
        if values is not None:
            self.values = self._known(values)
        elif model.id in self._left:
            self.values = self._left[model.id]
        else:
            fields = {one.name: one for one in model.fields}
            self.values = {
                name: value
                for name, value in before.items()
                if name in fields and _takes(fields[name], value)
            }

    def load(self, values: Mapping[str, object], references: Sequence[Reference | str]) -> None:
        """Replace all values and references; those given as texts are still to be checked."""
        self.values = self._known(values)
        self.references = [
            GivenReference(one)
            if isinstance(one, str)
            else GivenReference(one.url or one.name, reference=one)
            for one in references
        ]

    def set(self, name: str, value: str) -> bool:
        """Set or, with a blank text, unset a field; False when that changes nothing."""
        if self.values.get(name, "") == value:
            return False
        self.values = {**self.values, name: value}
        if not value.strip():
            del self.values[name]
        return True

    def add(self, source: str) -> None:
        """Add a reference that is still to be checked."""
        self.references = [*self.references, GivenReference(source)]

    def remove(self, index: int, instead: str | None = None) -> None:
        """Take a reference out, or put another in its place."""
        new = [GivenReference(instead)] if instead else []
        self.references = [*self.references[:index], *new, *self.references[index + 1 :]]

    def learn(self, source: str, reference: Reference | None, faults: Sequence[Fault]) -> None:
        """Take the result of a check."""
        self.references = [
            replace(one, reference=reference, faults=tuple(faults)) if one.source == source else one
            for one in self.references
        ]

    @property
    def reference_faults(self) -> tuple[Fault, ...]:
        """What was found wrong with single references; one that is being checked is a fault too."""
        field = self.model.references
        if field is None:
            return ()
        return tuple(fault for one in self.references for fault in _faults(field.name, one))

    def check(self) -> Checked:
        """Validate it all."""
        faults = self.reference_faults
        checked = self._validate(self.prompt)
        stops = any(fault.is_error for fault in faults)
        return Checked(None if stops else checked.request, (*checked.faults, *faults))

    def without_prompt(self) -> Request | None:
        """Return the request with some prompt, to estimate it before a prompt is written."""
        return self._validate(self.prompt if self.prompt.strip() else _ANY_PROMPT).request

    def _validate(self, prompt: str) -> Checked:
        taken = self.references if self.model.references else []
        good = [one.reference for one in taken if one.reference]
        return self.model.validate({**self.values, "prompt": prompt}, good)

    def _known(self, values: Mapping[str, object]) -> dict[str, str]:
        names = [
            one.name
            for one in self.model.fields
            if one.name != "prompt" and not isinstance(one, References)
        ]
        texts = {name: str(values[name]) for name in names if values.get(name) is not None}
        return {name: text for name, text in texts.items() if text.strip()}


def _faults(field: str, given: GivenReference) -> tuple[Fault, ...]:
    if given.is_checking:
        return (Fault(field, given.source, "is still being checked"),)
    return given.faults


def _takes(field: Field, value: str) -> bool:
    try:
        return not any(fault.is_error for fault in field.check(field.read(value)))
    except RefusedError:
        return False
