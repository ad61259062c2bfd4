from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from textual import events, on
from textual.containers import Container
from textual.pilot import Pilot

from tui.app.widgets.jobs import JobTable
from tui.app.widgets.jobs.columns import STANDARD, Column, Shows, columns, named, text_of, titles
from tui.app.widgets.jobs.expects import Expects
from tui.app.widgets.jobs.filter import FilterLine
from tui.app.widgets.jobs.gauge import bar
from tui.app.widgets.jobs.pane import JobsPane
from tui.app.widgets.jobs.status import JobsStatus
from tui.app.widgets.jobs.tally import Tally
from tui.core.job import ErrorKind, Job, JobError, State
from tui.core.price import Price

Hosted = Callable[..., AbstractAsyncContextManager[Pilot[None]]]
ScreenText = Callable[[Any], str]
MakeJob = Callable[..., Job]

NOW = 1_800_000_100.0
ERROR = JobError(ErrorKind.UNREACHABLE, "no answer")


def price(job: Job) -> Price:
    return Price(Decimal(job.request.count) / 10)


@pytest.fixture
def pane() -> JobsPane:
    return JobsPane(Expects(price=price), now=lambda: NOW)


@pytest.fixture
def jobs(make_job: MakeJob) -> list[Job]:
    """Newest last."""
    return [
        make_job(1, State.SAVED, "a red cat", images=1, submitted=NOW - 60, finished=NOW - 50),
        make_job(2, State.FAILED, "a storm", error=ERROR, values={"n": 3}),
        make_job(3, State.SAVED, "月光下的灯塔", model="seedream-5.0-lite", images=1),
        make_job(4, State.QUEUED, "a blue cat", values={"n": 2}),
    ]


class Around(Container):
    """What a pane lies in; keeps the prompts of the jobs that it is told of."""

    def __init__(self, pane: JobsPane) -> None:
        super().__init__(pane)
        self.told: list[str] = []

    @on(JobTable.Highlighted)
    def keep(self, event: JobTable.Highlighted) -> None:
        self.told += [event.job.prompt] if event.job else []


def shown(pane: JobsPane) -> list[str]:
    return [pane.table._rows[row].prompt for row in range(pane.table.count)]


def marked(pane: JobsPane) -> list[Job]:
    return sorted(pane.table.marked, key=lambda job: job.created)


@pytest.mark.parametrize(
    ("made", "asked", "shown"), [(1, 9, "1/9"), (99, 300, "99/300"), (299, 300, "99%")]
)
def test_a_count_of_images_is_never_cut(
    make_job: MakeJob, made: int, asked: int, shown: str
) -> None:
    group = Tally("batch")
    for number in range(asked):
        group.take(make_job(number, images=int(number < made)))
    assert group.lead
    column = Column(Shows.IMAGES, 0, 6)
    assert text_of(column, group.lead, NOW, Expects(price=price), group) == shown


async def fill(pilot: Pilot[None], pane: JobsPane, jobs: list[Job]) -> None:
    pane.reset(jobs)
    pane.table.focus()
    await pilot.pause()


async def test_typing_a_query_shows_what_it_holds_for(
    hosted: Hosted, pane: JobsPane, jobs: list[Job], screen_text: ScreenText
) -> None:
    async with hosted(pane, size=(60, 10)) as pilot:
        await fill(pilot, pane, jobs)
        assert not pane.query_one(FilterLine).display
        await pilot.press("slash", *"cat")
        assert shown(pane) == ["a blue cat", "a red cat"]
        assert "cat: 2 jobs" in screen_text(pilot.app)
        await pilot.press(*" -red")
        assert shown(pane) == ["a blue cat"]
        await pilot.press("enter")
        assert pane.table.has_focus
        assert pane.query_one(FilterLine).display
        await pilot.press("slash", "escape")
        assert len(shown(pane)) == 4
        assert not pane.query_one(FilterLine).display
        assert pane.query_one(JobsStatus).has_class("-quiet")


async def test_what_a_query_brings_under_the_cursor_is_told_beyond_the_pane(
    hosted: Hosted, pane: JobsPane, jobs: list[Job]
) -> None:
    around = Around(pane)
    async with hosted(around, size=(60, 10)) as pilot:
        await fill(pilot, pane, jobs)
        await pilot.press("slash", *"storm")
        assert around.told == ["a blue cat", "a storm"]
        await pilot.press("escape", "ctrl+f")
        assert around.told == ["a blue cat", "a storm", "a blue cat", "a storm"]


async def test_a_query_that_can_not_be_read_is_explained_and_changes_nothing(
    hosted: Hosted, pane: JobsPane, jobs: list[Job], screen_text: ScreenText
) -> None:
    async with hosted(pane, size=(100, 10)) as pilot:
        await fill(pilot, pane, jobs)
        await pilot.press("slash")
        for text in ("cat", "cat sta:x"):
            pane.query_one(FilterLine).value = text
            await pilot.pause()
        assert "there is no field 'sta'; did you mean state?" in screen_text(pilot.app)
        assert shown(pane) == ["a blue cat", "a red cat"]


async def test_faults_only_and_a_job_that_becomes_one(
    hosted: Hosted, pane: JobsPane, jobs: list[Job]
) -> None:
    async with hosted(pane, size=(60, 10)) as pilot:
        await fill(pilot, pane, jobs)
        await pilot.press("ctrl+f")
        assert shown(pane) == ["a storm"]
        pane.table.apply([replace(jobs[3], state=State.FAILED, error=ERROR, change=1)])
        pane.table.apply([replace(jobs[1], error=None, state=State.SAVED, change=1)])
        pane.table.flush()
        assert shown(pane) == ["a blue cat"]
        await pilot.press("ctrl+f")
        assert len(shown(pane)) == 4


async def test_the_history_is_asked_for_what_is_not_loaded(
    hosted: Hosted, pane: JobsPane, jobs: list[Job], make_job: MakeJob
) -> None:
    async with hosted(pane, size=(60, 10)) as pilot:
        await fill(pilot, pane, jobs)
        (wanted,) = pilot.app.told(JobsPane.OlderWanted)
        assert (wanted.search, wanted.before, wanted.limit) == ((), jobs[0].id, 1000)
        older = [make_job(-at, prompt=f"old cat {at}") for at in range(1000)]
        pane.take_older(wanted, older)
        assert shown(pane)[4:6] == ["old cat 0", "old cat 1"]
        await pilot.pause()
        assert pilot.app.told(JobsPane.OlderWanted) == [wanted]  # the end is out of view
        await pilot.press("G")
        await pilot.pause()
        everything = pilot.app.told(JobsPane.OlderWanted)[-1]
        assert (everything.before, everything.limit) == (older[-1].id, 5000)
        pane.take_older(everything, [make_job(-2000, prompt="the oldest")])
        await pilot.pause()
        assert pane.table.job.prompt == "the oldest"  # where G leads, once it is known
        await pilot.press("slash", *"cat")
        asked = pilot.app.told(JobsPane.OlderWanted)
        assert asked[-1].before is None
        found = make_job(-9000, prompt="an ancient cat")
        pane.take_older(asked[-2], [found])  # of another query: too late
        pane.take_older(asked[-1], [make_job(-9001, prompt="a dog"), found])
        assert shown(pane)[-1] == "an ancient cat"
        await pilot.press("escape")
        assert "an ancient cat" not in shown(pane)


async def test_sorting_by_header_and_by_key(
    hosted: Hosted, pane: JobsPane, jobs: list[Job], screen_text: ScreenText
) -> None:
    async with hosted(pane, size=(60, 10)) as pilot:
        await fill(pilot, pane, jobs)
        pane.table.choose((Shows.STATE, Shows.COST, Shows.PROMPT))
        await pilot.pause()
        await pilot.click(JobTable, offset=(17, 0))
        assert "Cost ▼" in screen_text(pilot.app)
        assert shown(pane) == ["a storm", "a blue cat", "月光下的灯塔", "a red cat"]
        await pilot.click(JobTable, offset=(17, 0))
        assert "Cost ▲" in screen_text(pilot.app)
        assert shown(pane)[-1] == "a storm"
        await pilot.press("S")
        assert shown(pane)[0] == "a storm"
        await pilot.click(JobTable, offset=(17, 0), times=2)
        assert shown(pane)[0] == "a blue cat"
        await pilot.press("s")
        assert "State ▲" in screen_text(pilot.app)
        assert shown(pane)[0] == "a storm"
        pane.table.apply([replace(jobs[3], state=State.UNKNOWN, change=1)])
        pane.table.flush()
        assert shown(pane)[0] == "a blue cat"
        await pilot.press("escape")
        assert shown(pane)[0] == "a blue cat"
        assert "▲" not in screen_text(pilot.app)


@pytest.mark.parametrize("by", Shows)
async def test_every_column_can_be_sorted_by(
    hosted: Hosted, pane: JobsPane, jobs: list[Job], by: Shows
) -> None:
    async with hosted(pane, size=(60, 10)) as pilot:
        await fill(pilot, pane, jobs)
        await pilot.press("down")
        table = pane.table
        under = table.job
        table.sort_by(table._sort.chosen(by))
        order = shown(pane)
        assert table.job == under
        table.sort_by(table._sort.chosen(by))
        assert shown(pane) == order[::-1]
        for job in jobs:
            assert table._rows[table._rows.row_of(job.id)] == job


async def test_verbs_are_asked_for_on_all_marked(
    hosted: Hosted, pane: JobsPane, jobs: list[Job], screen_text: ScreenText
) -> None:
    async with hosted(pane, size=(60, 10)) as pilot:
        await fill(pilot, pane, jobs)
        await pilot.press("x")
        await pilot.press("space", "down", "space")
        assert screen_text(pilot.app).count("*") == 2
        assert "2 marked" in screen_text(pilot.app)
        await pilot.press("R", "escape", "ctrl+a", "R")
        asked = [message.jobs for message in pilot.app.told(JobsPane.Asked)]
        assert asked == [(jobs[3],), (jobs[3], jobs[1]), tuple(reversed(jobs))]


async def test_a_range_grows_and_shrinks_with_the_cursor(
    hosted: Hosted, pane: JobsPane, jobs: list[Job], screen_text: ScreenText
) -> None:
    async with hosted(pane, size=(60, 10)) as pilot:
        await fill(pilot, pane, jobs)
        await pilot.press("v", "down", "down")
        assert marked(pane) == jobs[1:]
        assert "3 marked, v ends the range" in screen_text(pilot.app)
        await pilot.press("up", "v", "down", "down")
        assert marked(pane) == jobs[2:]
        await pilot.press("escape", "home")
        await pilot.click(JobTable, offset=(20, 3), shift=True)
        assert marked(pane) == jobs[1:]
        await pilot.press("escape")
        assert pane.table.marked == (jobs[1],)


async def test_following_the_newest_stops_when_one_scrolls(
    hosted: Hosted, pane: JobsPane, make_job: MakeJob, screen_text: ScreenText
) -> None:
    async with hosted(pane, size=(60, 8)) as pilot:
        await fill(pilot, pane, [make_job(at) for at in range(40)])
        await pilot._post_mouse_events([events.MouseScrollDown], offset=(5, 3))
        pane.table.apply([make_job(50), make_job(51)])
        pane.table.flush()
        await pilot.pause()
        assert pane.table.job.id == make_job(39).id
        assert "2 newer above, home shows them" in screen_text(pilot.app)
        await pilot.press("home")
        await pilot.pause()
        assert pane.table.job.id == make_job(51).id
        assert "newer" not in screen_text(pilot.app)


@pytest.mark.parametrize(
    ("share", "learned", "drawn"),
    [
        (0.0, True, "──────"),
        (0.5, True, "━━━───"),
        (0.5, False, "≈╍╍┄┄┄"),
        (1.0, True, "━━━━━━"),
        (3.0, True, "━━━━━+"),
        (3.0, False, "≈╍╍╍╍+"),
    ],
)
def test_a_bar_tells_a_learned_time_from_a_guess(share: float, learned: bool, drawn: str) -> None:
    assert bar(share, 6, is_learned=learned) == drawn


async def test_stalled_and_expiring_have_a_shape_and_a_word(
    hosted: Hosted, pane: JobsPane, make_job: MakeJob, screen_text: ScreenText
) -> None:
    stalled = make_job(1, State.PROCESSING, submitted=NOW - 1000)
    waiting = make_job(2, State.DOWNLOADING, submitted=NOW - 3000, updated=NOW - 700, error=ERROR)
    async with hosted(pane, size=(60, 10)) as pilot:
        await fill(pilot, pane, [stalled, waiting, make_job(3, State.UNKNOWN)])
        for words in ("~ stalled", "◷ expiring", "? unknown ⏎"):
            assert words in screen_text(pilot.app)


@pytest.mark.parametrize("width", [0, 1, 8, 20, 40, 80, 160])
def test_chosen_columns_fit_in_any_width(width: int) -> None:
    for chosen in (tuple(Shows), (Shows.PROMPT,), (Shows.FILE, Shows.COST), STANDARD):
        placed = columns(width, chosen)
        assert placed[0].shows is chosen[0]
        assert all(one.x + one.width <= max(width, 1) for one in placed)
        if width == 160 and Shows.PROMPT in chosen:
            assert max(one.x + one.width for one in placed) == width


async def test_whose_a_job_is_stands_there_where_jobs_of_several_people_are(
    hosted: Hosted, pane: JobsPane, make_job: MakeJob, screen_text: ScreenText
) -> None:
    mine = [make_job(number, State.SAVED, "a cat", submitter="alice") for number in (1, 2)]
    async with hosted(pane, size=(80, 10)) as pilot:
        await fill(pilot, pane, mine)
        assert "Owner" not in screen_text(pilot.app)
        pane.table.apply([make_job(3, State.QUEUED, "a dog", submitter="bob")])
        pane.table.flush()
        await pilot.pause()
        lines = screen_text(pilot.app).splitlines()
        assert lines[0].split()[-2:] == ["Owner", "Prompt"]
        assert "bob" in lines[1]
        assert "alice" in lines[2]
        pane.filter("-owner:bob")
        await pilot.pause()
        assert pane.table.count == 2


async def test_columns_are_chosen_moved_and_kept(
    hosted: Hosted, pane: JobsPane, jobs: list[Job], screen_text: ScreenText
) -> None:
    async with hosted(pane, size=(90, 24)) as pilot:
        await fill(pilot, pane, jobs)
        await pilot.press("C", "down", "space", "down", "down", "down", "down", "down")
        await pilot.press("down", "down", "space", "K", "K", "K", "K", "enter")
        await pilot.pause()
        (chosen,) = [message.chosen for message in pilot.app.told(JobsPane.Chose)]
        assert [one.value for one in chosen] == [
            "State",
            "Model",
            "Images",
            "Cost",
            "Prompt",
            "File",
        ]
        assert named(titles(chosen)) == chosen
        header = screen_text(pilot.app).splitlines()[0].split()
        assert header == ["State", "Model", "Images", "Cost", "Prompt", "File"]
        assert "$0.30" in screen_text(pilot.app)
        await pilot.press("C", "0", "enter")
        await pilot.pause()
        assert pilot.app.told(JobsPane.Chose)[-1].chosen == STANDARD
        await pilot.press("C", "space", "escape")
        await pilot.pause()
        assert len(pilot.app.told(JobsPane.Chose)) == 2
    assert titles(STANDARD) == ()
    assert named(["nothing"]) == STANDARD


async def test_ticks_tell_chosen_columns_by_shape_and_by_mouse(
    hosted: Hosted, pane: JobsPane, jobs: list[Job], screen_text: ScreenText, golden: Any
) -> None:
    async with hosted(pane, size=(60, 24)) as pilot:
        await fill(pilot, pane, jobs)
        await pilot.press("C")
        await pilot.pause()
        golden("columns-60x24", screen_text(pilot.app))
        await pilot.click("ColumnList", offset=(3, 1))
        await pilot.press("enter")
        await pilot.pause()
        assert Shows.TIME not in pilot.app.told(JobsPane.Chose)[-1].chosen
