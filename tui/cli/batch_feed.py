"""The rows of a batch on their way into the engine, a few at a time."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from tui.cli.batch_check import Batch
from tui.cli.following import Following
from tui.core.batch import Fate, Numbering, fate_of
from tui.core.job import Job
from tui.core.request import Request
from tui.deck import Deck
from tui.services.batch.rows import Form
from tui.services.journal.protocol import History

SENT = frozenset({Fate.SEND, Fate.SEND_AGAIN})
_FIRST, _AT_ONCE = 20, 250  # rows; the first are few, so that sending begins at once
_MOST_UNSENT, _MOST_OPEN = 1000, 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The group a batch's jobs belong to; `is_new`: it has none yet.

    `template` names its files, where it is not the settings'.
    """

    group: str
    is_new: bool
    template: str | None
    retry_failed: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """A request at its place in the batch, with the job that an earlier run made of it."""

    line: int
    form: Form
    request: Request
    row: str
    earlier: Job | None
    fate: Fate


def placed(batch: Batch, target: Target, history: History) -> Iterator[list[Placed]]:
    """Go through all rows, some at a time, and decide about each."""
    numbering = Numbering()
    requests = ((row, one) for row in batch.sendable() for one in row.requests())
    size = _FIRST
    while some := list(islice(requests, size)):
        keys = [numbering.next_key(request) for _, request in some]
        known = {} if target.is_new else history.holders(target.group, keys)
        decided = []
        for (row, request), key in zip(some, keys, strict=True):
            fate = fate_of(known.get(key), retry_failed=target.retry_failed)
            decided.append(Placed(row.line, row.form, request, key, known.get(key), fate))
        yield decided
        size = _AT_ONCE


class BatchFeed:
    """Brings the rows of a batch in as there is room for them."""

    def __init__(self, batch: Batch, target: Target, history: History) -> None:
        self.fates: Counter[Fate] = Counter()
        self._target = target
        self._chunks = placed(batch, target, history)

    def step(self, deck: Deck, following: Following) -> bool:
        """Bring some more if there is room for them; False when there will be no more."""
        if following.number_unsent >= _MOST_UNSENT or following.number_open >= _MOST_OPEN:
            return True
        chunk = next(self._chunks, None)
        if chunk is None:
            return False
        self.fates.update(one.fate for one in chunk)
        sent = [one for one in chunk if one.fate in SENT]
        self._send(deck, following, sent)
        going_on = [one for one in chunk if one.fate in {Fate.FOLLOW, Fate.FETCH}]
        # Paid images that are missing are asked for once more; they cost nothing.
        taken = {
            job.id: job for job in deck.follow([one.earlier.id for one in going_on if one.earlier])
        }
        following.add(taken.values())
        rest = [one.earlier for one in chunk if one.earlier and one.fate not in SENT]
        following.add([job for job in rest if job.id not in taken], elsewhere=True)
        return True

    def _send(self, deck: Deck, following: Following, sent: list[Placed]) -> None:
        jobs = [self._job(deck, one) for one in sent]
        following.add(jobs)
        for asked, job in zip(jobs, deck.engine.add(jobs).result(), strict=True):
            if job.id != asked.id:  # another run of the same batch was faster
                following.forget(asked)
                following.add([job], elsewhere=True)

    def _job(self, deck: Deck, one: Placed) -> Job:
        follows = one.earlier.id if one.earlier else None
        (job,) = deck.new_jobs(one.request, group=self._target.group, follows=follows)
        return replace(job, row=one.row, template=self._target.template or job.template)
