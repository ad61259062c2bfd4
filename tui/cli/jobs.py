"""`imagedeck jobs`."""

import time
from typing import TYPE_CHECKING

import click

from tui.cli.common import cli_of
from tui.cli.context import Cli
from tui.cli.narrowing import since_flag
from tui.cli.output import note, say, say_json
from tui.cli.table import table
from tui.cli.times import rfc3339
from tui.cli.waiting import waits_of
from tui.cli.words import status
from tui.core.job import Job, State
from tui.core.language import _, marked
from tui.core.text import clean, one_line
from tui.core.units import lasted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.core.home import Home
    from tui.core.matching import Known
    from tui.core.query import Search

_NEWEST = 1000
_HEADERS = (
    marked("JOB"),
    marked("AGE"),
    marked("MODEL"),
    marked("STATE"),
    marked("IMAGES"),
    marked("PROMPT"),
)
_OWNER = marked("OWNER")  # only where there are several


@click.command()
@click.option(
    "--state",
    "states",
    type=click.Choice([state.value for state in State], case_sensitive=False),
    multiple=True,
    metavar=marked("STATE"),
    help=_("Only jobs in this state ({state}); repeat it for more.", state=", ".join(State)),
)
@click.option(
    "--search",
    metavar="QUERY",
    default="",
    help=_("Words of the prompt, field:value, cost>0.1, age<1d; a minus before each means not."),
)
@since_flag
@click.option(
    "--all", "everything", is_flag=True, help=_("More than the newest {newest:,}.", newest=_NEWEST)
)
@click.pass_context
def jobs(
    ctx: click.Context,
    *,
    states: tuple[str, ...],
    search: str,
    since: float | None,
    everything: bool,
) -> None:
    """List jobs, the newest first.

    A query may say model:gpt, state:failed, is:fault, cost>0.1, age<1d, took>2m and more
    (docs/jobs.md), such as: --search 'model:gpt state:failed -cat cost>0.1 age<1d'.
    """
    from tui.services.journal.protocol import Query

    cli = cli_of(ctx)
    query = Query(
        states=tuple(State(one) for one in states),
        search=_search(search),
        known=known_of(cli),
        since=since,
        limit=None if everything else _NEWEST,
    )
    found = cli.history.list(query)
    if cli.json:
        for job in found:
            say_json({**job.as_event(), "time": rfc3339(job.updated)})
        return
    if not found:
        is_all = not (states or search or since)
        note(_("There are no jobs yet.") if is_all else _("There are no such jobs."))
        return
    for line in _listed(found, cli.settings.home):
        say(line)
    if waits := waits_of(found, cli.settings, cli.history):
        note(_("Queued jobs wait: {waits}.", waits=waits))
    if not everything and len(found) == _NEWEST:
        note(_("These are the newest {newest:,}; --all shows all.", newest=_NEWEST))


def _listed(found: "list[Job]", home: "Home") -> "Iterable[str]":
    now = time.time()
    headers, rows = [_(one) for one in _HEADERS], [_row(job, now, home) for job in found]
    if len({job.submitter for job in found if job.submitter}) > 1:
        headers.insert(-1, _(_OWNER))
        rows = [
            (*row[:-1], one_line(job.submitter or ""), row[-1])
            for job, row in zip(found, rows, strict=True)
        ]
    return table(headers, rows)


def _search(text: str) -> "Search":
    from tui.core.query import QueryError, parse
    from tui.models import parameters

    try:
        return parse(text, parameters())
    except QueryError as error:
        raise click.BadParameter(clean(str(error)), param_hint="--search") from error


def known_of(cli: Cli) -> "Known":
    """Return what a query may ask for besides what stands in a job."""
    from tui.core.matching import Known
    from tui.models import names_of

    def cost(job: Job) -> float | None:
        amount = cli.settings.price_of(job).amount
        return None if amount is None else float(amount)

    return Known(time.time(), names_of, cost, cli.settings.user)


def _row(job: Job, now: float, home: "Home") -> tuple[str, ...]:
    watched = "" if job.watched else _(", not watched")
    away = (
        _(", profile {profile}", profile=one_line(job.profile))
        if job.is_live and not home.has(job)
        else ""
    )
    return (
        job.short_id,
        lasted(now - job.created),
        one_line(job.request.model),
        status(job) + watched + away,
        f"{len(job.files)}/{job.request.count}",
        one_line(job.prompt),
    )
