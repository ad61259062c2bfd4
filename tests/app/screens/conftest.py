"""The whole app on a stage: fixed jobs at a fixed moment, pictures painted here, no engine."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import ModalScreen

from tui.app.app import Imagedeck
from tui.app.desk import Desk
from tui.app.estimates import Estimates
from tui.app.widgets.jobs.sorting import NEWEST
from tui.app.widgets.preview.wanted import ThumbnailWanted
from tui.core.job import ErrorKind, Job, JobError, State
from tui.core.picture import Picture
from tui.core.size import Size
from tui.models import MODELS

NOW = 1_800_000_000.0  # a Friday morning in January 2027, UTC
_ROUNDS, _TURNS = 4, 16
GATEWAY = "https://gateway.example"


@lru_cache
def sunset(box: Size) -> Picture:
    """Paint a sun over the sea, as large as a box allows at 3:2."""
    width = max(1, min(box.width, box.height * 3 // 2))
    height = max(1, width * 2 // 3)
    rows = []
    for y in range(height):
        for x in range(width):
            across, down = 3 * x / width - 1.5, 2 * y / height - 1
            if across**2 + down**2 < 0.2:
                rows.append(b"\xff\xc8\x50\xff")
            else:
                rows.append(b"\x40\x30\x70\xff" if y * 2 < height else b"\x10\x50\x80\xff")
    return Picture(width, height, b"".join(rows))


class PaintingDesk(Desk):
    """Gives every picture at once."""

    async def draw(self, wanted: ThumbnailWanted) -> None:
        wanted.to.picture(wanted, sunset(wanted.wish.box))


class Stage(Imagedeck):
    """Everything of the app that one can see; what needs the deck waits for ever."""

    def __init__(self) -> None:
        super().__init__({"base_url": GATEWAY}, now=lambda: NOW)
        self.desk = PaintingDesk(self.session, self.main, self.say)
        self.estimates = Estimates(self.session, now=lambda: NOW)

    async def _begin(self) -> None:
        """Open nothing."""


@dataclass
class Player:
    """Somebody on the stage: plays one scene after another, and looks at each."""

    app: Stage
    pilot: Pilot[None]
    jobs: list[Job]

    @property
    def screen(self) -> Any:
        return self.app.screen

    @property
    def main(self) -> Any:
        return self.app.main

    def named(self, prompt: str) -> Job:
        """Return the job with that prompt."""
        return next(job for job in self.jobs if job.prompt == prompt)

    async def settle(self) -> None:
        """Let everything happen that follows: a pilot's pause waits by the clock, 20 ms each."""
        for _ in range(_ROUNDS):
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            self.screen._on_timer_update()

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until something holds that takes several turns, such as scrolling."""
        for _ in range(200):
            if holds():
                return
            await self.pilot.pause()
        pytest.fail(f"waited in vain; on the screen:\n{self.text}")

    async def press(self, *keys: str) -> None:
        for key in keys:
            if len(key) == 1:
                event = events.Key(_character_to_key(key), key)
            else:
                event = events.Key(key, None)
            event.set_sender(self.app)
            self.app._driver.send_message(event)
            await self.settle()

    async def resize(self, width: int, height: int) -> None:
        await self.pilot.resize_terminal(width, height)
        await self.settle()

    async def show(self, screen: Any) -> None:
        self.app.push_screen(screen)
        await self.settle()

    async def focus(self, selector: str) -> None:
        self.main.query_one(selector).focus()
        await self.settle()

    async def fill(self, jobs: list[Job] | None = None) -> None:
        """Put jobs into the table, newest first."""
        self.main.jobs.reset(self.jobs if jobs is None else jobs)
        await self.settle()

    async def write(self, text: str) -> None:
        self.main.editor.load_text(text)
        await self.settle()

    async def model(self, number: int, **values: str) -> None:
        """Choose a model, with values in its form."""
        model = MODELS[number - 1]
        self.main.picker.show(model)
        self.main._take_model(model)
        self.main.form.load(model, values)
        await self.settle()

    async def go_to(self, prompt: str) -> None:
        """Put the table's cursor on the job with that prompt."""
        table = self.main.table
        table._go(table._rows.row_of(self.named(prompt).id))
        await self.settle()

    async def begin(self) -> None:
        """Clear the stage: the main screen as at the start, the cursor in the prompt."""
        while len(self.app.screen_stack) > 2:
            self.app.pop_screen()
        self.app.clear_notifications()
        main = self.main
        main.remove_class("-looking", "-table-only", "-no-picker", "-no-preview")
        main.topline.tell(GATEWAY)
        main.jobs.give_up()
        main.table.unmark()
        if main.table._sort != NEWEST:
            main.table.sort_by(NEWEST)
        if main.table.count:
            main.jobs.reset([])
        main.editor.load_text("")
        main.editor.set_expanding(expands=False)
        form = main.form
        if form.model is not MODELS[0] or form.values() or form.references():
            await self.model(1)
        main.picker.show(MODELS[0])
        main._take_model(MODELS[0])
        main.editor.focus()
        await self.settle()

    @property
    def lines(self) -> list[list[Segment]]:
        return [list(strip) for strip in self.screen._compositor.render_strips()]

    @property
    def region(self) -> Region:
        """What the screen itself draws: of one that lies over another, not what is behind it."""
        screen = self.screen
        if not isinstance(screen, ModalScreen):
            return screen.region
        parts = [one.region for one in screen.children if one.display and one.region.area]
        return Region.from_union(parts) if parts else screen.region

    @property
    def text(self) -> str:
        region = self.region
        lines = [strip.text for strip in self.screen._compositor.render_strips()]
        if region != self.screen.region:
            shown = self.screen._compositor.render_strips()
            lines = [
                strip.crop(region.x, region.right).text for strip in shown[region.y : region.bottom]
            ]
        return "".join(f"{line.rstrip()}\n" for line in lines)


def jobs_of(make_job: Callable[..., Job]) -> list[Job]:
    """One job in each state, and what else a row can look like; newest first."""
    trouble = JobError(ErrorKind.FAILED, "the prompt was refused by the model's safety system")
    away = JobError(ErrorKind.UNREACHABLE, "the gateway could not be reached")
    made = [
        make_job(1, State.SAVED, "月光下的灯塔，水彩", model="seedream-5.0-lite", images=1),
        make_job(2, State.SAVED, "a poster that says LIGHTHOUSE", values={"n": 2}, images=2),
        make_job(
            3,
            State.SAVED,
            "half of them",
            values={"n": 4},
            images=2,
            error=JobError(ErrorKind.PARTIAL, "2 of 4 images are here"),
        ),
        make_job(4, State.FAILED, "a lighthouse in a storm", error=trouble),
        make_job(5, State.DROPPED, "a boat that nobody wants"),
        make_job(6, State.UNKNOWN, "a lighthouse made of glass", error=away),
        make_job(7, State.UNKNOWN, "settled meanwhile", resolution="abandoned", error=away),
        make_job(8, State.LOST, "a boat at noon", error=away),
        make_job(9, State.EXPIRED, "a boat at night", error=away),
        make_job(10, State.DOWNLOADING, "a harbour in the rain", model="gemini-3-pro-image"),
        make_job(11, State.DOWNLOADING, "kept waiting too long", error=away),
        make_job(12, State.PENDING, "left alone", watched=False),
        make_job(13, State.PROCESSING, "slow as a snail"),
        make_job(14, State.PROCESSING, "a paper boat on a puddle, macro photograph"),
        make_job(15, State.PENDING, "a lighthouse, oil painting", model="gemini-3.1-flash-image"),
        make_job(16, State.SUBMITTING, "a gull"),
        make_job(17, State.QUEUED, "a gull in flight", error=away),
        make_job(18, State.QUEUED, "two gulls in flight"),
    ]
    return [_timed(job, 18 - at) for at, job in enumerate(made)][::-1]


def _timed(job: Job, back: int) -> Job:
    """Make a job as old as its place says, with times that fit its state."""
    age = {"slow as a snail": 3000, "kept waiting too long": 1500}.get(job.prompt, 7 * back + 5)
    made = NOW - age
    facts: dict[str, Any] = {"created": made, "updated": made}
    if job.state not in {State.QUEUED, State.DROPPED, State.SUBMITTING}:
        facts |= {"submitted": made + 1, "task_id": f"img_gen_{int(job.id, 16):012x}"}
    if job.state in {State.SAVED, State.FAILED, State.LOST, State.EXPIRED}:
        facts |= {"finished": made + 32}
    return replace(job, id=f"{int(job.id, 16):022x}{'c0ffee1234'}"[:30] + job.id[-2:], **facts)


@pytest.fixture
def shown_jobs(make_job: Callable[..., Job]) -> list[Job]:
    return jobs_of(make_job)


@pytest.fixture
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def on_stage(
    at_home: Path, in_utc: None, shown_jobs: list[Job]
) -> Callable[..., AbstractAsyncContextManager[Player]]:
    """Play on a stage of some size: `async with on_stage(80, 24) as player`."""
    del at_home, in_utc

    @asynccontextmanager
    async def start(width: int, height: int) -> AsyncIterator[Player]:
        app = Stage()
        gc.disable()  # it looks through the whole heap a dozen times, which is a third of the time
        try:
            async with app.run_test(size=(width, height), notifications=True) as pilot:
                player = Player(app, pilot, shown_jobs)
                await player.settle()
                yield player
        finally:
            gc.enable()

    return start
