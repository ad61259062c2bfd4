"""Which of several images made side by side a person likes best."""

from collections.abc import Collection, Mapping
from enum import StrEnum


class Vote(StrEnum):
    """What a vote says of one job."""

    WON = "won"
    LOST = "lost"
    TIED = "tied"


class Outcome(StrEnum):
    """How a vote may end in which none is the best."""

    TIE = "tie"
    NONE = "none"


def votes(
    group: Collection[str], among: Collection[str], best: str | Outcome | None
) -> Mapping[str, str | None]:
    """Return what a vote says of each job of a group, by id; None where it says nothing.

    `among` are those that were voted on, `best` is one of them, or how it ended; None takes the
    vote back. A group has one vote, so the rest of it loses what an earlier one said.
    """
    match best:
        case None:
            return dict.fromkeys(group)
        case Outcome.TIE:
            said = dict.fromkeys(among, Vote.TIED)
        case Outcome.NONE:
            said = dict.fromkeys(among, Vote.LOST)
        case _:
            said = {one: Vote.WON if one == best else Vote.LOST for one in among}
    return {one: said[one].value if one in said else None for one in (*group, *among)}
