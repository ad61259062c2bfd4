"""The rows of a batch file made into requests, and everything that is wrong with them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from tui.core.fault import Fault
from tui.core.fields import Field, RefusedError, Whole, shown
from tui.core.language import _
from tui.core.model import Model
from tui.core.references import References
from tui.core.request import Reference, Request
from tui.core.text import clean
from tui.models import UnknownModelError, find_model
from tui.services.batch.formats import RawRow

_COUNT = Whole(name="count", help="Jobs to make.", minimum=1, maximum=100_000)
_PLACEHOLDER = "a placeholder"
_MOST_KNOWN = 10_000

Take = Callable[[Sequence[str], References], tuple[Sequence[Reference], Sequence[Fault]]]
# Makes the prompts of a row, from its prompt and what in it is no field of the model.
Expand = Callable[[str, Mapping[str, Any]], Iterator[str]]


@dataclass(slots=True, eq=False)
class Form:
    """What rows have in common that differ in their prompts only: checked once for all of them.

    `errors` and `warnings` are those of the fields; `rows` and `requests` count what was read so
    far, `line` is the first.
    """

    model: Model | None
    prompt: Field | None
    request: Request | None
    count: int
    errors: tuple[Fault, ...]
    warnings: tuple[Fault, ...] = ()
    others: Mapping[str, Any] = field(default_factory=dict)
    rows: int = 0
    requests: int = 0
    line: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be sent: its line, its form, the form's request, a prompt for each of its own.

    Each request is made `form.count` times.
    """

    line: int
    form: Form
    request: Request
    prompts: Sequence[str]

    @property
    def number(self) -> int:
        """How many requests there are."""
        return len(self.prompts) * self.form.count

    def requests(self) -> Iterator[Request]:
        """Make the requests."""
        of = self.request
        for prompt in self.prompts:
            values = {**of.values, "prompt": prompt}
            one = Request(model=of.model, values=values, references=of.references)
            yield from repeat(one, self.form.count)


class RowReader:
    """Reads rows as requests; `fields` are the settings' defaults by model, `model` the flag's.

    `restyle` is done to every prompt as the file has it.
    """

    def __init__(
        self,
        *,
        fields: Mapping[str, Mapping[str, Any]],
        model: Model | None,
        take: Take,
        restyle: Callable[[str], str] = str,
        expand: Expand | None = None,
    ) -> None:
        self._fields = fields
        self._model = model
        self._take = take
        self._restyle = restyle
        self._expand = expand
        self._forms: dict[Any, Form] = {}
        self.forms: list[Form] = []
        self._warned: dict[str, list[int]] = {}

    def start(self) -> None:
        """Begin to count anew."""
        self._warned.clear()
        for form in self.forms:
            form.rows = form.requests = 0

    def warnings(self) -> Iterator[tuple[str, int, int]]:
        """Return each warning with the first line it concerns and the number of lines."""
        found = {text: list(lines) for text, lines in self._warned.items()}
        for form in self.forms:
            for fault in form.warnings if form.rows else ():
                known = found.setdefault(str(fault), [form.line, 0])
                known[0], known[1] = min(known[0], form.line), known[1] + form.rows
        yield from ((text, line, number) for text, (line, number) in found.items())

    def read(self, raw: RawRow) -> Row | Sequence[Fault]:
        """Return a row, or all its faults."""
        if raw.fault:
            return [raw.fault]
        rest = dict(raw.values)
        prompt = rest.pop("prompt", None)
        if isinstance(prompt, str):
            prompt = self._restyle(prompt)
        form = self._form(rest)
        try:
            prompts = self._prompts(form, prompt, raw.line)
        except RefusedError as error:
            return [*form.errors, error.fault]
        if form.errors or form.request is None:
            return form.errors
        row = Row(raw.line, form, form.request, prompts)
        form.line = form.line if form.rows else raw.line
        form.rows += 1
        form.requests += row.number
        return row

    def _prompts(self, form: Form, prompt: Any, line: int) -> list[str]:
        if self._expand is None or not isinstance(prompt, str):
            return [self._prompt(form, prompt, line)]
        return [self._prompt(form, text, line) for text in self._expand(prompt, form.others)]

    def _prompt(self, form: Form, text: Any, line: int) -> str:
        if form.prompt is None:
            return str(text)
        read = str(form.prompt.read("" if text is None else text))
        for fault in form.prompt.check(read):
            self._warned.setdefault(str(fault), [line, 0])[1] += 1
        return read

    def _form(self, rest: dict[str, Any]) -> Form:
        try:
            # Equal values of other types (1, 1.0, True) are not the same to a field.
            key: Any = tuple((name, type(rest[name]), rest[name]) for name in sorted(rest))
            known = self._forms.get(key)
        except TypeError:  # a list or an object among them
            key = repr(sorted(rest.items()))
            known = self._forms.get(key)
        if known is None:
            known = self._new_form(rest)
            self.forms.append(known)
            if len(self._forms) < _MOST_KNOWN:
                self._forms[key] = known
        return known

    def _new_form(self, rest: dict[str, Any]) -> Form:
        faults: list[Fault] = []
        count = _count(rest.pop("count", None), faults)
        model = self._model_of(rest.pop("model", None), faults)
        if model is None:
            return Form(None, None, None, count, tuple(faults))
        sources = rest.pop(model.references.name, None) if model.references else None
        others = self._others(model, rest)
        references: Sequence[Reference] = ()
        if model.references and sources not in (None, "", []):
            references, more = self._references(sources, model.references)
            faults += more
        given = {**self._fields.get(model.id, {}), **rest, "prompt": _PLACEHOLDER}
        checked = model.validate(given, references)
        faults += checked.faults
        errors = tuple(fault for fault in faults if fault.is_error)
        request = None if errors else checked.request
        field = model.field("prompt")
        return Form(model, field, request, count, errors, checked.warnings, others)

    def _others(self, model: Model, rest: dict[str, Any]) -> Mapping[str, Any]:
        """Take out what is no field of the model and may be a variable of the prompt."""
        if self._expand is None:
            return {}
        return {name: rest.pop(name) for name in list(rest) if model.field(name) is None}

    def _references(
        self, sources: Any, field: References
    ) -> tuple[Sequence[Reference], Sequence[Fault]]:
        listed = [sources] if isinstance(sources, str) else sources
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            rule = _("must be a file, a URL, or a list of them")
            return (), [Fault(field.name, clean(shown(sources)), rule)]
        return self._take(listed, field)

    def _model_of(self, name: Any, faults: list[Fault]) -> Model | None:
        if name is None or (isinstance(name, str) and not name.strip()):
            if self._model is None:
                faults.append(
                    Fault("model", "", _("name one in the row, or for all with -m MODEL"))
                )
            return self._model
        try:
            return find_model(str(name))
        except UnknownModelError as error:
            faults.append(Fault("model", "", str(error)))
            return None


def _count(raw: Any, faults: list[Fault]) -> int:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return 1
    try:
        return _COUNT.read(raw)
    except RefusedError as error:
        faults.append(error.fault)
        return 1
