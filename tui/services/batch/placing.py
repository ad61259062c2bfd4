"""The rows of a batch, each decided about by what earlier runs made of it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice
from typing import Protocol

from tui.core.batch import Fate, Numbering, fate_of, group_of
from tui.core.job import Job
from tui.core.language import _, marked
from tui.core.price import Price, total
from tui.core.request import Request
from tui.services.batch.file import BatchFile
from tui.services.batch.rows import Form, Row
from tui.services.journal.protocol import History, Query
from tui.services.plan import Plan, expected_seconds

MOST_REQUESTS = 1_000_000
MOST_UNSENT = 1000  # that wait in the engine at once; the others wait in the file
SENT = frozenset({Fate.SEND, Fate.SEND_AGAIN})
GONE_ON_WITH = frozenset({Fate.FOLLOW, Fate.FETCH})
_SENT_NOW = marked(
    "{earlier:,} of {all:,} requests were sent by earlier runs, {number:,} were sent now."
)
_WOULD_BE_SENT = marked(
    "{earlier:,} of {all:,} requests were sent by earlier runs, {number:,} would be sent now."
)
_EXAMPLES = 5  # prompts that are told
_FIRST, _AT_ONCE = 20, 500  # rows; the first are few, so that sending begins at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The group a batch's jobs belong to; `is_new`: it has none yet.

    `template` names its files, where it is not the settings'.
    """

    group: str
    is_new: bool
    template: str | None = None
    retry_failed: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A request at its place in the batch, with the job that an earlier run made of it."""

    line: int
    form: Form
    request: Request
    row: str
    earlier: Job | None
    fate: Fate


class _Rows(Protocol):
    def sendable(self) -> Iterator[Row]: ...


class _NewJobs(Protocol):
    def __call__(
        self, request: Request, *, follows: str | None, group: str | None
    ) -> list[Job]: ...


class _Submissions(Protocol):
    @property
    def submissions(self) -> int: ...

    def price(self, request: Request) -> Price: ...


def target_of(
    history: History,
    name: str,
    title: str,
    *,
    again: bool,
    template: str | None = None,
    retry_failed: bool = False,
) -> Target:
    """Find the newest generation of a batch, or begin another."""

    def exists(generation: int) -> bool:
        return bool(history.list(Query(group=group_of(name, title, generation), limit=1)))

    newest = next(one for one in count(1) if not exists(one)) - 1
    generation = newest + 1 if again or newest == 0 else newest
    return Target(
        group=group_of(name, title, generation),
        is_new=generation > newest,
        template=template,
        retry_failed=retry_failed,
    )


def placed(batch: _Rows, target: Target, history: History) -> Iterator[list[Placed]]:
    """Go through all rows, some at a time, and decide about each."""
    numbering = Numbering()
    requests = ((row, one) for row in batch.sendable() for one in row.requests())
    size = _FIRST
    while some := list(islice(requests, size)):
        keys = [numbering.next_key(request) for _row, request in some]
        known = {} if target.is_new else history.holders(target.group, keys)
        decided = []
        for (row, request), key in zip(some, keys, strict=True):
            fate = fate_of(known.get(key), retry_failed=target.retry_failed)
            decided.append(Placed(row.line, row.form, request, key, known.get(key), fate))
        yield decided
        size = _AT_ONCE


def to_send(
    batch: BatchFile, target: Target, history: History, fates: Counter[Fate]
) -> Iterator[Placed]:
    """Go through the rows that are still to be sent; count all by their fates."""
    for chunk in placed(batch, target, history):
        for one in chunk:
            fates[one.fate] += 1
            if one.fate in SENT:
                yield one


def plan_of(
    batch: BatchFile,
    target: Target,
    history: History,
    settings: _Submissions,
    fates: Counter[Fate] | None = None,
) -> Plan:
    """Say what is still to be sent; the rows of an earlier batch are counted by their `fates`."""
    examples: dict[str, None] = {}
    if target.is_new:
        numbers = {form: form.requests for form in batch.reader.forms}
        prompts = (prompt for row in batch.sendable() for prompt in row.prompts)
        examples = dict.fromkeys(islice(prompts, _EXAMPLES))
    else:
        numbers = Counter()
        for one in to_send(batch, target, history, Counter() if fates is None else fates):
            numbers[one.form] += 1
            if len(examples) < _EXAMPLES:
                examples[one.request.prompt] = None
    counts = [(form.request, number) for form, number in numbers.items() if form.request]
    requests = sum(number for _request, number in counts)
    kinds = [request for request, _number in counts]
    return Plan(
        requests=requests,
        images=sum(request.count * number for request, number in counts),
        price=total(settings.price(request).times(number) for request, number in counts),
        seconds=expected_seconds(history, settings.submissions, kinds, requests),
        examples=list(examples),
    )


def jobs_of(chunk: Sequence[Placed], target: Target, new_jobs: _NewJobs) -> list[Job]:
    """Make the jobs that are to be sent, not yet written down."""
    return [_job(one, target, new_jobs) for one in chunk if one.fate in SENT]


def gone_on_with(chunk: Sequence[Placed]) -> list[str]:
    """Return the ids of jobs that are followed to their end, or fetched once more for free."""
    return [one.earlier.id for one in chunk if one.earlier and one.fate in GONE_ON_WITH]


def told(fates: Counter[Fate], target: Target, *, sent: bool) -> str:
    """Say what became of rows that an earlier run had sent; nothing of a first run."""
    if target.is_new:
        return ""
    number = sum(fates[one] for one in SENT)
    earlier = sum(fates.values()) - number
    said = _SENT_NOW if sent else _WOULD_BE_SENT
    return _(said, earlier=earlier, all=sum(fates.values()), number=number)


def _job(one: Placed, target: Target, new_jobs: _NewJobs) -> Job:
    follows = one.earlier.id if one.earlier else None
    (job,) = new_jobs(one.request, group=target.group, follows=follows)
    return replace(job, row=one.row, template=target.template or job.template)
