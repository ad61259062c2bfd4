"""A worker: takes jobs of a shared database to its engine, for as long as it lives."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from procrastinate import PsycopgConnector
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolTimeout

from tui.core.home import Home
from tui.core.job import Job, State
from tui.core.staff import met_by
from tui.core.text import one_line
from tui.services.clock import SystemClock
from tui.services.delivery import chores
from tui.services.delivery.line import Line
from tui.services.delivery.room import Room
from tui.services.engine.runner import Runner
from tui.services.journal.owner import LEASE_SECONDS
from tui.services.journal.postgres import queues
from tui.services.journal.postgres.connection import (
    SCHEMA_NAME,
    PostgresConnection,
    target_of,
    telling,
)
from tui.services.journal.postgres.news import PostgresNews
from tui.services.journal.protocol import DamagedError, Journal, JournalError

_LOG = logging.getLogger(__name__)
_CHANNEL = "procrastinate_any_queue_v1"  # where Procrastinate tells of every new row
_PUT_AWAY = 0.2  # seconds between two times that done rows are put away
_LISTEN = 60.0
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 15.0
_DISK_PAUSE = 5.0
_POOL_SECONDS = 5.0
_UNSENT = (State.QUEUED, State.SUBMITTING)
# What is lost with these is the delivery of a row, and that is done again. Rows are to be walked in
# their order: without statistics the server sorts all that waits, each time some are taken.
_SESSION = f"SET search_path = {SCHEMA_NAME}; SET synchronous_commit = off; SET enable_sort = off"
_AWAY = (ConnectorException, JournalError, psycopg.Error, PoolTimeout, OSError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Whose jobs a worker takes, with which key, and how many; `owner` is what it is called itself.

    `unsent` wait to be sent by it, of each rank; `most` are followed in all.
    """

    url: str
    owner: str
    home: Home
    fingerprint: str | None
    unsent: int
    most: int


class DeliveryWorker:
    """Brings jobs to an engine; `tell` gets a word and what is to be told about it.

    When the database goes away it begins anew once that is there again; what the engine has goes
    on meanwhile.
    """

    def __init__(self, terms: Terms, journal: Journal, tell: Callable[[str, str], None]) -> None:
        self._terms = terms
        self._journal = journal
        self._tell = tell
        self._lines: list[Line] = []
        self._releasing: set[asyncio.Task[None]] = set()
        self._is_over, self._has_ended = asyncio.Event(), asyncio.Event()
        self._runner: Runner | None = None

    @property
    def followed(self) -> int:
        """How many jobs its engine follows."""
        return len(self._runner.followed) if self._runner else 0

    async def run(self, runner: Runner) -> None:
        """Take jobs until `stop`."""
        self._runner = runner
        runner.followed.on_left = self._left
        pause = _FIRST_PAUSE
        while not self._is_over.is_set():
            try:
                await self._serve()
                pause = _FIRST_PAUSE
            except* _AWAY as group:
                problem = group.exceptions[0]
                self._tell("away", one_line(str(problem.__cause__ or problem), 200))
                pause = min(2 * pause, _LONGEST_PAUSE)
            if not self._is_over.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._is_over.wait()
        self._has_ended.set()

    async def stop(self) -> None:
        """Take no more jobs, wait until that is so; belongs to the engine's loop."""
        self._is_over.set()
        for line in self._lines:
            line.stop()
        await self._has_ended.wait()

    def note(self, job: Job) -> None:
        """Take a new snapshot of a job; belongs to the engine's loop."""
        for line in self._lines:
            if job.state not in _UNSENT:
                line.room.note_sent(job.id)

    def give_back(self) -> None:
        """Let others have what was left, once the engine has ended; raises JournalError."""
        db = PostgresConnection(self._terms.url)
        try:
            with telling(db):
                queues.give_back(db, LEASE_SECONDS)
        finally:
            db.close()

    async def _serve(self) -> None:
        """Take jobs for as long as the database is there."""
        connector = PsycopgConnector(
            conninfo=target_of(self._terms.url),
            kwargs={"autocommit": True},
            configure=configure,
            min_size=1,
            max_size=3,
            timeout=_POOL_SECONDS,
        )
        async with AsyncExitStack() as stack:
            await connector.open_async()
            stack.push_async_callback(connector.close_async)
            self._lines = [self._line(connector, rank) for rank in queues.RANKS]
            self._tell("ready", "")
            async with asyncio.TaskGroup() as group:
                helpers = [group.create_task(one) for one in self._chores()]
                await asyncio.wait([group.create_task(self._run(line)) for line in self._lines])
                for one in helpers:
                    one.cancel()

    def _chores(self) -> "list[Coroutine[Any, Any, None]]":
        terms, url, runner = self._terms, self._terms.url, self._engine
        return [
            self._put_away(),
            self._listen(),
            chores.sweep(self._lines[0].claims, self._tell),
            chores.reconcile(url, self._tell),
            chores.heed(url, terms.owner, runner, met_by(terms.home, terms.fingerprint)),
            chores.tend(runner.gate, SystemClock(), self._tell),
        ]

    @property
    def _engine(self) -> Runner:
        if self._runner is None:
            raise RuntimeError("it does not run yet")
        return self._runner

    def _line(self, connector: PsycopgConnector, rank: str) -> Line:
        terms, runner = self._terms, self._engine
        unsent = terms.most if rank == queues.PAID else terms.unsent
        # What somebody waits for has room of its own, however many jobs of batches there are.
        most = terms.most + (terms.most // 4 + terms.unsent if rank == queues.SINGLE else 0)
        room = Room(unsent, most, lambda: len(runner.followed))
        names = queues.queues_of(rank, terms.home, terms.fingerprint)
        return Line(connector, names, room, runner.followed, self._advance)

    async def _run(self, line: Line) -> None:
        if not self._is_over.is_set():  # else nobody would stop it any more
            await line.run()  # type: ignore[no-untyped-call]  # it has types in part
        if not self._is_over.is_set():
            raise ConnectorException("a part of it has ended")

    async def _advance(self, job_id: str) -> None:
        """Take a job up, whenever that can be written down; it is followed from then on."""
        while True:
            try:
                if job := await self._engine.taking.one(job_id):
                    self.note(job)
            except DamagedError as problem:  # no other try would fare better
                _LOG.warning("%s", problem)
                return
            except JournalError as problem:
                _LOG.warning("%s: %s", job_id[-10:], problem)
                await asyncio.sleep(_DISK_PAUSE)
            else:
                return

    def _left(self, job_id: str, last: Job | None) -> None:
        for line in self._lines:
            line.claims.let_go(job_id)
            line.room.note_sent(job_id)
            line.room.look_again()
        if last and last.is_live:  # it rests, and others may have what it waits for
            task = asyncio.create_task(self._release(last))
            self._releasing.add(task)
            task.add_done_callback(self._releasing.discard)

    async def _release(self, job: Job) -> None:
        # What can't be given up now is given up when this process ends.
        with suppress(JournalError):
            await self._journal.release([job])

    async def _put_away(self) -> None:
        while True:
            await asyncio.sleep(_PUT_AWAY)
            for line in self._lines:
                await line.claims.put_away()

    async def _listen(self) -> None:
        """Look for new rows as soon as there are some."""
        news = PostgresNews(self._terms.url, _CHANNEL)
        try:
            while True:
                await news.wait(_LISTEN)
                for line in self._lines:
                    line.look()
        finally:
            await asyncio.to_thread(news.close)


async def configure(session: "psycopg.AsyncConnection[Any]") -> None:
    """Prepare a session for the queues."""
    await session.execute(_SESSION)
