"""How long things are kept that nobody needs for ever."""

from collections.abc import Iterable
from dataclasses import dataclass

DAY = 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """For how many days each kind of thing is kept; images and sidecars are none of them.

    `results` are the result URLs of ended jobs, which are as good as keys to the images;
    `originals` are copies of images that are in buckets.
    """

    quarantine: int = 90
    answers: int = 90
    references: int = 90
    thumbnails: int = 30
    results: int = 7
    leftovers: int = 1
    originals: int = 30


KINDS = ("quarantine", "answers", "references", "thumbnails", "leftovers", "originals")


@dataclass(frozen=True, slots=True)
class Thing:
    """A file that could be removed: its kind, name, size in bytes and age mark (Unix seconds)."""

    kind: str
    name: str
    bytes: int
    modified: float


def cutoff(keep: Keep, kind: str, now: float) -> float:
    """Return the time before which a thing of that kind is too old."""
    return now - float(getattr(keep, kind)) * DAY


def due(things: Iterable[Thing], keep: Keep, now: float) -> list[Thing]:
    """Return the things that are too old; one from the future, by a clock set back, is not."""
    return [one for one in things if one.modified < cutoff(keep, one.kind, now)]
