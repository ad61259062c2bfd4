"""What the form holds: a request in the making."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tui.core.fault import Fault
from tui.core.intent import Intent, Wording, read, word
from tui.core.language import _
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """One wish as several models take it: requests, what stops them, what is lost with whom."""

    requests: tuple[Request, ...]
    errors: tuple[Fault, ...]
    lost: str


class Draft:
    """Values as texts, references and prompt, for one model; remembers what they were to mean.

    `usual` are the values, by model id, that a model begins with.
    """

    def __init__(
        self,
        model: Model,
        values: Mapping[str, object] | None = None,
        usual: Mapping[str, Mapping[str, object]] | None = None,
    ) -> None:
        self.model = model
        self.prompt = ""
        self.references: list[GivenReference] = []
        self.values: dict[str, str] = {}
        self._usual = usual or {}
        self._known_models = {model.id}
        self._wanted = self._said = Intent()
        self._begin(values or self._usual.get(model.id, {}))

    def switch(self, model: Model) -> str:
        """Say the same in another model's words; return what is lost until one goes back."""
        wanted = self._wanted.moved(self._said, read(self.model, self.values))
        wording = word(model, wanted)
        self.model = model
        usual = {} if model.id in self._known_models else self._usual.get(model.id, {})
        self._begin({**usual, **wording.values})
        new = {name: self.values[name] for name in usual if name not in wording.values}
        self._wanted = wanted.moved(Intent(), read(model, new))
        self._known_models.add(model.id)
        lost = self._lost(model, wording)
        return _("{lost}. It comes back with a model that takes it.", lost=lost) if lost else ""

    def spread(self, models: Sequence[Model], own: Checked) -> Spread:
        """Say the same to each of these models too; `own` is what the form's model was told."""
        wanted = self._wanted.moved(self._said, read(self.model, self.values))
        said = [self._said_to(model, word(model, wanted)) for model in models]
        checked = [own, *(one for one, _lost in said)]
        return Spread(
            requests=tuple(one.request for one in checked if one.request),
            errors=tuple(fault for one in checked for fault in one.errors),
            lost="; ".join(lost for _checked, lost in said if lost),
        )

    def load(self, values: Mapping[str, object], references: Sequence[Reference | str]) -> None:
        """Replace all values and references; those given as texts are still to be checked."""
        self._begin(values)
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

    def put(self, index: int, given: GivenReference) -> None:
        """Put a reference in; those from that index on come after it."""
        self.references = [*self.references[:index], given, *self.references[index:]]

    def remove(self, index: int) -> GivenReference:
        """Take a reference out, and return it."""
        one = self.references[index]
        self.references = [*self.references[:index], *self.references[index + 1 :]]
        return one

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
        return self._validate(self._some_prompt).request

    @property
    def _some_prompt(self) -> str:
        return self.prompt if self.prompt.strip() else _ANY_PROMPT

    def _validate(self, prompt: str) -> Checked:
        taken = self.references if self.model.references else []
        good = [one.reference for one in taken if one.reference]
        return self.model.validate({**self.values, "prompt": prompt}, good)

    def _begin(self, values: Mapping[str, object]) -> None:
        self.values = self._known(values)
        self._said = self._wanted = read(self.model, self.values)

    def _said_to(self, model: Model, wording: Wording) -> tuple[Checked, str]:
        given = [one.reference for one in self.references if one.reference]
        usual = self._usual.get(model.id, {})
        values = {**usual, **wording.values, "prompt": self._some_prompt}
        checked = model.validate(values, given if model.references else ())
        return checked, self._lost(model, wording)

    def _lost(self, model: Model, wording: Wording) -> str:
        references = _("no references") if self.references and not model.references else ""
        lost = ", ".join(filter(None, (wording.lost, references)))
        return _("{model}: {lost}", model=model.title, lost=lost) if lost else ""

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
        return (Fault(field, given.source, _("is still being checked")),)
    return given.faults
