"""One run of a batch: what is missing is sent, everything is seen through."""

from collections import Counter
from dataclasses import dataclass

from tui.cli.asking import ask_above
from tui.cli.batch_check import CheckedFile
from tui.cli.batch_feed import BatchFeed
from tui.cli.batch_reporter import BatchReporter
from tui.cli.budget import ask_budget
from tui.cli.context import Cli
from tui.cli.errors import RefusedError
from tui.cli.following import Following, Wish
from tui.cli.output import note
from tui.cli.plan import tell
from tui.cli.session import run
from tui.core.batch import Fate
from tui.core.language import _, plural
from tui.deck import Deck
from tui.services.batch.file import BatchFile
from tui.services.batch.placing import (
    MOST_REQUESTS,
    Target,
    plan_of,
    target_of,
    to_send,
    told,
)
from tui.services.batch.source import Source
from tui.services.plan import Plan


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


def run_batch(cli: Cli, checked: CheckedFile, options: Options) -> int:
    """Check the file, ask where there is much to send, send it; return the exit code."""
    checked.check()
    batch = checked.file
    _refuse_faulty(batch, options)
    requests = batch.requests
    if requests > MOST_REQUESTS:
        raise RefusedError(
            _(
                "The file asks for {requests:,} requests; at most {most_requests:,} go at once.",
                requests=requests,
                most_requests=MOST_REQUESTS,
            )
        )
    target = _target(cli, batch.source, options)
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
    if batch.has_changed:
        note(_("The file has changed while it was read: run it again."))
    _tell_fates(feed.fates, target)
    return code


def _ask(cli: Cli, batch: BatchFile, target: Target, options: Options, requests: int) -> None:
    """Let a person confirm what is much, or more than the budget pays for."""
    most = cli.settings.ask_above
    if cli.settings.budget.are_set or (requests > most and not options.yes):
        plan = _plan(cli, batch, target)
        if plan.requests > most and not options.yes:
            tell(plan)
        ask_above(cli, plan.requests, yes=options.yes)
        if plan.requests:
            ask_budget(cli, plan.price, yes=options.yes)


def _refuse_faulty(batch: BatchFile, options: Options) -> None:
    if batch.rows == 0:
        raise RefusedError(_("The file has no rows."))
    if not batch.faulty:
        return
    said = plural(
        "{number:,} of {rows:,} rows is wrong",
        "{number:,} of {rows:,} rows are wrong",
        batch.faulty,
        rows=batch.rows,
    )
    if not options.skip_invalid:
        raise RefusedError(
            _("{said}; nothing was sent. --skip-invalid sends the others.", said=said)
        )
    if batch.faulty == batch.rows:
        raise RefusedError(_("{said}; there is nothing to send.", said=said))
    note(_("{said} and left out.", said=said))


def _target(cli: Cli, source: Source, options: Options) -> Target:
    """Find the newest generation of the batch, or begin another."""
    return target_of(
        cli.history,
        options.name or source.name,
        options.name or source.title,
        again=options.again,
        template=options.out,
        retry_failed=options.retry_failed,
    )


def _plan(cli: Cli, batch: BatchFile, target: Target) -> Plan:
    return plan_of(batch, target, cli.history, cli.settings)


def _show(cli: Cli, batch: BatchFile, target: Target) -> None:
    """Print what would be sent."""
    from tui.cli.dry_run import show_many

    fates: Counter[Fate] = Counter()
    sent = to_send(batch, target, cli.history, fates)
    requests = ((_("line {line}: ", line=one.line), one.request) for one in sent)
    show_many(cli, requests, lambda: _plan(cli, batch, target))
    _tell_fates(fates, target, sent=False)


def _tell_fates(fates: Counter[Fate], target: Target, *, sent: bool = True) -> None:
    """Say what became of rows that an earlier run had sent."""
    if said := told(fates, target, sent=sent):
        note(_("{said} --retry-failed sends failed ones again, --again everything.", said=said))
