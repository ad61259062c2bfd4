"""Carrying out what the screens ask for."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from tui.app.estimates import Estimates
from tui.app.screens.confirm import ConfirmScreen
from tui.app.screens.main import MainScreen
from tui.app.screens.resolve import Decision, ResolveScreen, WayOut
from tui.app.session import Session
from tui.app.widgets.jobs.pane import Verb
from tui.app.widgets.preview import Preview
from tui.core.fault import Fault
from tui.core.job import Job, State
from tui.core.request import Request
from tui.core.text import one_line
from tui.models import MODELS, UnknownModelError, find_model
from tui.services.decode import BadImageError, DecoderError
from tui.services.engine.resolving import Abandon, Attach, ResolveError, Resubmit, Way
from tui.services.files import StorageError
from tui.services.journal.protocol import JournalError

SAME_WITHIN = 2.0  # seconds in which an identical submission needs a second press
_RETRIED = frozenset({State.FAILED, State.LOST, State.EXPIRED, State.DROPPED})

Notify = Callable[[str, str], None]
Ask = Callable[[ConfirmScreen], Awaitable[bool | None]]
Decide = Callable[[ResolveScreen], Awaitable[Decision | None]]


class Desk:
    """Talks to the deck for the main screen; nothing in it blocks the app's loop.

    `notify` shows a sentence (and a severity), `ask` a question, `decide` the ways out of
    `unknown`.
    """

    def __init__(
        self, session: Session, screen: MainScreen, notify: Notify, ask: Ask, decide: Decide
    ) -> None:
        self._session = session
        self._estimates = Estimates(session)
        self._screen = screen
        self._notify = notify
        self._ask = ask
        self._decide = decide
        self._last: tuple[str, float] = ("", 0.0)

    async def submit(self, request: Request) -> None:
        """Send a request; the same one within two seconds only at a second, confirming press."""
        key, now = request.key, time.monotonic()
        last, at = self._last
        if key == last and now - at < SAME_WITHIN:
            self._last = ("", 0.0)  # the next press is the confirming one
            self._notify("The same request again? Press once more to pay for it twice.", "warning")
            return
        self._last = (key, now)
        if not await self._send(request):
            self._last = ("", 0.0)

    async def do(self, verb: Verb, job: Job) -> None:
        """Do something with a job."""
        try:
            match verb:
                case Verb.REMIX:
                    self._remix(job)
                case Verb.RETRY:
                    await self._retry(job)
                case Verb.USE:
                    self._use(job)
                case Verb.STOP:
                    await self._stop(job)
                case Verb.RESOLVE:
                    await self._resolve(job)
        except JournalError as error:
            self._notify(str(error), "error")

    async def check_reference(self, source: str) -> None:
        """Look at a reference and tell the form."""
        form = self._screen.form
        field = form.model.references
        if field is None:
            return
        try:
            taking = (await self._session.opened()).take_references([source], field)
            references, faults = await asyncio.wrap_future(taking)
        except StorageError as error:
            references, faults = [], [Fault(field.name, source, str(error))]
        form.reference_result(source, references[0] if references else None, faults)

    async def draw(self, wanted: Preview.ThumbnailWanted) -> None:
        """Make the small picture that a preview asks for, and give it back if it still does."""
        preview = wanted.preview
        try:
            making = (await self._session.opened()).thumbnail(
                wanted.path, wanted.sha256, wanted.wish
            )
            picture = await asyncio.wrap_future(making)
        except (BadImageError, DecoderError) as error:
            if preview.wants(wanted):
                preview.no_picture(wanted.sha256, str(error))
        else:
            if preview.wants(wanted):
                preview.picture(wanted.sha256, picture)

    async def _send(self, request: Request, follows: str | None = None) -> bool:
        await self._session.opened()
        try:
            jobs = await asyncio.to_thread(self._session.submit, request, follows)
        except (StorageError, JournalError) as error:
            self._notify(f"Nothing was sent: {error}", "error")
            return False
        self._screen.apply(jobs)
        return True

    def _remix(self, job: Job) -> None:
        try:
            self._screen.load(job.request)
        except UnknownModelError as error:
            self._notify(str(error), "warning")

    async def _retry(self, job: Job) -> None:
        if job.state is State.SAVED:
            question = ConfirmScreen(
                "Make it again?",
                "Its images are here already. A new job makes others, and is billed.",
                yes="Make it again",
                no="Leave it",
            )
            if not await self._ask(question):
                return
        elif job.state not in _RETRIED:
            self._notify(f"A job that is {job.state} can't be retried.", "warning")
            return
        await self._send(job.request, job.id)

    def _use(self, job: Job) -> None:
        takers = [model for model in MODELS if model.references]
        form = self._screen.form
        if not job.files:
            self._notify("It has no image yet.", "warning")
        elif form.model not in takers:
            names = ", ".join(model.title for model in takers)
            here = find_model(form.model.id).title
            self._notify(f"{here} takes no references. These do: {names}.", "warning")
        else:
            self._screen.add_reference(job.files[0].path)
            self._notify("Its first image is a reference now.", "information")

    async def _stop(self, job: Job) -> None:
        engine = (await self._session.opened()).engine
        if not job.is_live:
            self._notify("There is nothing left to stop.", "warning")
        elif dropped := await asyncio.wrap_future(engine.drop(job.id)):
            self._notify(f"Dropped before it was sent, for free: {_name(dropped)}", "information")
        elif await asyncio.wrap_future(engine.stop_watching(job.id)):
            text = "No longer watched; the gateway goes on, and bills it"
            self._notify(f"{text}: {_name(job)}", "warning")
        else:
            text = "It is being sent right now, or another imagedeck works on it"
            self._notify(f"{text}: it can't be stopped here.", "warning")

    async def _resolve(self, job: Job) -> None:
        deck = await self._session.opened()
        decision = await self._decide(ResolveScreen(job, self._estimates.price(job)))
        match decision:
            case Decision(WayOut.ATTACH, task_id):
                way: Way = Attach(task_id)
            case Decision(WayOut.RESUBMIT):
                (new,) = deck.new_jobs(job.request, follows=job.id)
                way = Resubmit(new)
            case Decision(WayOut.ABANDON):
                way = Abandon()
            case _:
                return
        try:
            await asyncio.wrap_future(deck.engine.resolve(job.id, way))
        except ResolveError as error:
            self._notify(str(error), "warning")


def _name(job: Job) -> str:
    return one_line(job.prompt, 60)
