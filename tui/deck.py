"""The deck: everything one process needs, put together in one place."""

import os
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tui.core.bucket import Bucket
from tui.core.budget import Left, least_left
from tui.core.job import Job
from tui.core.language import english
from tui.core.limits import Limits
from tui.core.references import References
from tui.core.request import Reference, Request
from tui.core.schedule import Typical
from tui.demo import BRISK
from tui.models import find_model
from tui.services.clock import Clock, SystemClock
from tui.services.decode import Decoder
from tui.services.engine.engine import Engine
from tui.services.engine.lanes import Widths
from tui.services.engine.observing import observed
from tui.services.engine.purse import Purse
from tui.services.engine.work import NOBODY, Work
from tui.services.files import StorageError, check_folder
from tui.services.hardening import leaks
from tui.services.hooks import Hooks
from tui.services.journal.opening import open_journal
from tui.services.keys import Key
from tui.services.new_job import new_job
from tui.services.on_hand import OnHand
from tui.services.paying import Held, home_of, payer_of
from tui.services.pictures import Pictures
from tui.services.places import Places
from tui.services.references import ReferenceStore
from tui.services.settings import Settings
from tui.workshop import Workshop

if TYPE_CHECKING:
    from concurrent.futures import Future

    from tui.core.fault import Fault
    from tui.core.picture import Drawing, Picture, Wish
    from tui.services.importing.folder import Left as LeftOut

_UNTRIED = english("Interrupted before it was known whether {place} takes images.")
Publish = Callable[[Job], None]
Tell = Callable[[str], None]


class Deck:
    """Journal, engine, gallery and references of one process.

    `home` is what its jobs keep to, `held` whose key is here. `publish` gets every new snapshot of
    a job and `tell` every sentence worth showing, both on the engine's thread: they must only note
    it. `pace` times a model's typical time is what a task takes at the embedded gateway; `purse` is
    for a run that has spent something already. Whoever is its `observer` before the start hears
    what is done; a worker gives it the name of its `host`.
    """

    def __init__(
        self,
        settings: Settings,
        places: Places,
        key: Key | None,
        *,
        publish: Publish,
        tell: Tell,
        clock: Clock | None = None,
        pace: float = BRISK,
        purse: Purse | None = None,
    ) -> None:
        self.settings = settings
        self.places = places
        self.key = key
        self._tell = tell
        self._purse = purse
        self._clock = clock or SystemClock()
        self._pace = pace if places.demo else 1.0
        self.observer = NOBODY
        self.host = ""
        self._decoder = Decoder()
        self.pictures = Pictures(self._decoder, places, os.environ)
        self.journal = open_journal(places.database, settings.database_url, self._clock, tell=tell)
        self.held = Held(key, self.journal.salt())
        self.home = home_of(settings, self.held)
        self.references = ReferenceStore(places.references, self._decoder, self.journal.bring)
        for sentence in leaks(os.environ) if key else ():
            tell(sentence)
        own = Limits(settings.run_in_flight)
        widths = Widths(settings.submissions, settings.polls, settings.downloads, own)
        self._hooks = Hooks(settings.on_saved, os.environ, tell)

        def seen(job: Job) -> None:
            publish(job)
            self._hooks.note(job)

        self.engine = Engine(self._work, seen, widths)
        self.on_hand = OnHand(self.engine.call, self.pictures.originals)

    def __enter__(self) -> Self:
        """Start the engine; raises what opening its services raised."""
        self.engine.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Wait for submissions in flight, and a little for hooks; the next start goes on."""
        self.engine.close()
        self._hooks.close()

    def new_jobs(
        self,
        request: Request,
        count: int = 1,
        *,
        follows: str | None = None,
        group: str | None = None,
    ) -> list[Job]:
        """Make jobs of one request, not yet written down; raises JournalError if nobody pays."""
        now, gateway = self._clock.now(), None if self.places.demo else self.settings.origin
        pays = payer_of(self.settings, self.held.own)
        facts = {"gateway": gateway, "key": pays, "follows": follows, "group": group}
        return [new_job(request, self.settings, now, **facts) for _ in range(count)]

    def typical(self, request: Request) -> Typical:
        """Return how long (seconds) such a request takes: learned, or as declared."""
        declared = find_model(request.model).typical(request.values) * self._pace
        return self.engine.typical(request) or Typical(declared)

    def left(self) -> Left | None:
        """Return what the budget leaves, None where there is no cap; reads the disk."""
        caps = self.settings.budget
        if not caps.are_set:
            return None
        spent = self.journal.history.spent(self._clock.now())
        return least_left(caps, replace(spent, run=self.engine.spent))

    def check_output(self) -> None:
        """Raise StorageError unless images can be kept where they go."""
        place = self.settings.output_dir
        if isinstance(place, Bucket):
            checking = self.engine.call(self.pictures.store.check(place))
            try:
                checking.result()
            except CancelledError as error:  # somebody wants to leave
                raise StorageError(english(_UNTRIED, place=place)) from error
        else:
            check_folder(place)

    def take_references(
        self, sources: Sequence[str], field: References
    ) -> "Future[tuple[list[Reference], list[Fault]]]":
        """Copy reference images aside; return them with everything that is wrong with them."""
        return self.engine.call(self.references.take(sources, field))

    def thumbnail(self, path: str, sha256: str, wish: "Wish") -> "Future[Picture | Drawing]":
        """Make a small picture of an image; see Pictures."""
        return self.engine.call(self.pictures.thumbnail(path, sha256, wish))

    def import_folder(self, folder: Path) -> "Future[tuple[list[Job], list[Job], list[LeftOut]]]":
        """Take the images of a folder into the history: new jobs, known ones, what is left out."""
        from tui.services.importing.folder import take_in

        return self.engine.call(
            take_in(folder, self._decoder, self.journal, self.settings.submitter)
        )

    def annotate(
        self, ids: Sequence[str], *, others: bool = False, **facts: Any
    ) -> "Future[list[Job]]":
        """Write tags, rating, note or deleted; see Journal.annotate."""
        me = None if others else self.settings.submitter
        return self.engine.call(self.journal.annotate(ids, me=me, **facts))

    def vote(self, said: Mapping[str, str | None]) -> "Future[list[Job]]":
        """Write what a vote says of each job; see Journal.vote."""
        return self.engine.call(self.journal.vote(said))

    def changes(self, since: int) -> "Future[tuple[list[Job], int]]":
        """Return the jobs that any process changed; see Journal.changes."""
        return self.engine.changes(since)

    def orphans(self) -> "Future[list[str]]":
        """Return the ids of unfinished jobs that nobody alive works on; see Journal.orphans."""
        return self.engine.call(self.journal.orphans(self.settings.submitter))

    def follow(self, ids: Iterable[str] | None = None) -> list[Job]:
        """Take up jobs; see Engine.resume."""
        return self.engine.resume(ids).result()

    @asynccontextmanager
    async def _work(self) -> AsyncIterator[Work]:
        try:
            self.journal.pulse.committed = self.observer.committed
            async with self._workshop().open() as work:
                yield observed(work, self.observer)
        finally:
            # Also where something broke: an owner that isn't closed keeps its jobs from others.
            await self._decoder.close()
            await self.journal.close()

    def _workshop(self) -> Workshop:
        return Workshop(
            settings=self.settings,
            places=self.places,
            key=self.key,
            held=self.held,
            home=self.home,
            journal=self.journal,
            pictures=self.pictures,
            references=self.references,
            clock=self._clock,
            pace=self._pace,
            purse=self._purse,
            tell=self._tell,
            host=self.host,
        )
