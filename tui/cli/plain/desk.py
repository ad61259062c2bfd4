"""What the line mode works on: a request being written, and the jobs."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tui.app.earlier import Orphans
from tui.cli.context import Cli
from tui.cli.errors import RefusedError
from tui.cli.job_names import find_jobs, job_named
from tui.cli.jobs import known_of
from tui.cli.plain.voice import Voice
from tui.cli.retry import drop_unsent, refusals
from tui.cli.words import status, way_on
from tui.core.job import Job, State
from tui.core.language import _, plural
from tui.core.model import Model
from tui.core.person import is_own
from tui.core.price import total
from tui.core.query import QueryError, parse
from tui.core.references import References
from tui.core.request import Reference, Request
from tui.core.text import one_line
from tui.deck import Deck
from tui.models import MODELS, UnknownModelError, find_model, parameters
from tui.services.draft import KeptDraft
from tui.services.journal.protocol import Query

SAME_WITHIN = 2.0  # seconds in which an identical request needs a yes
Ask = Callable[[str], bool]


@dataclass
class Desk:
    """Carries out what somebody types; raises RefusedError with what is wrong.

    `ask` lets a question be answered with yes or no; `deleted` is what was deleted last, `edited`
    the job out of the queue that what is written follows; `variables` are what those of a prompt
    stand for.
    """

    cli: Cli
    deck: Deck
    voice: Voice
    ask: Ask
    model: Model = MODELS[0]
    values: dict[str, object] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    prompt: str = ""
    deleted: list[Job] = field(default_factory=list)
    edited: str | None = None
    variables: dict[str, list[str]] = field(default_factory=dict)
    _last: tuple[str, float] = ("", 0.0)

    @classmethod
    def with_draft(cls, cli: Cli, deck: Deck, voice: Voice, ask: Ask, draft: KeptDraft) -> "Desk":
        """Begin where the app, or this, was left."""
        desk = cls(cli, deck, voice, ask)
        try:
            desk.model = find_model(draft.model)
        except UnknownModelError:
            return desk
        desk.values, desk.prompt = dict(draft.values), draft.prompt
        desk.references = [one for one in draft.references if isinstance(one, Reference)]
        return desk

    @property
    def draft(self) -> KeptDraft:
        """What is being written."""
        return KeptDraft(self.model.id, self.prompt, self.values, tuple(self.references))

    def job(self, name: str) -> Job:
        """Find a job by the end of its id; without a name, the newest."""
        if name:
            return find_jobs(self.cli, [name])[0]
        newest = self.cli.history.list(Query(limit=1))
        if not newest:
            raise RefusedError(_("There are no jobs yet."))
        return newest[0]

    def choose(self, name: str) -> None:
        """Write for another model; fields that it has too are kept."""
        try:
            self.model = find_model(name)
        except UnknownModelError as error:
            raise RefusedError(str(error)) from error
        own = {one.name for one in self.model.fields}
        self.values = {one: value for one, value in self.values.items() if one in own}
        if self.model.references is None:
            self.references = []

    def set(self, name: str, text: str) -> None:
        """Set a field as it is typed; an empty text takes it back."""
        known = {one.name: one for one in self.model.fields if one.name != "prompt"}
        found = known.get(name.replace("-", "_"))
        if found is None or isinstance(found, References):
            names = ", ".join(one for one in known if not isinstance(known[one], References))
            raise RefusedError(
                _(
                    "{id} has no field {name!r}. It has {names}.",
                    id=self.model.id,
                    name=name,
                    names=names,
                )
            )
        values = {one: value for one, value in self.values.items() if one != found.name}
        if text:
            values[found.name] = text
        checked = self.model.validate({**values, "prompt": self.prompt}, tuple(self.references))
        if faults := [str(one) for one in checked.errors if one.field == found.name]:
            raise RefusedError(*faults)
        self.values = values

    def add_reference(self, source: str) -> str:
        """Take a file or URL as a reference; return its name."""
        if self.model.references is None:
            takers = ", ".join(one.id for one in MODELS if one.references)
            raise RefusedError(
                _("{id} takes no references. These do: {takers}.", id=self.model.id, takers=takers)
            )
        taken, faults = self.deck.take_references([source], self.model.references).result()
        if faults:
            raise RefusedError(*map(str, faults))
        self.references += taken
        return taken[0].name

    def checked(self, prompt: str) -> Request:
        """Return the request with that prompt; raises RefusedError with every fault."""
        usual: Mapping[str, object] = self.cli.settings.fields.get(self.model.id, {})
        given = {**usual, **self.values, "prompt": prompt}
        checked = self.model.validate(given, tuple(self.references))
        for fault in checked.faults:
            if not fault.is_error:
                self.voice.say(_("Warning: {fault}", fault=fault))
        if checked.request is None or checked.errors:
            raise RefusedError(_("Nothing was sent."), *map(str, checked.errors))
        return checked.request

    def generate(self) -> None:
        """Send the request; the same one within two seconds only after a yes."""
        request = self.checked(self.prompt)
        key, at = self._last
        self._last = (request.key, time.monotonic())
        is_same = request.key == key and time.monotonic() - at < SAME_WITHIN
        if is_same and not self.ask(_("The same request again? It is paid for twice.")):
            return
        self.send(request, self.edited)
        self.edited = None

    def send(self, request: Request, follows: str | None = None) -> None:
        """Write a job down, and let it go."""
        self.deck.check_output()
        for job in self.deck.engine.add(self.deck.new_jobs(request, follows=follows)).result():
            price = self.cli.settings.price(request)
            self.voice.say(
                _(
                    "Job {short_id} queued. Estimated price: {price}.",
                    short_id=job.short_id,
                    price=price,
                )
            )

    def retry(self, job: Job) -> None:
        """Make a job anew, as a new one."""
        is_saved = job.state is State.SAVED
        if faults := refusals(self.cli, job, self.deck.home, again=True):
            raise RefusedError(*faults)
        if is_saved and not self.ask(
            _("Its images are here already. Make others, and pay for them?")
        ):
            return
        if moved := self.deck.home.moved(job, job_named(job)):
            self.voice.say(moved)
        if job.state is State.QUEUED and not self.may(job):
            return
        drop_unsent(self.deck, [job], others=True)
        self.send(job.request, job.id)

    def remix(self, job: Job) -> None:
        """Take a job's whole request as the one being written."""
        self.edited = None
        self.choose(job.request.model)
        self.values = {name: one for name, one in job.request.values.items() if name != "prompt"}
        self.references, self.prompt = list(job.request.references), job.prompt

    def stop(self, job: Job) -> str:
        """Drop a job that was not sent, or stop watching it; say which."""
        if not job.is_live:
            raise RefusedError(_("There is nothing left to stop."))
        if not self.may(job):
            return _("It is left as it is.")
        if self.deck.engine.drop(job.id, others=True).result():
            return _("Dropped before it was sent, for free.")
        if self.deck.engine.stop_watching(job.id, others=True).result():
            return _("No longer watched; the gateway goes on, and bills it.")
        raise RefusedError(_("It is being sent right now, or another imagedeck works on it."))

    def may(self, job: Job) -> bool:
        """Whether a job is one's own, or a yes says that another's is meant."""
        return is_own(job, self.cli.settings.submitter) or self.ask(
            _(
                "Job {short_id} was added by {owner}. Do it all the same?",
                short_id=job.short_id,
                owner=one_line(job.submitter or ""),
            )
        )

    def go_on_with_earlier(self) -> None:
        """Go on with jobs of earlier runs; ask before sending what was never sent."""
        orphans = Orphans(self.deck)
        queued = orphans.take_up()
        for said, job in self.deck.home.others(orphans.away):
            self.voice.say(way_on(self.deck.home, said, job))
        if not queued:
            return
        price = total(self.cli.settings.price(job.request) for job in queued)
        question = plural(
            "1 job was never sent. Send now? Estimated price: {price}.",
            "{number} jobs were never sent. Send now? Estimated price: {price}.",
            len(queued),
            price=price,
        )
        if self.ask(question):
            self.deck.follow([job.id for job in queued])

    def listed(self, words: str) -> Iterator[str]:
        """Yield a line for each of the newest jobs, or of those that a query finds."""
        try:
            search = parse(words, parameters())
        except QueryError as error:
            raise RefusedError(str(error)) from error
        query = Query(search=search, known=known_of(self.cli), limit=20)
        for job in self.cli.history.list(query):
            count = _("{made} of {asked} images", made=len(job.files), asked=job.request.count)
            yield _(", ").join((job.short_id, status(job), count, one_line(job.prompt, 80)))
