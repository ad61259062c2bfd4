"""What the form holds: a request in the making."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tui.core.fault import Fault
from tui.core.intent import Intent, Wording, read, word
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
        return self._lost(wording)

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

    def _begin(self, values: Mapping[str, object]) -> None:
        self.values = self._known(values)
        self._said = self._wanted = read(self.model, self.values)

    def _lost(self, wording: Wording) -> str:
        references = "no references" if self.references and not self.model.references else ""
        lost = ", ".join(filter(None, (wording.lost, references)))
        return f"{self.model.title}: {lost}. It comes back with a model that takes it." * bool(lost)

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
