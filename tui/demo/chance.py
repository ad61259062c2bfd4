"""Numbers that look random but are the same for the same words."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def fraction(*words: object) -> float:
    """Return a number between 0 and 1, neither of them included."""
    digest = hashlib.sha256(repr(words).encode()).digest()
    return (int.from_bytes(digest[:6], "big") + 0.5) / 2**48


def between(low: float, high: float, *words: object) -> float:
    """Return a number between `low` and `high`."""
    return low + (high - low) * fraction(*words)


def choose(options: Sequence[T], *words: object) -> T:
    """Return one of the options."""
    return options[int(fraction(*words) * len(options))]
