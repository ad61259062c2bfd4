"""Whoever works on jobs, as the rules of the journal see it."""

from typing import Protocol


class Owner(Protocol):
    """A process that owns jobs, and can tell whether another one still lives."""

    @property
    def id(self) -> str:
        """What it is called in `Job.owner`; new at each start."""

    def is_alive(self, owner: str) -> bool:
        """Whether that owner's process still lives; when in doubt it does."""
