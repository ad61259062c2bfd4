"""The screen that shows what many jobs came to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.screen import Screen
from textual.widgets import Static

from tui.app.cells import fit
from tui.app.looks import full_name
from tui.app.widgets.keybar import KeyBar
from tui.core.charts import bar, spark
from tui.core.language import _, marked, sense
from tui.core.price import Price
from tui.core.stats import (
    HEADERS,
    VOTE_HEADERS,
    Entry,
    Figures,
    contests,
    figures,
    total,
)

PERIODS: tuple[tuple[str, int | None], ...] = (
    (marked("the last 7 days"), 7),
    (marked("the last 30 days"), 30),
    (marked("the last 365 days"), 365),
    (marked("all time"), None),
)
_NAME, _DAY = 20, 10
_WIDTHS = (6, 6, 8, 7, 7, 9, 9)
_MOST_DAYS = 60
_CHART = 24


class StatisticsScreen(Screen[None]):
    """Sums `entries`, keyed by day, model and owner, over a period that ends `today`."""

    BINDING_GROUP_TITLE = _("Statistics")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f5,q", "close", _("Back"), id="stats.close", tooltip=_("Back to work")),
        Binding(
            "left,h", "period(-1)", _("Shorter"), id="stats.shorter", tooltip=_("A shorter time")
        ),
        Binding("right,l", "period(1)", _("Longer"), id="stats.longer", tooltip=_("A longer time")),
    ]
    title_line = query_one("#stats-title", Static)
    body = query_one("#stats-text", Static)

    def __init__(self, entries: Sequence[Entry], today: str) -> None:
        super().__init__()
        self._entries = entries
        self._today = date.fromisoformat(today)
        self._period = 1

    def compose(self) -> ComposeResult:
        """Put the figures under what they are about."""
        yield Static(id="stats-title")
        with VerticalScroll(id="stats-scroll"):
            yield Static(id="stats-text")
        yield KeyBar()

    def on_mount(self) -> None:
        """Show the last month."""
        self._show()
        self.query_one("#stats-scroll").focus()

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()

    def action_period(self, by: int) -> None:
        """Take a longer or a shorter time."""
        self._period = max(0, min(len(PERIODS) - 1, self._period + by))
        self._show()

    def on_resize(self) -> None:
        """Draw anew in the room there is."""
        self._show()

    def _show(self) -> None:
        name, days = PERIODS[self._period]
        title = _("Statistics: {name} (← → another time)", name=_(name))
        self.title_line.update(Content.assemble((title, "bold")))
        first = "" if days is None else str(self._today - timedelta(days=days - 1))
        entries = [one for one in self._entries if one.key[0] >= first]
        width = max(20, self.size.width - 4)
        self.body.update(Content("\n").join(_lines(entries, self._today, width)))


def _lines(entries: Sequence[Entry], today: date, width: int) -> list[Content]:
    if not entries:
        return [Content(_("No job was made in this time."))]
    lines = [_head(_("Model"), HEADERS)]
    days = _days(entries, today)
    by_both = figures(replace(one, key=one.key[:2]) for one in entries)
    for (model,), found in figures(replace(one, key=one.key[1:2]) for one in entries).items():
        lines.append(Content(fit(full_name(model), _NAME) + _cells(found.cells)))
        daily = [by_both.get((day, model), Figures()) for day in days]
        lines.append(_sparks(daily, width))
    everything = total(entries)
    lines.append(
        Content.assemble((fit(sense("sum", "All"), _NAME) + _cells(everything.cells), "bold"))
    )
    if everything.unpriced:
        lines.append(
            Content(
                _(
                    "The prices of {unpriced:,} jobs are unknown, in no sum.",
                    unpriced=everything.unpriced,
                )
            )
        )
    lines += [*_voted(entries), *_owned(entries)]
    by_day = figures(replace(one, key=one.key[:1]) for one in entries)
    return [*lines, Content(""), *_calendar(by_day, width)]


def _voted(entries: Sequence[Entry]) -> list[Content]:
    """Say how the models did in votes; nothing where there was none."""
    found = contests(entries, 1)
    if not found:
        return []
    return [Content(""), _head(_("Voted on"), VOTE_HEADERS)] + [
        Content(fit(full_name(model), _NAME) + _cells(one.vote_cells))
        for model, one in found.items()
    ]


def _owned(entries: Sequence[Entry]) -> list[Content]:
    """Say what each person's jobs came to; nothing where they are one's own."""
    found = figures(replace(one, key=one.key[2:]) for one in entries)
    if len(found) < 2:
        return []
    return [Content(""), _head(_("Owner"), HEADERS)] + [
        Content(fit(" ".join(owner) or "–", _NAME) + _cells(one.cells))
        for owner, one in found.items()
    ]


def _head(name: str, headers: Sequence[str]) -> Content:
    line = fit(name, _NAME) + _cells([_(one) for one in headers])
    return Content.assemble((line.rstrip(), "$text-muted bold"))


def _sparks(daily: Sequence[Figures], width: int) -> Content:
    cells = max(1, (width - 24) // 2)
    return Content.assemble(
        (_("  jobs "), "$text-muted"),
        (spark([one.jobs for one in daily], cells), "$text-accent"),
        (_("  spent "), "$text-muted"),
        (spark([float(one.spent) for one in daily], cells), "$text-success"),
    )


def _calendar(by_day: dict[tuple[str, ...], Figures], width: int) -> list[Content]:
    newest = [*by_day.items()][::-1][:_MOST_DAYS]
    most = max(one.jobs for _day, one in newest)
    dearest = float(max(one.spent for _day, one in newest))
    cells = max(4, min(_CHART, (width - _DAY - 36) // 2))
    day = fit(_("Day"), _DAY)
    jobs, failed, spent = _right(_("Jobs"), 6), _right(_("Failed"), 6), _right(_("Spent"), 9)
    head = f"{day}  {jobs} {'':<{cells}}  {failed}  {spent}"
    lines = [Content.assemble((head, "$text-muted bold"))]
    for (day,), one in newest:
        lines.append(
            Content.assemble(
                f"{fit(day, _DAY)}  {one.jobs:>6,} ",
                (fit(bar(one.jobs, most, cells), cells), "$text-accent"),
                (f"  {one.failed or '–':>6}", "$text-error" if one.failed else "$text-muted"),
                f"  {Price(one.spent)!s:>9} ",
                (bar(float(one.spent), dearest, cells), "$text-success"),
            )
        )
    return lines


def _days(entries: Sequence[Entry], today: date) -> list[str]:
    first = date.fromisoformat(min(one.key[0] for one in entries))
    return [str(first + timedelta(days=at)) for at in range((max(today, first) - first).days + 1)]


def _cells(texts: Sequence[str]) -> str:
    return "".join(_right(text, width) for text, width in zip(texts, _WIDTHS, strict=False))


def _right(text: str, width: int) -> str:
    return " " * (width - cell_len(text)) + text
