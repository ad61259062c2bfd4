"""The check of a batch file, told a person or a script."""

import asyncio
from collections.abc import Sequence
from typing import Self

from tui.cli.context import Cli
from tui.cli.output import note, say_json
from tui.cli.times import now_rfc3339
from tui.core.fault import Fault
from tui.core.job import ErrorKind
from tui.core.references import References
from tui.core.request import Reference
from tui.services.batch.file import BatchFile, Faulty, Reading
from tui.services.batch.source import Source
from tui.services.decode import Decoder
from tui.services.references import ReferenceStore
from tui.services.word_lists import WordLists


class CheckedFile:
    """A batch file open for this command; its faults are told as they are found."""

    def __init__(self, cli: Cli, source: Source, reading: Reading) -> None:
        self._cli = cli
        self._decoder = Decoder()
        self._store = ReferenceStore(cli.places.references, self._decoder)
        self._runner: asyncio.Runner | None = None
        self.file = BatchFile(
            source,
            reading,
            fields=cli.settings.fields,
            lists=WordLists(cli.places.lists),
            take=self._take,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._runner:
            self._runner.run(self._decoder.close())
            self._runner.close()
        self.file.close()

    def check(self) -> None:
        """Go through all rows and tell every fault and warning."""
        for faulty in self.file.check():
            self._tell(faulty)
        for warning in self.file.warnings():
            note(warning)

    def _take(
        self, sources: Sequence[str], field: References
    ) -> tuple[list[Reference], list[Fault]]:
        self._runner = self._runner or asyncio.Runner()
        return self._runner.run(self._store.take(sources, field))

    def _tell(self, faulty: Faulty) -> None:
        lines, values = faulty.lines, faulty.raw.values
        for line in lines:
            note(line)
        if self._cli.json:
            model, prompt = values.get("model"), values.get("prompt")
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
