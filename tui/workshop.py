"""The services that work on jobs, made inside the engine's loop and ended there."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from tui.core.home import Home
from tui.core.on_worker import signed
from tui.demo.way import open_way
from tui.services.answers import Answers
from tui.services.clock import Clock
from tui.services.engine.purse import Purse
from tui.services.engine.work import Work
from tui.services.housekeeping import Housekeeping, daily
from tui.services.journal.opening import open_history
from tui.services.journal.stored import StoredJournal
from tui.services.keys import Key
from tui.services.paying import Held
from tui.services.pictures import Pictures
from tui.services.places import Places
from tui.services.references import ReferenceStore
from tui.services.remains import waiting
from tui.services.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What they are made of: what the settings say, and what a deck has open already.

    `held` is what fingerprints the key has; `pace`, `purse` and `host` are those of Work.
    """

    settings: Settings
    places: Places
    key: Key | None
    held: Held
    home: Home
    journal: StoredJournal
    pictures: Pictures
    references: ReferenceStore
    clock: Clock
    pace: float
    purse: Purse | None
    tell: Callable[[str], None]
    host: str

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Work]:
        """Open the clients and the daily sweep, for as long as they are needed."""
        from tui.services.gateway.client import Gateway
        from tui.services.images import Images

        settings, places, clock, key = self.settings, self.places, self.clock, self.key
        history = open_history(places.database, settings.database_url)
        house = Housekeeping(places, settings.keep, history, folders=settings.folders)
        way = open_way(settings, places, clock, self.pace)
        async with way as network, daily(house, self.journal, clock):
            yield Work(
                journal=self.journal,
                gateway=Gateway(
                    submit=network.submit,
                    poll=network.poll,
                    base=settings.base_url,
                    key=key,
                    clock=clock,
                ),
                gallery=self.pictures.gallery(
                    Images(network.image, settings.origin), partial(signed, self.host)
                ),
                home=self.home,
                me=settings.submitter,
                fingerprint=self.held.own,
                held=self.held,
                path_of=self.references.brought,
                clock=clock,
                pace=self.pace,
                random=lambda: random.uniform(-1, 1),  # noqa: S311 - jitter, no secret
                tell=self.tell,
                keep_answer=Answers(places.answers).keep,
                caps=settings.budget,
                limits=settings.limits,
                purse=self.purse,
                delivery=self.journal.delivery if settings.leaves_to_workers else None,
                host=self.host,
                waiting=partial(waiting, places.spool) if settings.database_url else None,
            )
