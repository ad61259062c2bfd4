"""One run of a batch: what is missing is sent, everything is seen through."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

from tui.cli.asking import ask_above
from tui.cli.batch_check import Batch
from tui.cli.batch_feed import SENT, BatchFeed, Placed, Target, placed
from tui.cli.batch_reporter import BatchReporter
from tui.cli.budget import ask_budget
from tui.cli.context import Cli
from tui.cli.errors import RefusedError
from tui.cli.following import Following, Wish
from tui.cli.output import note
from tui.cli.plan import Plan, expected_seconds, tell
from tui.cli.session import run
from tui.core.batch import Fate, group_of
from tui.core.price import total
from tui.deck import Deck
from tui.services.journal.protocol import Query

_MOST = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The flags that say what to do with the rows."""

    skip_invalid: bool
    retry_failed: bool
    again: bool
    name: str | None
    out: str | None
    dry_run: bool
    no_wait: bool
    timeout: float | None
    yes: bool


def run_batch(cli: Cli, batch: Batch, options: Options) -> int:
    """Check the file, ask where there is much to send, send it; return the exit code."""
    batch.check()
    _refuse_faulty(batch, options)
    requests = sum(form.requests for form in batch.reader.forms)
    if requests > _MOST:
        raise RefusedError(
            f"The file asks for {requests:,} requests; at most {_MOST:,} go at once."
        )
    target = _target(cli, batch, options)
    if options.dry_run:
        _show(cli, batch, target)
        return 0
    _ask(cli, batch, target, options, requests)
    feed = BatchFeed(batch, target, cli.history)

    def start(deck: Deck, following: Following) -> None:
        deck.check_output()
        following.feed(feed)

    wish = Wish(timeout=options.timeout, until_submitted=options.no_wait)
    code = run(cli, start, wish, BatchReporter(cli, requests))
    _tell_fates(feed.fates, target)
    return code


def _ask(cli: Cli, batch: Batch, target: Target, options: Options, requests: int) -> None:
    """Let a person confirm what is much, or more than the budget pays for."""
    most = cli.settings.ask_above
    if cli.settings.budget.are_set or (requests > most and not options.yes):
        plan = _plan(cli, batch, target)
        if plan.requests > most and not options.yes:
            tell(plan)
        ask_above(cli, plan.requests, yes=options.yes)
        if plan.requests:
            ask_budget(cli, plan.price, yes=options.yes)


def _refuse_faulty(batch: Batch, options: Options) -> None:
    if batch.rows == 0:
        raise RefusedError("The file has no rows.")
    if not batch.faulty:
        return
    are = "is" if batch.faulty == 1 else "are"
    said = f"{batch.faulty:,} of {batch.rows:,} rows {are} wrong"
    if not options.skip_invalid:
        raise RefusedError(f"{said}; nothing was sent. --skip-invalid sends the others.")
    if batch.faulty == batch.rows:
        raise RefusedError(f"{said}; there is nothing to send.")
    note(f"{said} and left out.")


def _target(cli: Cli, batch: Batch, options: Options) -> Target:
    """Find the newest generation of the batch, or begin another."""
    name, title = options.name or batch.source.name, options.name or batch.source.title

    def exists(generation: int) -> bool:
        query = Query(group=group_of(name, title, generation), limit=1)
        return bool(cli.history.list(query))

    newest = next(one for one in count(1) if not exists(one)) - 1
    generation = newest + 1 if options.again or newest == 0 else newest
    return Target(
        group=group_of(name, title, generation),
        is_new=generation > newest,
        template=options.out,
        retry_failed=options.retry_failed,
    )


def _to_send(cli: Cli, batch: Batch, target: Target, fates: Counter[Fate]) -> Iterator[Placed]:
    for chunk in placed(batch, target, cli.history):
        for one in chunk:
            fates[one.fate] += 1
            if one.fate in SENT:
                yield one


def _plan(cli: Cli, batch: Batch, target: Target) -> Plan:
    """Say what is still to be sent."""
    if target.is_new:
        numbers = {form: form.requests for form in batch.reader.forms}
    else:
        numbers = Counter(one.form for one in _to_send(cli, batch, target, Counter()))
    prompts = (prompt for row in batch.sendable() for prompt in row.prompts)
    counts = [(form.request, number) for form, number in numbers.items() if form.request]
    requests = sum(number for _, number in counts)
    return Plan(
        requests=requests,
        images=sum(request.count * number for request, number in counts),
        price=total(cli.settings.price(request).times(number) for request, number in counts),
        seconds=expected_seconds(cli, [request for request, _ in counts], requests),
        examples=list(islice(prompts, 5)) if requests else (),
    )


def _show(cli: Cli, batch: Batch, target: Target) -> None:
    """Print what would be sent."""
    from tui.cli.dry_run import show_many

    fates: Counter[Fate] = Counter()
    sent = _to_send(cli, batch, target, fates)
    requests = ((f"line {one.line}: ", one.request) for one in sent)
    show_many(cli, requests, lambda: _plan(cli, batch, target))
    _tell_fates(fates, target, sent=False)


def _tell_fates(fates: Counter[Fate], target: Target, *, sent: bool = True) -> None:
    """Say what became of rows that an earlier run had sent."""
    if target.is_new:
        return
    number = sum(fates[one] for one in SENT)
    earlier = sum(fates.values()) - number
    was = "were" if sent else "would be"
    note(
        f"{earlier:,} of {sum(fates.values()):,} requests were sent by earlier runs, {number:,} "
        f"{was} sent now. --retry-failed sends failed ones again, --again everything."
    )
