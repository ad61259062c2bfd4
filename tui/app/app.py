"""The terminal app."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from textual import on, work
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen

from tui.app.allowance import Allowance
from tui.app.appearance import Appearance
from tui.app.canvas import Canvas
from tui.app.desk import Desk
from tui.app.estimates import Estimates
from tui.app.everywhere import EVERYWHERE
from tui.app.notifying import Notifier
from tui.app.opening import LOOKING, Opening
from tui.app.panes import Panes
from tui.app.routing import RoutingApp
from tui.app.screens.look import JobsScreen
from tui.app.screens.main import MainScreen
from tui.app.session import Session
from tui.app.styles import style_files
from tui.app.widgets.jobs.columns import named
from tui.core.job import Job
from tui.core.language import _
from tui.core.retelling import retold
from tui.core.text import clean
from tui.services.choices import load_choices
from tui.services.draft import load_draft, save_draft
from tui.services.egress import EgressError
from tui.services.inbox import Inbox
from tui.services.journal.protocol import JournalError
from tui.services.keys import ApiKeyError
from tui.services.places import PlaceError

_FIRST_KEYS = 0.05  # seconds
_LOOK_AROUND = 1.0  # seconds between looks at what other processes did
BROKEN = 6
_BY_WIDTH = [(0, "-slim"), (60, "-narrow"), (120, "-wide"), (180, "-vast")]  # cells
_BY_HEIGHT = [(0, "-low"), (22, "-short"), (36, "-tall")]


class Imagedeck(RoutingApp):
    """Opens the deck, carries news from the engine to the screen, wishes to the engine."""

    TITLE = "imagedeck"
    CSS_PATH: ClassVar = [*map(str, style_files())]
    BINDING_GROUP_TITLE = _("Everywhere")
    BINDINGS: ClassVar[list[BindingType]] = EVERYWHERE

    class News(Message):
        """Something waits in the inbox."""

        def can_replace(self, message: Message) -> bool:
            """One look into the inbox is enough."""
            return isinstance(message, Imagedeck.News)

    class Leave(Message):
        """End with this exit code; may come from any thread."""

        def __init__(self, code: int) -> None:
            super().__init__()
            self.code = code

    def __init__(
        self,
        flags: Mapping[str, str | None] | None = None,
        *,
        demo: bool = False,
        canvas: Callable[[str], Canvas] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self.HORIZONTAL_BREAKPOINTS = _BY_WIDTH
        self.VERTICAL_BREAKPOINTS = _BY_HEIGHT
        self._inbox = Inbox(lambda: self.post_message(self.News()))
        self.session = Session(flags or {}, self._inbox, demo=demo)
        draft = load_draft(self.session.places.draft)
        settings, places = self.session.settings, self.session.places
        if canvas:
            self.canvas = canvas(settings.preview)
        columns = named(load_choices(places.choices).columns)
        self._allowance = Allowance(self.session)
        self.estimates = Estimates(self.session, self._allowance, now)
        self.main = MainScreen(draft, settings.fields, self.estimates, self.canvas, columns)
        self.desk = Desk(self.session, self.main, self.say)
        self._notifier = Notifier(
            settings.notify, settings.notify_after, os.environ, self.to_terminal
        )
        self.opening = Opening(self, self.session, self.main, self.say)
        self.panes = Panes(self.main, places.choices)
        self._appearance = Appearance(self, settings, places.choices, self.say)

    async def on_mount(self) -> None:
        """Show the screen, then open everything else beside it."""
        # As it will be told by its size, which would style every widget once more.
        for breakpoints, cells in zip((_BY_WIDTH, _BY_HEIGHT), self.size, strict=True):
            self.main.add_class(max((at, name) for at, name in breakpoints if at <= cells)[1])
        await self.push_screen(self.main)
        self._appearance.begin()
        self.panes.begin()
        self._show_place()
        # Only when it can be seen and typed into, and shows what was typed before: importing what
        # opens takes turns with the loop, and would double the time of that.
        self.main.call_after_refresh(self.set_timer, _FIRST_KEYS, self._begin)

    @work
    async def _begin(self) -> None:
        with self._fatal():
            await self.opening.begin()
            self._look_around()
            await self.load_later()
            await self.job_desk.deleting.sweep()

    @work(exclusive=True, group=LOOKING)
    async def _look_around(self) -> None:
        """Show what other processes do, and the pause's countdown."""
        while self.session.is_open:
            try:
                jobs = await self.opening.changes()
                self._show(jobs)
                if await self._allowance.look(has_news=bool(jobs)):
                    self.main.show_estimate()
            except JournalError as error:
                self.say(str(error), "error")
            self._show_place()
            await self.session.deck.journal.news(_LOOK_AROUND)

    @on(News)
    def take_news(self) -> None:
        """Show what the engine has to say."""
        jobs, sentences = self._inbox.take()
        self._show(jobs)
        for sentence in sentences:
            self.say(sentence, "warning")

    @on(Leave)
    def leave_now(self, event: Leave) -> None:
        """Leave because of a signal."""
        self.leave(event.code)

    @work(group="opening")
    async def action_go_on(self) -> None:
        """End a pause, with another key if the key was refused."""
        with self._fatal():
            if await self.opening.go_on():
                self._look_around()

    def get_system_commands(self, screen: Screen[Any]) -> Iterator[SystemCommand]:
        """Offer the profiles by name, too."""
        yield from super().get_system_commands(screen)
        if screen is self.main:
            yield from self.switching.commands(self.action_profile)

    @work(group="opening")
    async def action_profile(self, name: str = "") -> None:
        """Go over to a profile, one that is chosen if none is named."""
        if self.screen is not self.main:
            return
        with self._fatal():
            wanted = name or await self.switching.choose()
            if wanted and await self.switching.go(wanted):
                self._look_around()

    async def action_quit(self) -> None:
        """Leave; jobs under way go on at the next start."""
        self.leave()

    def leave(self, code: int = 0) -> None:
        """Keep the draft, then end with this exit code."""
        save_draft(self.session.places.draft, self.main.draft())
        self.exit(return_code=code)

    def _show(self, jobs: list[Job]) -> None:
        if not jobs:
            return
        self.main.apply(jobs)
        self.notices.say_of(jobs)
        self._notifier.see(jobs)
        if "batches" in vars(self):
            self.batches.see(jobs)
        for screen in self.screen_stack:
            if isinstance(screen, JobsScreen):
                screen.apply(jobs)

    def _show_place(self) -> None:
        session = self.session
        pause = self.opening.pause(time.time()) if session.is_open else ""
        waits = self.opening.waits if session.is_open else ""
        settings = session.settings
        self.main.topline.tell(
            settings.base_url,
            pause,
            waits=waits,
            profile=settings.profile,
            is_demo=session.is_demo,
        )

    @contextmanager
    def _fatal(self) -> Iterator[None]:
        """End with a sentence where there is nothing to work with."""
        try:
            yield
        except (JournalError, EgressError, PlaceError, ApiKeyError) as error:
            self.exit(return_code=BROKEN, message=clean(retold(str(error)), lines=True))
