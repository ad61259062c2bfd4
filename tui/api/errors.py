"""What can go wrong before a job is sent; what becomes of a job itself stands in the job."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache

from tui.core.fault import Fault
from tui.core.text import clean


class DeckError(Exception):
    """Nothing was sent; the message says why and what to do.

    DeckError
    ├── InvalidError     what was asked for is wrong; `faults` holds everything, by field
    ├── BudgetError      it would cost more than may be spent
    ├── NotFoundError    no job has that id, or several have
    ├── NoKeyError       there is no key, or none that can be used
    ├── SettingsError    a settings file or an argument can't be used
    ├── NetworkError     proxy or certificates can't be used
    ├── StoreError       the database or a folder can't be used
    └── ClosedError      the deck is not open, or not any more
    """


class InvalidError(DeckError):
    """What was asked for is wrong.

    `faults` are all of them; `rows` holds those of each row of a batch, counted from 1.
    """

    def __init__(
        self, faults: Sequence[Fault], rows: Mapping[int, Sequence[Fault]] | None = None
    ) -> None:
        self.rows = {number: tuple(some) for number, some in (rows or {}).items()}
        by_row = [fault for some in self.rows.values() for fault in some]
        self.faults = (*faults, *by_row)
        lines = [str(fault) for fault in faults]
        lines += [f"row {number}: {one}" for number, some in self.rows.items() for one in some]
        super().__init__(clean("\n".join(lines), lines=True))

    @property
    def by_field(self) -> dict[str, list[Fault]]:
        """The faults, by the name of the field they are about."""
        found: dict[str, list[Fault]] = {}
        for fault in self.faults:
            found.setdefault(fault.field, []).append(fault)
        return found


class BudgetError(DeckError):
    """It would cost more than may be spent, or its price is unknown."""


class NotFoundError(DeckError):
    """No job has that id, or several have."""


class NoKeyError(DeckError):
    """There is no key, or none that can be used."""


class SettingsError(DeckError):
    """A settings file or an argument can't be used."""


class NetworkError(DeckError):
    """Proxy or certificates can't be used."""


class StoreError(DeckError):
    """The database or a folder can't be used."""


class ClosedError(DeckError):
    """The deck is not open, or not any more; what it had taken on stays on disk."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise what the services raise as a DeckError."""
    try:
        yield
    except tuple(_meanings()) as error:
        kind = next(what for known, what in _meanings().items() if isinstance(error, known))
        raise kind(clean(str(error), lines=True)) from error


@cache
def _meanings() -> Mapping[type[Exception], type[DeckError]]:
    # Only once something went wrong, or the services are loaded anyway.
    from tui.services import settings
    from tui.services.egress import EgressError
    from tui.services.files import StorageError
    from tui.services.journal.protocol import JournalError
    from tui.services.keys import ApiKeyError
    from tui.services.places import PlaceError

    return {
        settings.SettingsError: SettingsError,
        ApiKeyError: NoKeyError,
        EgressError: NetworkError,
        PlaceError: StoreError,
        StorageError: StoreError,
        JournalError: StoreError,
    }
