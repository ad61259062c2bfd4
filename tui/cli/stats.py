"""`imagedeck stats`."""

from dataclasses import replace

import click

from tui.cli.common import cli_of
from tui.cli.narrowing import since_flag
from tui.cli.output import note, say, say_json
from tui.cli.table import table
from tui.core.language import _, marked, sense
from tui.core.stats import HEADERS, VOTE_HEADERS, Figures, contests, figures, total
from tui.core.text import one_line

_KEYS = {
    "model": ("model",),
    "day": (marked("day"), "model"),
    "batch": (marked("batch"), "model"),
    "owner": (marked("owner"), "model"),
}


@click.command()
@since_flag
@click.option(
    "--by",
    type=click.Choice(list(_KEYS)),
    default="day",
    show_default=True,
    help=_("What to add up by, besides the model."),
)
@click.pass_context
def stats(ctx: click.Context, *, since: float | None, by: str) -> None:
    """Add up jobs, times and money.

    SPENT is what the gateway took on, by the prices estimated when each job was made. MAYBE may
    have been billed besides: submissions without an answer, and tasks that failed. Models that were
    voted on stand apart: WINS is the part of the votes that one has won, a tie being half of it.
    """
    cli = cli_of(ctx)
    keys = _KEYS[by]
    entries = list(cli.history.ledger(since or 0.0, keys))
    if by == "owner" and not cli.settings.database_url:  # all is one person's
        me = cli.settings.user
        entries = [replace(one, key=(one.key[0] or me, *one.key[1:])) for one in entries]
    found = figures(entries)
    if cli.json:
        for key, one in found.items():
            say_json(
                {**dict.fromkeys(("day", "model", "batch")), **_named(keys, key), **_record(one)}
            )
        return
    if not found:
        note(_("There are no such jobs.") if since else _("There are no jobs yet."))
        return
    rows = [(*map(one_line, key), *one.cells) for key, one in found.items()]
    everything = total(entries)
    rows.append((sense("sum", "all"), *[""] * (len(keys) - 1), *everything.cells))
    for line in table([_(name).upper() for name in (*keys, *HEADERS)], rows):
        say(line)
    if voted := contests(entries, keys.index("model")):
        say("")
        rows = [(one_line(name), *one.vote_cells) for name, one in voted.items()]
        for line in table([_(name).upper() for name in (marked("model"), *VOTE_HEADERS)], rows):
            say(line)
    if everything.unpriced:
        note(
            _(
                "The prices of {unpriced:,} jobs are unknown, and in no sum.",
                unpriced=everything.unpriced,
            )
        )


def _named(keys: tuple[str, ...], key: tuple[str, ...]) -> dict[str, str | None]:
    return {name: part or None for name, part in zip(keys, key, strict=True)}


def _record(one: Figures) -> dict[str, object]:
    return {
        "jobs": one.jobs,
        "saved": one.saved,
        "failed": one.failed,
        "unknown": one.unknown,
        "success": one.success,
        "median_seconds": one.median,
        "p95_seconds": one.p95,
        "spent": f"{one.spent:f}",
        "maybe_billed": f"{one.maybe:f}",
        "unpriced": one.unpriced,
        "votes": one.votes,
        "won": one.won,
        "tied": one.tied,
        "win_rate": one.win_rate,
        "price_each": None if one.price_each is None else f"{one.price_each:f}",
    }
