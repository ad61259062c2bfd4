"""Where somebody is in a table."""

from dataclasses import dataclass

from tui.core.job import Job


@dataclass(frozen=True, slots=True)
class Place:
    """Where one was before rows were added, moved or removed."""

    under: Job | None
    row: int
    top: Job | None
    follows: bool
    was_visible: bool
