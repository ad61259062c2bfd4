"""A batch file checked as a whole before anything of it is sent."""

import asyncio
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from tui.cli.context import Cli
from tui.cli.expanding import Wanted, expansion_of
from tui.cli.output import note, say_json
from tui.cli.times import now_rfc3339
from tui.core.fault import Fault
from tui.core.fields import RefusedError as RefusedValueError
from tui.core.job import ErrorKind
from tui.core.model import Model
from tui.core.references import References
from tui.core.request import Reference
from tui.core.text import clean
from tui.services.batch.confined import located
from tui.services.batch.formats import RawRow, read_rows
from tui.services.batch.rows import Row, RowReader
from tui.services.batch.source import Format, Source
from tui.services.decode import Decoder
from tui.services.references import ReferenceStore
from tui.services.word_lists import WordLists


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a batch file is to be read."""

    model: Model | None
    form: Format | None
    trust_paths: bool
    wanted: Wanted | None


class Batch:
    """A batch file; its rows can be gone through several times, the first time to check them."""

    def __init__(self, cli: Cli, source: Source, reading: Reading) -> None:
        self.source = source
        self.rows = self.faulty = 0
        self._cli = cli
        self._reading = reading
        self._form = reading.form or source.format()
        self._lists = WordLists(cli.places.lists)
        self._takings = _References(cli, source, trusted=reading.trust_paths)
        self.reader = RowReader(
            fields=cli.settings.fields,
            model=reading.model,
            take=self._takings.take,
            expand=self._prompts if reading.wanted else None,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._takings.close()
        self.source.close()

    def check(self) -> None:
        """Go through all rows and tell every fault and warning."""
        for raw in self._raw():
            self.rows += 1
            row = self.reader.read(raw)
            if not isinstance(row, Row):
                self.faulty += 1
                self._tell(raw, row)
        for text, line, number in self.reader.warnings():
            more = f" and {number - 1:,} more" if number > 1 else ""
            note(f"warning: line {line}{more}: {text}")

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
        if (rows, faulty) != (self.rows, self.faulty):
            note("The file has changed while it was read: run it again.")

    def _raw(self) -> Iterable[RawRow]:
        self.reader.start()
        return read_rows(self.source.rewound(), self._form)

    def _tell(self, raw: RawRow, faults: Sequence[Fault]) -> None:
        lines = [clean(f"line {raw.line}: {fault}") for fault in faults]
        for line in lines:
            note(line)
        if self._cli.json:
            model, prompt = raw.values.get("model"), raw.values.get("prompt")
            say_json(
                {
                    "job": None,
                    "model": model if isinstance(model, str) else None,
                    "prompt": prompt if isinstance(prompt, str) else None,
                    "state": None,
                    "task_id": None,
                    "files": [],
                    "error": {"kind": ErrorKind.INVALID.value, "message": "\n".join(lines)},
                    "time": now_rfc3339(),
                }
            )

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
            rule = "is no field of the model and no variable of the prompt"
            raise RefusedValueError(Fault(clean(name, 60), "", rule))
        return iter(matrix)


class _References:
    """Takes the reference images of rows, each source once."""

    def __init__(self, cli: Cli, source: Source, *, trusted: bool) -> None:
        self._folder = source.folder
        self._trusted = trusted
        self._decoder = Decoder()
        self._store = ReferenceStore(cli.places.references, self._decoder)
        self._known: dict[tuple[str, str], Reference | Sequence[Fault]] = {}
        self._runner: asyncio.Runner | None = None

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

    def close(self) -> None:
        """End the children that looked at images."""
        if self._runner:
            self._runner.run(self._decoder.close())
            self._runner.close()

    def _one(self, source: str, field: References) -> Reference | Sequence[Fault]:
        try:
            place = located(source, self._folder, field=field.name, trusted=self._trusted)
        except RefusedValueError as error:
            return [error.fault]
        self._runner = self._runner or asyncio.Runner()
        references, faults = self._runner.run(self._store.take([place], field))
        return faults or references[0]
