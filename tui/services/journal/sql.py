"""What the journal asks of a database connection, whichever database it is."""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

Row = tuple[Any, ...]


class Answer(Protocol):
    """What a statement brought."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""

    def fetchone(self) -> Any:
        """Return the next row, None when there is none."""

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """An open database that takes SQL as SQLite and PostgreSQL both have it, `?` for a value."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> Answer:
        """Carry out a statement."""
