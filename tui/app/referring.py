"""An app that takes images as references."""

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work

from tui.app.doing import DoingApp
from tui.app.widgets.form import RequestForm
from tui.app.widgets.form.references import ReferencesRow
from tui.app.widgets.jobs.verbs import Verb
from tui.app.widgets.prompt import PromptEditor
from tui.core.language import _
from tui.core.pasted import is_image_name
from tui.core.references import References
from tui.core.text import one_line
from tui.models import MODELS
from tui.services.choices import choose, load_choices
from tui.services.references import file_of

if TYPE_CHECKING:
    from tui.services.candidates import Candidate

_MOST_FOLDERS = 8


class ReferringApp(DoingApp):
    """Finds references and has them checked, and can bring back one that was taken out."""

    @work(exclusive=True, group="files")
    async def action_references(self) -> None:
        """Let images be chosen for the form, or say which model takes any."""
        form = self.main.form
        if self.screen is not self.main:
            return
        if form.model.references is None:
            self.say(
                _("{title} takes no references. {takers}", title=form.model.title, takers=takers()),
                "warning",
            )
            return
        from tui.app.screens.files import FilesScreen

        choices, field = self.session.places.choices, form.model.references
        before = (await asyncio.to_thread(load_choices, choices)).folders
        folders = [*before, *map(str, self.session.settings.folders), ".", "~"]
        given = len(form.references())
        look = partial(self._look_at, field)
        screen = FilesScreen(look, folders, self.canvas, given=given, most=field.most)
        taken = await self.push_screen_wait(screen)
        for path in taken or ():
            self.main.add_reference(_source(path))
        if taken:
            last = str(Path(taken[-1]).parent)
            folders = [last, *(one for one in before if one != last)][:_MOST_FOLDERS]
            await asyncio.to_thread(choose, choices, folders=folders)

    @on(RequestForm.ReferenceGiven)
    def check_reference(self, event: RequestForm.ReferenceGiven) -> None:
        """Look at a reference."""
        self.start(self.desk.check_reference, event.source)

    @on(RequestForm.ReferenceRemoved)
    def _note_removal(self, event: RequestForm.ReferenceRemoved) -> None:
        self.job_desk.undo.note(partial(self._bring_back, event))

    @on(PromptEditor.PathsPasted)
    def _look_at_pasted(self, event: PromptEditor.PathsPasted) -> None:
        if self.main.form.model.references:
            self._offer(event)

    @on(PromptEditor.ReferencesWanted)
    def _take_pasted(self, event: PromptEditor.ReferencesWanted) -> None:
        for source in event.sources:
            self.main.add_reference(source)
        many = len(event.sources)
        self.say(
            _("The path is a reference now.")
            if many == 1
            else _("{many} paths are references.", many=many)
        )

    @work(exclusive=True, group="pasted", description="")
    async def _offer(self, pasted: PromptEditor.PathsPasted) -> None:
        found = await asyncio.to_thread(lambda: [*map(file_of, pasted.sources)])
        if all(one and is_image_name(one.name) for one in found):
            self.main.editor.offer(pasted.text, pasted.sources)

    @on(ReferencesRow.UndoWanted)
    def _take_back(self) -> None:
        self.start(self.job_desk.do, Verb.UNDO, ())

    async def _bring_back(self, removed: RequestForm.ReferenceRemoved) -> None:
        # Later, by the form itself: what a widget posts while another calls it may end there.
        self.main.form.call_later(self.main.form.put_reference, removed.index, removed.given)
        one = removed.given.reference
        name = one.name if one else removed.given.source.rpartition("/")[2]
        self.say(
            _("Reference {index} is back: {name}", index=removed.index + 1, name=one_line(name, 60))
        )

    async def _look_at(self, field: References, path: str) -> "Candidate":
        deck = await self.session.opened()
        return await asyncio.wrap_future(deck.engine.call(deck.references.look(path, field)))


def takers() -> str:
    """Return a sentence on who takes references."""
    return _(
        "These do: {names}.",
        names=", ".join(model.title for model in MODELS if model.references),
    )


def _source(path: str) -> str:
    # Blanks around what was typed mean nothing, around a name they do.
    return path if path == path.strip() else Path(path).as_uri()
