"""Carrying out the verbs on jobs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from tui.app.deleting import Deleting
from tui.app.desk import Desk
from tui.app.estimates import Estimates
from tui.app.exchange import Exchange
from tui.app.grids import Grids
from tui.app.handing import Handing
from tui.app.here import Here
from tui.app.noting import Noting
from tui.app.questions import names_of, others_question, stop_question
from tui.app.remixing import Remixing
from tui.app.retrying import Retrying
from tui.app.screens.confirm import ConfirmScreen
from tui.app.screens.main import MainScreen
from tui.app.screens.resolve import Decision, ResolveScreen, WayOut
from tui.app.session import Session
from tui.app.terminal import TerminalApp
from tui.app.undo import Undo
from tui.app.voting import Voting
from tui.app.widgets.jobs.verbs import Verb
from tui.core.job import Job, State
from tui.core.language import _, marked, plural
from tui.core.person import is_own
from tui.core.text import clean
from tui.models import MODELS, find_model
from tui.services.engine.engine import EngineOverError
from tui.services.engine.resolving import Abandon, Attach, ResolveError, Resubmit, Way
from tui.services.journal.protocol import JournalError
from tui.services.remade import remade_faults

_LEFT = marked("No longer watched; the gateway goes on, and bills it: {names}")
# What nobody does with the jobs of others unasked, and with which of them.
_OWNERS: Mapping[Verb, Callable[[Job], bool]] = {
    Verb.STOP: lambda job: job.is_live,
    Verb.RESOLVE: lambda job: job.state is State.UNKNOWN,
    Verb.DELETE: lambda _: True,
    Verb.EDIT: lambda job: job.state is State.QUEUED,
    Verb.RETRY: lambda job: job.state is State.QUEUED,
}
_BUSY = marked(
    "It is being sent right now, or another imagedeck works on it: it can't be stopped here: "
    "{names}"
)

Jobs = Sequence[Job]


class JobDesk:
    """Does with jobs what was asked for, or says in words why it can't be done."""

    def __init__(self, session: Session, screen: MainScreen, desk: Desk, app: TerminalApp) -> None:
        self._session = session
        self._estimates = Estimates(session)
        self._screen = screen
        self._desk = desk
        self._app = app
        self._say = app.say
        self._here = Here(session, app)
        self._handing = Handing(session, app)
        self._noting = Noting(session, screen, app)
        self.undo = Undo()
        self.deleting = Deleting(session, screen, app, self.undo)
        remixing = Remixing(session, screen, desk, app, self.undo)
        exchange = Exchange(session, screen, app)
        self._verbs: Mapping[Verb, Callable[[Jobs], Awaitable[None]]] = {
            Verb.REMIX: remixing.remix,
            Verb.EDIT: remixing.edit,
            Verb.FIRST: self._first,
            Verb.RETRY: Retrying(session, desk, app, self._estimates).retry,
            Verb.USE: self._use,
            Verb.STOP: self._stop,
            Verb.RESOLVE: self._resolve,
            Verb.TAG: self._noting.tag,
            Verb.NOTE: self._noting.note,
            Verb.DELETE: self.deleting.delete,
            Verb.VOTE: Voting(session, screen, app).vote,
            Verb.GRID: Grids(session, app).show,
            Verb.EXPORT: exchange.export,
            Verb.FETCH: exchange.fetch,
            Verb.IMPORT: exchange.take_in,
            Verb.COPY: self._handing.copy,
            Verb.OPEN: self._handing.open,
            Verb.UNDO: self._take_back,
            Verb.PAUSE: self._toggle_pause,
        }

    async def do(self, verb: Verb, jobs: Jobs, value: str = "") -> None:
        """Do something with jobs, at least one; a rating is a `value`."""
        try:
            if not await self._may(verb, jobs):
                return
            if verb is Verb.RATE:
                await self._noting.rate(jobs, int(value))
            else:
                await self._verbs[verb](jobs)
        except JournalError as error:
            self._say(str(error), "error")
        except EngineOverError:
            self._say(_("Something else was opened meanwhile: press it once more."), "warning")

    async def _may(self, verb: Verb, jobs: Jobs) -> bool:
        """Whether it is done with these jobs; asked where some are others'."""
        me, touches = self._session.settings.submitter, _OWNERS.get(verb)
        theirs = [job for job in jobs if touches and touches(job) and not is_own(job, me)]
        return not theirs or await self._ask(others_question(theirs, len(jobs)))

    async def _take_back(self, _jobs: Jobs) -> None:
        if not await self.undo.undo():
            self._say(_("There is nothing to take back."), "warning")

    async def _toggle_pause(self, _jobs: Jobs) -> None:
        engine = (await self._session.opened()).engine
        if engine.hold and engine.hold.job is None:
            await asyncio.wrap_future(engine.go_on())
            self._say(_("Submissions go on."), "information")
        else:
            await asyncio.wrap_future(engine.pause())
            said = _(
                "Submissions pause, in every imagedeck; what was sent goes on. p lets them go."
            )
            self._say(said, "information")

    async def _first(self, jobs: Jobs) -> None:
        engine = (await self._session.opened()).engine
        moved = [job for job in reversed(jobs) if await asyncio.wrap_future(engine.first(job.id))]
        if moved:
            self._say(_("Sent next: {names}", names=names_of(moved[::-1])), "information")
        else:
            self._say(_("Only what waits here to be sent can be moved up."), "warning")

    async def _use(self, jobs: Jobs) -> None:
        takers = [model for model in MODELS if model.references]
        form = self._screen.form
        files = [job.files[0] for job in jobs if job.files]
        if not files:
            self._say(
                _("It has no image yet.") if len(jobs) == 1 else _("None has an image yet."),
                "warning",
            )
        elif form.model not in takers:
            names = ", ".join(model.title for model in takers)
            here = find_model(form.model.id).title
            self._say(
                _("{here} takes no references. These do: {names}.", here=here, names=names),
                "warning",
            )
        else:
            paths = await self._here.paths(files)
            for path in paths:
                self._screen.add_reference(path)
            said = plural(
                "Its first image is a reference now.",
                "{number} images are references now.",
                len(paths),
            )
            if paths:
                self._say(said, "information")

    async def _stop(self, jobs: Jobs) -> None:
        engine = (await self._session.opened()).engine
        dropped, left, busy = [], [], []
        live = [job for job in jobs if job.is_live]
        if len(live) > 1 and not await self._ask(stop_question(live)):
            return
        for job in live:
            if await asyncio.wrap_future(engine.drop(job.id, others=True)):
                dropped.append(job)
            elif await asyncio.wrap_future(engine.stop_watching(job.id, others=True)):
                left.append(job)
            else:
                busy.append(job)
        if dropped:
            self._say(
                _("Dropped before it was sent, for free: {names}", names=names_of(dropped)),
                "information",
            )
        if left:
            self._say(_(_LEFT, names=names_of(left)), "warning")
        if busy:
            self._say(_(_BUSY, names=names_of(busy)), "warning")
        if not dropped + left + busy:
            self._say(_("There is nothing left to stop."), "warning")

    async def _resolve(self, jobs: Jobs) -> None:
        job = next((one for one in jobs if one.state is State.UNKNOWN and not one.resolution), None)
        if job is None:
            self._say(
                _("Only a job whose outcome is unknown has anything to be decided."), "warning"
            )
            return
        deck = await self._session.opened()
        screen = ResolveScreen(job, self._estimates.price(job))
        match await self._app.push_screen_wait(screen):
            case Decision(WayOut.ATTACH, task_id):
                way: Way = Attach(task_id)
            case Decision(WayOut.RESUBMIT):
                faults = await asyncio.to_thread(remade_faults, job, deck.references.brought)
                if faults:
                    self._say(clean(faults[0]), "warning")
                    return
                (new,) = deck.new_jobs(job.request, follows=job.id)
                way = Resubmit(new)
            case Decision(WayOut.ABANDON):
                way = Abandon()
            case _:
                return
        try:
            await asyncio.wrap_future(deck.engine.resolve(job.id, way, others=True))
        except ResolveError as error:
            self._say(str(error), "warning")

    async def _ask(self, question: ConfirmScreen) -> bool:
        answer: bool | None = await self._app.push_screen_wait(question)
        return bool(answer)
