"""`imagedeck stats`."""

from collections.abc import Mapping
from decimal import Decimal

import click

from tui.cli.common import cli_of
from tui.cli.output import note, say, say_json
from tui.cli.table import table
from tui.cli.times import Since
from tui.core.price import Price
from tui.core.stats import Figures, figures
from tui.core.text import one_line
from tui.core.units import lasted

_KEYS = {"model": ("model",), "day": ("day", "model"), "batch": ("batch", "model")}
_HEADERS = ("JOBS", "SAVED", "SUCCESS", "MEDIAN", "95 %", "SPENT", "MAYBE")


@click.command()
@click.option(
    "--since", type=Since(), metavar="WHEN", help="Only newer ones: 90s, 15m, 2h, 7d, 2w or a date."
)
@click.option(
    "--by",
    type=click.Choice(list(_KEYS)),
    default="day",
    show_default=True,
    help="What to add up by, besides the model.",
)
@click.pass_context
def stats(ctx: click.Context, *, since: float | None, by: str) -> None:
    """Add up jobs, times and money.

    SPENT is what the gateway took on, by the prices estimated when each job was made. MAYBE may
    have been billed besides: submissions without an answer, and tasks that failed.
    """
    cli = cli_of(ctx)
    keys = _KEYS[by]
    found = figures(cli.history.ledger(since or 0.0, keys))
    if cli.json:
        for key, one in found.items():
            say_json(
                {**dict.fromkeys(("day", "model", "batch")), **_named(keys, key), **_record(one)}
            )
        return
    if not found:
        note("There are no such jobs." if since else "There are no jobs yet.")
        return
    rows = [(*map(one_line, key), *_cells(one)) for key, one in found.items()]
    total = _total(found)
    rows.append(("all", *[""] * (len(keys) - 1), *_cells(total)))
    for line in table((*(key.upper() for key in keys), *_HEADERS), rows):
        say(line)
    if total.unpriced:
        note(f"The prices of {total.unpriced:,} jobs are unknown, and in no sum.")


def _named(keys: tuple[str, ...], key: tuple[str, ...]) -> dict[str, str | None]:
    return {name: part or None for name, part in zip(keys, key, strict=True)}


def _cells(one: Figures) -> tuple[str, ...]:
    return (
        f"{one.jobs:,}",
        f"{one.saved:,}",
        "–" if one.success is None else f"{one.success:.0%}",
        "–" if one.median is None else lasted(one.median),
        "–" if one.p95 is None else lasted(one.p95),
        _money(one.spent),
        _money(one.maybe) if one.maybe else "–",
    )


def _money(amount: Decimal) -> str:
    return str(Price(amount))


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
    }


def _total(found: Mapping[tuple[str, ...], Figures]) -> Figures:
    total = Figures()
    for one in found.values():
        total.jobs += one.jobs
        total.saved += one.saved
        total.failed += one.failed
        total.unknown += one.unknown
        total.spent += one.spent
        total.maybe += one.maybe
        total.unpriced += one.unpriced
        total.seconds += one.seconds
    return total
