"""A batch file checked as a whole before anything of it is sent."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from tui.core.fault import Fault
from tui.core.fields import RefusedError
from tui.core.language import _
from tui.core.model import Model
from tui.core.references import References
from tui.core.request import Reference
from tui.core.snippets import with_snippets
from tui.core.text import clean
from tui.services.batch.confined import located
from tui.services.batch.formats import RawRow, read_rows
from tui.services.batch.rows import Row, RowReader
from tui.services.batch.source import Format, Source
from tui.services.matrix import Wanted, expansion_of
from tui.services.word_lists import WordLists

# Copies references aside; returns them with everything that is wrong with them.
TakeReferences = Callable[[Sequence[str], References], tuple[Sequence[Reference], Sequence[Fault]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a batch file is to be read."""

    model: Model | None
    form: Format | None = None
    trust_paths: bool = False
    wanted: Wanted | None = None
    snippets: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Faulty:
    """A row with everything that is wrong with it."""

    raw: RawRow
    faults: Sequence[Fault]

    @property
    def lines(self) -> list[str]:
        """The faults in words, each with its line."""
        return [
            clean(_("line {line}: {fault}", line=self.raw.line, fault=fault))
            for fault in self.faults
        ]


class BatchFile:
    """A batch file; its rows can be gone through several times, the first time to check them."""

    def __init__(
        self,
        source: Source,
        reading: Reading,
        *,
        fields: Mapping[str, Mapping[str, Any]],
        lists: WordLists,
        take: TakeReferences,
    ) -> None:
        self.source = source
        self.rows = self.faulty = 0
        self.has_changed = False
        self._reading = reading
        self._form = reading.form or source.format()
        self._lists = lists
        takings = _Takings(source, take, trusted=reading.trust_paths)
        self.reader = RowReader(
            fields=fields,
            model=reading.model,
            take=takings.take,
            restyle=partial(with_snippets, snippets=reading.snippets),
            expand=self._prompts if reading.wanted else None,
        )

    def __enter__(self) -> Self:
        """Return it; at the end it is closed."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.source.close()

    @property
    def requests(self) -> int:
        """How many requests the rows make that were read the last time."""
        return sum(form.requests for form in self.reader.forms)

    def check(self) -> Iterator[Faulty]:
        """Go through all rows; yield those that can't be sent."""
        self.rows = self.faulty = 0
        for raw in self._raw():
            self.rows += 1
            row = self.reader.read(raw)
            if not isinstance(row, Row):
                self.faulty += 1
                yield Faulty(raw, row)

    def warnings(self) -> Iterator[str]:
        """Return what came along with the rows that were read, each once, with its line."""
        for text, line, number in self.reader.warnings():
            more = _(" and {number:,} more", number=number - 1) if number > 1 else ""
            yield _("warning: line {line}{more}: {text}", line=line, more=more, text=text)

    def sendable(self) -> Iterator[Row]:
        """Go through the rows that can be sent."""
        rows = faulty = 0
        for raw in self._raw():
            rows += 1
            row = self.reader.read(raw)
            if isinstance(row, Row):
                yield row
            else:
                faulty += 1
        self.has_changed = (rows, faulty) != (self.rows, self.faulty)

    def _raw(self) -> Iterable[RawRow]:
        self.reader.start()
        return read_rows(self.source.rewound(), self._form)

    def _prompts(self, prompt: str, others: Mapping[str, Any]) -> Iterator[str]:
        wanted = self._reading.wanted or Wanted(None, None, {})
        values = dict(wanted.values)
        for name, value in others.items():
            if value in (None, ""):
                continue
            values[name] = [str(one) for one in value] if isinstance(value, list) else [str(value)]
        # The same file must mean the same rows the next time, so the seed comes from the prompt.
        seed = int.from_bytes(hashlib.sha256(prompt.encode(errors="replace")).digest()[:4], "big")
        chosen = Wanted(wanted.sample, seed if wanted.seed is None else wanted.seed, values)
        matrix = expansion_of(prompt, chosen, self._lists)
        for name in values.keys() - wanted.values.keys() - set(matrix.variables):
            rule = _("is no field of the model and no variable of the prompt")
            raise RefusedError(Fault(clean(name, 60), "", rule))
        return iter(matrix)


class _Takings:
    """Takes the reference images of rows, each source once."""

    def __init__(self, source: Source, take: TakeReferences, *, trusted: bool) -> None:
        self._folder = source.folder
        self._trusted = trusted
        self._take = take
        self._known: dict[tuple[str, str], Reference | Sequence[Fault]] = {}

    def take(
        self, sources: Sequence[str], field: References
    ) -> tuple[list[Reference], list[Fault]]:
        """Copy references aside; return them with everything that is wrong with them."""
        references: list[Reference] = []
        faults: list[Fault] = []
        for source in sources:
            known = self._known.get((source, field.name))
            if known is None:
                known = self._known[source, field.name] = self._one(source, field)
            if isinstance(known, Reference):
                references.append(known)
            else:
                faults += known
        return references, faults

    def _one(self, source: str, field: References) -> Reference | Sequence[Fault]:
        try:
            place = located(source, self._folder, field=field.name, trusted=self._trusted)
        except RefusedError as error:
            return [error.fault]
        references, faults = self._take([place], field)
        return faults or references[0]
