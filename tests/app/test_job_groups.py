import tracemalloc
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from textual.pilot import Pilot

from tui.app.widgets.jobs import JobTable
from tui.app.widgets.jobs.expects import Expects
from tui.app.widgets.jobs.groups import Groups
from tui.app.widgets.jobs.pane import JobsPane
from tui.app.widgets.jobs.stock import Stock
from tui.core.job import Job, State
from tui.core.price import Price

Hosted = Callable[..., AbstractAsyncContextManager[Pilot[None]]]
ScreenText = Callable[[Any], str]
Golden = Callable[[str, str], None]
MakeJob = Callable[..., Job]

NOW = 1_800_000_500.0


@pytest.fixture
def pane() -> JobsPane:
    return JobsPane(Expects(price=lambda _: Price(Decimal("0.1"))), now=lambda: NOW)


@pytest.fixture
def jobs(make_job: MakeJob) -> list[Job]:
    """A comparison of three, a batch of twenty, and two by themselves; newest last."""
    models = ("seedream-5.0-lite", "gemini-3-pro-image", "gpt-image-2")
    compared = [
        make_job(at, State.SAVED, "a cat", model=model, images=1, group="compare-cat")
        for at, model in enumerate(models, 10)
    ]
    batch = [make_job(at, State.QUEUED, f"row {at}", group="autumn-0123") for at in range(20, 40)]
    return [make_job(1, prompt="first"), *compared, *batch, make_job(50, prompt="last")]


def shown(pane: JobsPane) -> list[str]:
    return [pane.table._rows[row].prompt for row in range(pane.table.count)]


async def test_a_large_batch_is_one_row_until_it_is_opened(
    hosted: Hosted, pane: JobsPane, jobs: list[Job], screen_text: ScreenText, golden: Golden
) -> None:
    async with hosted(pane, size=(100, 10)) as pilot:
        pane.reset(jobs)
        pane.table.focus()
        await pilot.pause()
        assert shown(pane) == ["last", "row 39", "a cat", "a cat", "a cat", "first"]
        await pilot.press("down", "down", "left")
        await pilot.pause()
        golden("jobs-groups-100x10", screen_text(pilot.app))
        assert pane.table.job.group == "compare-cat"
        await pilot.press("up", "enter")
        assert len(shown(pane)) == 23
        assert pilot.app.told(JobTable.Opened) == []
        await pilot.press("Z")
        assert len(shown(pane)) == 25  # one was folded, so all are opened
        await pilot.press("Z")
        assert shown(pane) == ["last", "row 39", "a cat", "first"]


async def test_a_folded_group_tells_what_happens_in_it(
    hosted: Hosted, pane: JobsPane, jobs: list[Job], make_job: MakeJob, screen_text: ScreenText
) -> None:
    async with hosted(pane, size=(100, 10)) as pilot:
        pane.reset(jobs)
        await pilot.pause()
        batch = jobs[4:24]
        pane.table.apply([replace(job, state=State.SAVED, change=1) for job in batch[:5]])
        pane.table.apply([replace(batch[7], state=State.FAILED, change=1)])
        pane.table.flush()
        await pilot.pause()
        assert "▸ 6/20 ✗1" in screen_text(pilot.app)
        more = [make_job(60 + at, prompt=f"new {at}", group="autumn-0123") for at in range(3)]
        pane.table.apply(more)
        pane.table.flush()
        await pilot.pause()
        assert shown(pane)[:2] == ["new 2", "last"]
        assert "▸ 6/23 ✗1" in screen_text(pilot.app)
        pane.table.apply([replace(job, deleted=1.0, change=2) for job in more])
        pane.table.flush()
        assert shown(pane)[:2] == ["last", "row 39"]


async def test_a_batch_that_grows_folds_by_itself_and_one_that_was_opened_does_not(
    hosted: Hosted, pane: JobsPane, make_job: MakeJob
) -> None:
    async with hosted(pane, size=(100, 10)) as pilot:
        pane.reset([])
        pane.table.focus()
        batch = [make_job(at, prompt=str(at), group="b") for at in range(40)]
        pane.table.apply(batch[:12])
        pane.table.flush()
        assert pane.table.count == 12
        pane.table.apply(batch[12:20])
        pane.table.flush()
        assert shown(pane) == ["19"]
        await pilot.press("right")
        pane.table.apply(batch[20:])
        pane.table.flush()
        assert pane.table.count == 40


async def test_verbs_on_a_folded_group_are_for_all_its_jobs(
    hosted: Hosted, pane: JobsPane, jobs: list[Job], screen_text: ScreenText
) -> None:
    async with hosted(pane, size=(100, 10)) as pilot:
        pane.reset(jobs)
        pane.table.focus()
        await pilot.pause()
        await pilot.press("down", "x", "space", "x", "home", "down", "space", "x")
        asked = [message.jobs for message in pilot.app.told(JobsPane.Asked)]
        assert [len(one) for one in asked] == [20, 20, 1]
        assert {job.group for job in asked[0]} == {"autumn-0123"}
        await pilot.press("down", "space")
        assert "1 marked" in screen_text(pilot.app)
        for keys, number in ((("ctrl+a",), 25), (("home", "v", "down", "v"), 21)):
            await pilot.press("escape", *keys, "x")
            assert len(pilot.app.told(JobsPane.Asked)[-1].jobs) == number


async def test_a_filter_shows_the_jobs_of_folded_groups(
    hosted: Hosted, pane: JobsPane, jobs: list[Job]
) -> None:
    async with hosted(pane, size=(100, 10)) as pilot:
        pane.reset(jobs)
        pane.table.focus()
        await pilot.pause()
        pane.filter("row")
        assert len(shown(pane)) == 20
        pane.table.apply([replace(jobs[5], state=State.SAVED, change=1)])
        pane.table.flush()
        assert len(shown(pane)) == 20
        pane.filter("")
        assert len(shown(pane)) == 6


def test_a_change_takes_as_many_steps_in_a_large_group_as_in_a_small_one(
    make_job: MakeJob, steps_of: Callable[[Callable[[], object]], int]
) -> None:
    def change(groups: Groups, lead: Job) -> None:
        groups.take([make_job(7, State.SAVED, images=1, group="autumn")])
        summary = groups.summary(lead)
        assert summary
        assert summary.status.startswith("1/")
        assert (summary.made, len(summary.models)) == (1, 1)

    steps = []
    for number in (20, 5000):
        jobs = [make_job(at, State.QUEUED, group="autumn") for at in range(number)]
        groups = Groups()
        groups.reset(jobs)
        steps.append(steps_of(partial(change, groups, jobs[-1])))
    assert steps[1] <= 1.1 * steps[0]


def test_a_row_takes_little_memory_beside_its_job(make_job: MakeJob) -> None:
    jobs = [make_job(at, group="autumn") for at in range(2000)]
    tracemalloc.start()
    stock = Stock()
    stock.reset(jobs)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert stock.groups.folded
    assert size / len(jobs) < 700
