"""An app that takes images as references."""

from functools import partial

from textual import on

from tui.app.desk import Desk
from tui.app.job_desk import JobDesk
from tui.app.screens.main import MainScreen
from tui.app.terminal import TerminalApp
from tui.app.widgets.form import RequestForm
from tui.app.widgets.form.references import ReferencesRow
from tui.app.widgets.jobs.verbs import Verb
from tui.core.text import one_line


class ReferringApp(TerminalApp):
    """Has references checked, and can bring back one that was taken out."""

    main: MainScreen
    desk: Desk
    job_desk: JobDesk

    @on(RequestForm.ReferenceGiven)
    def check_reference(self, event: RequestForm.ReferenceGiven) -> None:
        """Look at a reference."""
        self.run_worker(self.desk.check_reference(event.source))

    @on(RequestForm.ReferenceRemoved)
    def _note_removal(self, event: RequestForm.ReferenceRemoved) -> None:
        self.job_desk.undo.note(partial(self._bring_back, event))

    @on(ReferencesRow.UndoWanted)
    def _take_back(self) -> None:
        self.run_worker(self.job_desk.do(Verb.UNDO, ()))

    async def _bring_back(self, removed: RequestForm.ReferenceRemoved) -> None:
        # Later, by the form itself: what a widget posts while another calls it may end there.
        self.main.form.call_later(self.main.form.put_reference, removed.index, removed.given)
        one = removed.given.reference
        name = one.name if one else removed.given.source.rpartition("/")[2]
        self.say(f"Reference {removed.index + 1} is back: {one_line(name, 60)}")
