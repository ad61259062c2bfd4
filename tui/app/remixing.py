"""Taking a job's request into the form."""

import asyncio
from collections.abc import Sequence
from functools import partial

from tui.app.desk import Desk
from tui.app.screens.main import MainScreen
from tui.app.screens.remix import RemixScreen
from tui.app.session import Session
from tui.app.terminal import TerminalApp
from tui.app.undo import Undo
from tui.core.difference import Written, differences
from tui.core.job import Job, State
from tui.core.language import _
from tui.core.request import Request
from tui.core.state_words import STATES
from tui.core.text import one_line
from tui.models import UnknownModelError, find_model
from tui.services.draft import KeptDraft


class Remixing:
    """Shows what will change in the form, changes it, and can put back what was written."""

    def __init__(
        self, session: Session, screen: MainScreen, desk: Desk, app: TerminalApp, undo: Undo
    ) -> None:
        self._session = session
        self._screen = screen
        self._desk = desk
        self._app = app
        self._undo = undo

    async def remix(self, jobs: Sequence[Job]) -> None:
        """Take the request of the first job, references and all."""
        if await self._take(jobs[0].request, _("What changes in the form")):
            self._desk.forget_edit()

    async def edit(self, jobs: Sequence[Job]) -> None:
        """Take a job that waits to be sent out of the queue, into the form."""
        job = jobs[0]
        if job.state is not State.QUEUED:
            self._app.say(
                _("It is {state}; only a queued job can be edited.", state=STATES[job.state]),
                "warning",
            )
            return
        if not await self._take(job.request, _("Out of the queue, into the form")):
            return
        engine = (await self._session.opened()).engine
        if await asyncio.wrap_future(engine.drop(job.id, others=True)) is None:
            self._app.say(_("It is being sent right now; the form has its request."), "warning")
            return
        self._desk.note_edit(job)
        text = _("Taken out of the queue, for free. ctrl+g sends it as it stands in the form")
        self._app.say(_("{text}: {prompt}", text=text, prompt=one_line(job.prompt, 60)))

    async def _take(self, request: Request, title: str) -> bool:
        before = self._screen.draft()
        try:
            find_model(request.model)
        except UnknownModelError as error:
            self._app.say(str(error), "warning")
            return False
        now, then = self._written(), _of(request)
        changes = differences(now, then)
        if changes and not now.is_blank:
            answer: bool | None = await self._app.push_screen_wait(RemixScreen(title, changes))
            if not answer:
                return False
        self._screen.load(
            KeptDraft(request.model, request.prompt, _values(request), request.references)
        )
        if changes and not now.is_blank:
            self._undo.note(partial(self._put_back, before))
        return True

    async def _put_back(self, draft: KeptDraft) -> None:
        self._desk.forget_edit()
        self._screen.load(draft)
        self._app.say(_("The form is as it was."))

    def _written(self) -> Written:
        draft = self._screen.draft()
        values = {name: str(value) for name, value in draft.values.items() if value is not None}
        kept = {name: value for name, value in values.items() if value.strip()}
        references = [one if isinstance(one, str) else one.name for one in draft.references]
        return Written(draft.model, draft.prompt, kept, references)


def _values(request: Request) -> dict[str, object]:
    return {name: value for name, value in request.values.items() if name != "prompt"}


def _of(request: Request) -> Written:
    values = {name: str(value) for name, value in _values(request).items()}
    return Written(request.model, request.prompt, values, [one.name for one in request.references])
