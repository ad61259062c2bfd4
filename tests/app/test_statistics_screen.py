from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from textual.pilot import Pilot

from tui.app.screens.statistics import StatisticsScreen
from tui.core.charts import bar, spark
from tui.core.job import State
from tui.core.stats import Entry

Hosted = Callable[..., AbstractAsyncContextManager[Pilot[None]]]
ScreenText = Callable[[Any], str]
Golden = Callable[[str, str], None]

TODAY = "2026-11-25"
MODELS = ("gpt-image-2", "seedream-5.0-lite", "a model of next year")


def entries() -> list[Entry]:
    made = []
    for at in range(120):
        day = f"2026-11-{25 - at % 20:02d}" if at % 9 else "2026-09-01"
        state = (State.SAVED, State.SAVED, State.FAILED, State.SAVED, State.UNKNOWN)[at % 5]
        price = None if at % 31 == 0 else Decimal("0.053") * (1 + at % 4)
        made.append(Entry((day, MODELS[at % 3]), state, price, 20.0 + at % 50, was_accepted=True))
    return made


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_models_and_days_stand_with_their_figures(
    hosted: Hosted, screen_text: ScreenText, golden: Golden, size: tuple[int, int]
) -> None:
    async with hosted(size=size) as pilot:
        pilot.app.push_screen(StatisticsScreen(entries(), TODAY))
        await pilot.pause()
        golden("statistics-{}x{}".format(*size), screen_text(pilot.app))


async def test_another_time_is_a_key_away(hosted: Hosted, screen_text: ScreenText) -> None:
    async with hosted(size=(80, 60)) as pilot:
        pilot.app.push_screen(StatisticsScreen(entries(), TODAY))
        await pilot.pause()
        assert "2026-09-01" not in screen_text(pilot.app)
        await pilot.press("right")
        assert "the last 365 days" in screen_text(pilot.app)
        assert "2026-09-01" in screen_text(pilot.app)
        await pilot.press("left", "left", "left")
        assert "the last 7 days" in screen_text(pilot.app)
        assert "2026-11-10" not in screen_text(pilot.app)
        await pilot.resize_terminal(1, 1)
        await pilot.resize_terminal(40, 20)
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, StatisticsScreen)


async def test_people_stand_with_their_figures_where_there_are_several(
    hosted: Hosted, screen_text: ScreenText
) -> None:
    made = [
        replace(one, key=(*one.key, ("alice", "bob")[at % 2])) for at, one in enumerate(entries())
    ]
    async with hosted(size=(80, 60)) as pilot:
        pilot.app.push_screen(StatisticsScreen(made[::2], TODAY))
        await pilot.pause()
        assert "alice" not in screen_text(pilot.app)
        pilot.app.push_screen(StatisticsScreen(made, TODAY))
        await pilot.pause()
        lines = screen_text(pilot.app).splitlines()
        at = next(at for at, line in enumerate(lines) if line.split()[:1] == ["Owner"])
        assert [line.split()[:2] for line in lines[at + 1 : at + 3]] == [
            ["alice", "53"],
            ["bob", "53"],
        ]


async def test_without_jobs_it_says_so(hosted: Hosted, screen_text: ScreenText) -> None:
    async with hosted(size=(80, 24)) as pilot:
        pilot.app.push_screen(StatisticsScreen([], TODAY))
        await pilot.pause()
        assert "No job was made in this time." in screen_text(pilot.app)


def test_small_charts() -> None:
    assert spark([0, 1, 2, 4, 8], 10) == "·▁▂▄█"
    assert spark([1, 2, 3], 2) == "▆█"
    assert spark([], 5) == spark([1], 0) == ""
    assert spark([0, 0], 5) == "··"
    assert [bar(value, 10, 5) for value in (0, 0.1, 5, 10)] == ["", "█", "██", "█████"]
