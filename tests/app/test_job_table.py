from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver
from textual.geometry import Region
from textual.pilot import Pilot

from tui.app.widgets.jobs import JobTable
from tui.app.widgets.jobs.expects import Expects
from tui.app.widgets.jobs.rows import Rows
from tui.core.job import ErrorKind, Job, JobError, State

Hosted = Callable[..., AbstractAsyncContextManager[Pilot[None]]]
ScreenText = Callable[[App[Any]], str]
Golden = Callable[[str, str], None]
MakeJob = Callable[..., Job]

NOW = 1_800_000_100.0
HOSTILE = (
    "[/x] [bold red]markup",
    "\x1b[31mred \x1b]0;title\x07 \x9b2J",
    "\u202etxet \u2066bidi\u2069 \u200fmark",
    "👨‍👩‍👧‍👦 family ❤️ 👍🏽 🇩🇪 1️⃣",
    "一只戴着红色围巾的猫坐在窗台上看着外面的雪景",
    "e\u0301" * 60,
    "z" + "\u0301" * 400 + "algo",
    "line\nfeeds\r\nand\ttabs\u2028here",
    "\ud800 lone \U000e0041 tag \ufeffbom",
    "soft\u00adhyphen zero\u200bwidth\u200d",
)


class Clock:
    time = NOW

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def table(clock: Clock) -> JobTable:
    return JobTable(now=clock)


@pytest.fixture
def jobs(make_job: MakeJob) -> list[Job]:
    """One of every look, the newest last."""
    sent = {"submitted": NOW - 65}
    ended = {**sent, "finished": NOW - 12}
    error = JobError(ErrorKind.FAILED, "the prompt was refused")
    return [
        make_job(1, State.SAVED, "a cat", model="seedream-5.0-lite", images=1, **ended),
        make_job(2, State.SAVED, "two of four", values={"n": 4}, images=2, error=error, **ended),
        make_job(3, State.FAILED, "no", error=error, **ended),
        make_job(4, State.DROPPED, "never sent"),
        make_job(5, State.UNKNOWN, "who knows", submitted=None),
        make_job(6, State.UNKNOWN, "who knew", resolution="resubmitted"),
        make_job(7, State.LOST, "gone", **ended),
        make_job(8, State.EXPIRED, "too late", **ended),
        make_job(9, State.PENDING, "left alone", watched=False, **sent),
        make_job(10, State.DOWNLOADING, "no disk", error=error, **sent),
        make_job(11, State.DOWNLOADING, HOSTILE[4], model="gemini-3-pro-image", **sent),
        make_job(12, State.PROCESSING, HOSTILE[3], model="gemini-3.1-flash-image", **sent),
        make_job(13, State.PENDING, HOSTILE[0], values={"quality": "high"}, **sent),
        make_job(14, State.SUBMITTING, HOSTILE[1], updated=NOW - 3),
        make_job(15, State.QUEUED, HOSTILE[2], model="a model of next year"),
    ]


def repainted(monkeypatch: pytest.MonkeyPatch) -> list[Region | None]:
    """Keep the regions that are to be repainted from now on; None for all of it."""
    regions: list[Region | None] = []
    refresh = JobTable.refresh

    def note(self: JobTable, *cells: Region, **options: Any) -> JobTable:
        regions.extend(cells or [None])
        return refresh(self, *cells, **options)

    monkeypatch.setattr(JobTable, "refresh", note)
    return regions


@pytest.mark.parametrize("size", [(56, 18), (120, 18)])
async def test_every_state_has_a_shape_and_a_word(
    hosted: Hosted,
    screen_text: ScreenText,
    golden: Golden,
    table: JobTable,
    jobs: list[Job],
    size: tuple[int, int],
) -> None:
    async with hosted(table, size=size) as pilot:
        table.reset(jobs)
        await pilot.pause()
        golden("jobs-{}x{}".format(*size), screen_text(pilot.app))


async def test_an_empty_table_says_what_to_do(
    hosted: Hosted, screen_text: ScreenText, golden: Golden, table: JobTable
) -> None:
    async with hosted(table, size=(56, 8)) as pilot:
        golden("jobs-empty-56x8", screen_text(pilot.app))
        await pilot.press("down", "enter", "G")
        await pilot.click(offset=(3, 3))
        assert pilot.app.told(JobTable.Opened) == []
    assert table.job is None


async def test_hostile_text_stays_in_its_cell(
    hosted: Hosted, table: JobTable, make_job: MakeJob
) -> None:
    jobs = [make_job(at, prompt=text, model=text) for at, text in enumerate(HOSTILE)]
    files = [
        replace(job, files=make_job(1, images=1).files, id=f"{at}") for at, job in enumerate(jobs)
    ]
    named = [replace(job, files=(replace(job.files[0], path=f"/x/{job.prompt}"),)) for job in files]
    for width in (1, 7, 13, 24, 56, 80, 121):
        async with hosted(table, size=(width, 24)):
            table.reset([*jobs, *named])
            for y in range(24):
                strip = table.render_line(y)
                assert strip.cell_length == sum(part.cell_length for part in strip)
                assert strip.cell_length == table.scrollable_size.width
                assert strip.text.isprintable()
        table = JobTable(now=table._now)


async def test_a_change_repaints_its_cells_only(
    hosted: Hosted, table: JobTable, jobs: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hosted(table, size=(120, 18)) as pilot:
        table.reset(jobs)
        await pilot.pause()
        cells = repainted(monkeypatch)
        pending = jobs[12]
        table.apply([replace(pending, state=State.PROCESSING, change=1)])
        assert cells == []
        table.flush()
        # Its state, and its time: what stands there was true a moment ago.
        assert cells == [Region(1, 3, 13, 1), Region(15, 3, 13, 1)]
        cells.clear()
        table.apply([replace(pending, state=State.PROCESSING, task_id="t", change=2)])
        table.flush()
        assert cells == [Region(15, 3, 13, 1)]
        await pilot.pause()


async def test_what_is_out_of_view_repaints_nothing(
    hosted: Hosted, table: JobTable, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hosted(table, size=(56, 6)) as pilot:
        table.reset([make_job(at) for at in range(100)])
        await pilot.pause()
        cells = repainted(monkeypatch)
        table.apply([make_job(at, State.PENDING) for at in range(50)])
        table.flush()
        assert cells == []
        assert table._ticker is None


async def test_an_older_snapshot_never_replaces_a_newer_one(
    hosted: Hosted, table: JobTable, make_job: MakeJob
) -> None:
    async with hosted(table, size=(56, 6)):
        table.reset([make_job(1, State.PENDING, change=5)])
        table.apply([make_job(1, State.QUEUED, change=4)])
        table.flush()
        assert table.job.state is State.PENDING
        table.apply([make_job(1, State.SAVED, change=7), make_job(1, State.PENDING, change=6)])
        table.flush()
        assert table.job.state is State.SAVED


async def test_events_are_shown_by_themselves_at_most_four_times_a_second(
    hosted: Hosted, table: JobTable, make_job: MakeJob, clock: Clock
) -> None:
    async with hosted(table, size=(56, 6)) as pilot:
        table.apply([make_job(1)])
        first = table._flush_timer
        table.apply([make_job(2)])
        assert table._flush_timer is first
        while table.count < 2:
            await pilot.pause()
        table.apply([make_job(3)])
        assert table._flush_timer._interval == 0.25
        clock.time -= 3600  # set back: not an hour without news
        table.flush()
        table.apply([make_job(4)])
        assert table._flush_timer._interval <= 0.25


async def test_the_cursor_follows_the_newest_until_it_is_moved(
    hosted: Hosted, table: JobTable, make_job: MakeJob
) -> None:
    async with hosted(table, size=(56, 6)) as pilot:
        table.reset([make_job(1), make_job(2)])
        table.apply([make_job(3)])
        table.flush()
        assert (table.cursor, table.job.id) == (0, make_job(3).id)
        await pilot.press("down")
        table.apply([make_job(at) for at in range(4, 8)])
        table.flush()
        assert (table.cursor, table.job.id) == (5, make_job(2).id)
        assert 5 in table._visible()
        await pilot.press("g")
        table.apply([make_job(9)])
        table.flush()
        assert (table.cursor, table.job.id) == (0, make_job(9).id)


async def test_new_jobs_above_leave_what_one_looks_at_in_its_place(
    hosted: Hosted, table: JobTable, make_job: MakeJob
) -> None:
    async with hosted(table, size=(56, 6)) as pilot:
        table.reset([make_job(at) for at in range(100)])
        await pilot.press("pagedown", "pagedown", "pagedown")
        before = [table._rows[row].id for row in table._visible()]
        table.apply([make_job(at) for at in (200, 201, 150)])
        table.flush()
        await pilot.pause()
        assert [table._rows[row].id for row in table._visible()] == before
        assert table.job.id in before


async def test_an_older_job_of_another_process_takes_its_place_by_age(
    hosted: Hosted, table: JobTable, make_job: MakeJob
) -> None:
    async with hosted(table, size=(56, 8)) as pilot:
        table.reset([make_job(1), make_job(5)])
        await pilot.press("down")
        table.apply([make_job(3), make_job(0), make_job(9)])
        table.flush()
        assert [table._rows[row].id[-1] for row in range(5)] == ["9", "5", "3", "1", "0"]
        assert (table.cursor, table.job.id) == (3, make_job(1).id)


async def test_keys_and_mouse_move_the_cursor(
    hosted: Hosted, table: JobTable, make_job: MakeJob
) -> None:
    async with hosted(table, size=(56, 6)) as pilot:
        table.reset([make_job(at) for at in range(20)])
        rows = []
        for key in ("j", "down", "k", "up", "up", "G", "pageup", "end", "home", "pagedown", "g"):
            await pilot.press(key)
            rows.append(table.cursor)
            assert table.cursor in table._visible()
        assert rows == [1, 2, 1, 0, 0, 19, 14, 19, 0, 5, 0]
        await pilot.click(offset=(5, 3))
        assert table.cursor == 2
        assert pilot.app.told(JobTable.Opened) == []
        await pilot.click(offset=(5, 4), times=2)
        await pilot.press("down", "enter")
        opened = [message.job for message in pilot.app.told(JobTable.Opened)]
        assert opened == [make_job(16), make_job(15)]


async def test_the_wheel_moves_the_view_and_not_the_cursor(
    hosted: Hosted, table: JobTable, make_job: MakeJob
) -> None:
    async with hosted(table, size=(56, 6)) as pilot:
        table.reset([make_job(at) for at in range(20)])
        await pilot.pause()
        await pilot._post_mouse_events([events.MouseScrollDown], offset=(5, 3))
        assert table.scroll_offset.y > 0
        assert table.cursor == 0
        await pilot.press("down")
        assert table.cursor in table._visible()


async def test_the_preview_is_told_of_another_job_or_snapshot(
    hosted: Hosted, table: JobTable, make_job: MakeJob
) -> None:
    async with hosted(table, size=(56, 6)) as pilot:
        table.reset([make_job(1), make_job(2)])
        await pilot.pause()
        await pilot.press("down")
        saved = make_job(1, State.SAVED, change=1)
        table.apply([saved, make_job(2, State.PENDING)])
        table.flush()
        await pilot.pause()
        table.reset([])
        await pilot.pause()
        told = [message.job for message in pilot.app.told(JobTable.Highlighted)]
        assert told == [make_job(2), make_job(1), saved, None]
    one, two = JobTable.Highlighted(table, None), JobTable.Highlighted(table, saved)
    assert one.can_replace(two)
    assert one.control is table is JobTable.Opened(table, saved).control
    assert not one.can_replace(JobTable.Opened(table, saved))


async def test_a_reset_keeps_the_cursor_on_its_job(
    hosted: Hosted, table: JobTable, make_job: MakeJob
) -> None:
    async with hosted(table, size=(56, 6)) as pilot:
        table.reset([make_job(at) for at in range(20)])
        await pilot.press("G", "up")
        table.reset([make_job(at) for at in range(2)])
        assert (table.cursor, table.job.id) == (0, make_job(1).id)
        table.reset([make_job(at) for at in range(30)])
        assert table.job.id == make_job(1).id
        table.reset([make_job(at) for at in range(20, 30)])
        assert table.cursor == 0


async def test_seconds_are_counted_only_while_something_in_view_runs(
    hosted: Hosted,
    table: JobTable,
    make_job: MakeJob,
    clock: Clock,
    screen_text: ScreenText,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    running = make_job(0, State.PROCESSING, values={"quality": "low"}, submitted=NOW - 5)
    async with hosted(table, size=(56, 6)) as pilot:
        table.reset([make_job(at) for at in range(1, 9)])
        assert table._ticker is None
        table.apply([running])
        table.flush()
        assert table._ticker is None  # it stands below
        await pilot.press("end")
        assert table._ticker is not None
        assert "5s ≈╍┄┄┄┄" in screen_text(pilot.app)
        cells = repainted(monkeypatch)
        clock.time += 3
        table._tick()
        assert cells == [Region(15, 5, 9, 1)]
        await pilot.pause()
        assert "8s ≈╍╍┄┄┄" in screen_text(pilot.app)
        table.apply([replace(running, state=State.SAVED, finished=NOW + 4, change=1)])
        table.flush()
        assert table._ticker is None
        await pilot.pause()
        assert "9s " in screen_text(pilot.app)
        cells.clear()
        table._tick()
        assert cells == []


async def test_a_hidden_table_counts_nothing(
    hosted: Hosted, table: JobTable, make_job: MakeJob
) -> None:
    async with hosted(table, size=(56, 6)) as pilot:
        table.reset([make_job(0, State.PROCESSING, submitted=NOW - 5)])
        assert table._ticker is not None
        table.display = False
        await pilot.pause()
        assert table._ticker is None
        table.display = True
        await pilot.pause()
        assert table._ticker is not None


def on_the_wire(pilot: Pilot[None], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keep what would be written to the terminal from now on."""
    written: list[str] = []
    monkeypatch.setattr(HeadlessDriver, "is_headless", False)  # or nothing would be
    monkeypatch.setattr(pilot.app._driver, "write", written.append)
    return written


async def test_idle_it_writes_nothing(
    hosted: Hosted, table: JobTable, jobs: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hosted(table, size=(80, 24)) as pilot:
        table.reset([job for job in jobs if job.state.is_end])
        await pilot.pause()
        written = on_the_wire(pilot, monkeypatch)
        await pilot.hover(offset=(5, 5))
        await pilot.hover(offset=(50, 6))
        await pilot.pause()
        assert written == []
        assert not table._timers
        await pilot.press("down")
        assert 0 < sum(map(len, written)) < 1500  # two rows


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 30), (13, 2), (300, 80)])
async def test_any_size_will_do(
    hosted: Hosted, screen_text: ScreenText, table: JobTable, jobs: list[Job], size: tuple[int, int]
) -> None:
    async with hosted(table, size=(80, 24)) as pilot:
        table.reset(jobs)
        await pilot.resize_terminal(*size)
        await pilot.press("j", "G", "pageup")
        lines = screen_text(pilot.app).splitlines()
        assert len(lines) == size[1]
        table.styles.height = 0
        await pilot.pause()


async def test_a_hundred_thousand_rows_cost_what_is_in_view(
    hosted: Hosted, table: JobTable, make_job: MakeJob
) -> None:
    looked_at: list[Job] = []
    table._expects = Expects(typical=looked_at.append)
    async with hosted(table, size=(80, 24)) as pilot:
        table.reset([make_job(at) for at in range(100_000)])
        await pilot.pause()
        looked_at.clear()
        table.apply([make_job(at, State.PENDING, change=1) for at in range(99_000, 100_002)])
        table.flush()
        await pilot.press("G")
        assert table.job.id == make_job(0).id
        assert len(looked_at) < 400


def test_a_new_job_moves_none_of_the_others(make_job: MakeJob) -> None:
    rows = Rows()
    rows.reset(make_job(at) for at in range(1000))
    before = list(rows._jobs)
    change = rows.apply([make_job(1000)])
    assert change.is_reshaped
    assert rows.row_of(make_job(1000).id) == 0
    assert rows._jobs == [*before, make_job(1000)]
    assert rows.row_of("another") is None
