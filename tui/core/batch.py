"""A batch: many requests, each known by what it asks for."""

import hashlib
from collections import Counter
from enum import Enum, auto

from tui.core.job import Job, State
from tui.core.naming import slug
from tui.core.request import Request

_MADE_ANEW = frozenset({State.FAILED, State.LOST, State.EXPIRED, State.DROPPED})


class Fate(Enum):
    """What a run of a batch does about one of its rows."""

    SEND = auto()  # it never was
    SEND_AGAIN = auto()
    FOLLOW = auto()
    FETCH = auto()
    LEAVE = auto()


def fate_of(job: Job | None, *, retry_failed: bool) -> Fate:
    """Decide by the job that an earlier run made of the row, None being none.

    An `unknown` one is never sent again: it may be paid for.
    """
    if job is None:
        return Fate.SEND
    if job.state in _MADE_ANEW and retry_failed:
        return Fate.SEND_AGAIN
    if job.is_live:
        return Fate.FOLLOW
    # To look for a lost task again takes ten minutes; that is left to whoever asks for it.
    is_fetched = job.is_resumable and job.state is not State.LOST
    return Fate.FETCH if is_fetched else Fate.LEAVE


def group_of(name: str, title: str, generation: int) -> str:
    """Name the group of a batch: readable by `title`, told apart by its whole `name`.

    The first generation is 1; each new beginning is one more.
    """
    digest = hashlib.sha256(name.encode(errors="surrogateescape")).hexdigest()[:10]
    return f"{slug(title, 20)}-{digest}" + (f"-{generation}" if generation > 1 else "")


class Numbering:
    """Names the rows of one batch, equal requests by their number among their equals."""

    def __init__(self) -> None:
        self._seen: Counter[bytes] = Counter()

    def next_key(self, request: Request) -> str:
        """Return the key of the next row with this request."""
        content = bytes.fromhex(request.key)[:16]
        number = self._seen[content]
        self._seen[content] += 1
        return content.hex() + (f"-{number}" if number else "")
