"""A verb of the line mode."""

from collections.abc import Callable
from dataclasses import dataclass

from tui.cli.plain.desk import Desk


@dataclass(frozen=True, slots=True)
class Verb:
    """A word, what stands behind it, what it does; None where it ends the mode."""

    word: str
    usage: str
    about: str
    run: Callable[[Desk, str], None] | None
