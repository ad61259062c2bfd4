"""An app that passes on what its widgets ask for."""

import os

from textual import on, work
from textual.screen import ModalScreen

from tui.app.editing import try_editing
from tui.app.estimates import Estimates
from tui.app.panes import Panes
from tui.app.referring import ReferringApp
from tui.app.screens.look import LookScreen
from tui.app.screens.main import MainScreen
from tui.app.widgets.jobs import JobTable
from tui.app.widgets.jobs.columns import titles
from tui.app.widgets.jobs.pane import JobsPane
from tui.app.widgets.jobs.verbs import Verb
from tui.app.widgets.preview.wanted import ThumbnailWanted
from tui.app.widgets.prompt import PromptEditor
from tui.core.job import State
from tui.core.language import _
from tui.services.choices import choose

_AT_WORK = frozenset({"open", "arrange"})


class RoutingApp(ReferringApp):
    """Gives each wish to whoever can do it; who that is, says the app that is made of this."""

    panes: Panes

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave out what is done with the main screen while another one takes its place."""
        if action in _AT_WORK:
            whole = [one for one in self.screen_stack if not isinstance(one, ModalScreen)]
            return whole[-1] is self.main
        return super().check_action(action, parameters)

    @on(MainScreen.Submit)
    def submit(self, event: MainScreen.Submit) -> None:
        """Send requests, as soon as the deck is open; with many prompts, once that is confirmed."""
        if event.pattern is None:
            self.start(self.desk.submit, event.requests, self.session.aim)
        else:
            self.start(self.expanding.ask, event.pattern, event.requests, self.session.aim)

    @on(PromptEditor.Edited)
    def count_prompts(self) -> None:
        """Count the prompts that the one being written stands for."""
        if self.main.editor.expands:
            self._count()

    @on(JobsPane.Asked)
    def do_verb(self, event: JobsPane.Asked) -> None:
        """Do something with jobs."""
        self.start(self.job_desk.do, event.verb, event.jobs, event.value)

    @on(JobTable.Opened)
    def look(self, event: JobTable.Opened) -> None:
        """Show a job over the whole terminal, or ask what becomes of an `unknown` one."""
        job = event.job
        if job.state is State.UNKNOWN and not job.resolution:
            self.start(self.job_desk.do, Verb.RESOLVE, (job,))
        else:
            self.push_screen(LookScreen(job, Estimates(self.session), self.canvas))

    @on(JobsPane.PicturesAsked)
    def show_pictures(self, event: JobsPane.PicturesAsked) -> None:
        """Show the images of several jobs."""
        if len(event.jobs) < 2 and not event.is_gallery:
            self.say(_("There are no two jobs with images yet."), "warning")
            return
        from tui.app.screens.compare import CompareScreen
        from tui.app.screens.gallery import GalleryScreen

        screen = GalleryScreen if event.is_gallery else CompareScreen
        self.push_screen(screen(event.jobs, Estimates(self.session), self.canvas))

    @on(JobsPane.OlderWanted)
    def find_older(self, event: JobsPane.OlderWanted) -> None:
        """Look into the history."""
        self.start(self.desk.find_older, event)

    @on(JobsPane.Chose)
    def keep_columns(self, event: JobsPane.Chose) -> None:
        """Keep the table's columns for the next start."""
        choose(self.session.places.choices, columns=titles(event.chosen))

    @on(ThumbnailWanted)
    def draw(self, event: ThumbnailWanted) -> None:
        """Make a small picture."""
        self.start(self.desk.draw, event)

    @on(MainScreen.EditWanted)
    def edit(self, event: MainScreen.EditWanted) -> None:
        """Edit the prompt in the user's editor."""
        with self.suspend():
            text, problem = try_editing(event.prompt, os.environ)
        if problem:
            self.say(problem, "warning")
        elif text != event.prompt:
            self.main.editor.take(text)
        self.refresh(layout=True)

    def action_arrange(self, what: str) -> None:
        """Hide or show a part of the main screen, or make one larger or smaller."""
        match what:
            case "larger" | "smaller":
                self.panes.move(1 if what == "larger" else -1)
            case part:
                self.panes.toggle(part)

    @on(MainScreen.Resized)
    def _arrange(self) -> None:
        self.panes.apply()

    @work(group="opening")
    async def action_open(self, what: str) -> None:
        """Open what is chosen from or looked at: prompts, presets, snippets, a file, statistics."""
        if self.screen is self.main:  # else whoever waits for that other screen would wait no more
            self._open(what)

    @work(exclusive=True, group="shelf")
    async def _open(self, what: str) -> None:
        match what:
            case "presets":
                await self.shelf.presets()
            case "prompts":
                await self.shelf.prompts()
            case "batch":
                await self.batches.open()
            case "snippets":
                await self.shelf.snippets()
            case _:
                if ledger := await self.desk.ledger():
                    from tui.app.screens.statistics import StatisticsScreen

                    self.push_screen(StatisticsScreen(*ledger))

    @on(PromptEditor.EarlierWanted)
    @work(exclusive=True, group="recall")
    async def _recall(self) -> None:
        self.main.editor.take_earlier(await self.shelf.find_prompts())

    @work(exclusive=True, group="count")
    async def _count(self) -> None:
        await self.expanding.count()
