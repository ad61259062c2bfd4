"""The journal on PostgreSQL."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Self

from tui.core.job import Job
from tui.services.clock import Clock
from tui.services.journal import reads
from tui.services.journal.postgres.connection import place_of
from tui.services.journal.postgres.database import PostgresDatabase
from tui.services.journal.postgres.delivery import PostgresDelivery
from tui.services.journal.postgres.history import PostgresHistory
from tui.services.journal.postgres.legible import Legible
from tui.services.journal.postgres.news import PostgresNews
from tui.services.journal.postgres.references import PostgresReferences
from tui.services.journal.rows import NewRow
from tui.services.journal.stored import StoredJournal
from tui.services.places import REFERENCES

_LOG = logging.getLogger(__name__)


class PostgresJournal(StoredJournal):
    """All jobs in one PostgreSQL database, shared by the hosts that reach it."""

    @classmethod
    def open(
        cls,
        url: str,
        folder: Path,
        clock: Clock,
        *,
        tell: Callable[[str], None] = _LOG.warning,
    ) -> Self:
        """Open the database as a new owner; `folder` is this user's own, on this host.

        Raises JournalError with the reason and what to do.
        """
        database = PostgresDatabase(url, folder, clock, tell=tell)
        return cls(url, database, folder / REFERENCES, clock, Legible(tell))

    def __init__(
        self,
        url: str,
        database: PostgresDatabase,
        references: Path,
        clock: Clock,
        legible: Legible,
    ) -> None:
        super().__init__(database, PostgresHistory(url, legible), clock)
        self._legible = legible
        self._references = PostgresReferences(url, references)
        self.bring = self._references.bring
        self._news = PostgresNews(url)
        self.delivery = PostgresDelivery(
            self._thread, self._owner, self._rows_of, self._news, place_of(url)
        )

    async def _rows_of(self, jobs: Sequence[Job]) -> list[NewRow]:
        """Prepare new jobs for writing, their reference images first."""
        names = {one.sha256 for job in jobs for one in job.request.references if one.sha256}
        if names:
            await asyncio.to_thread(self._references.put, sorted(names))
        return await super()._rows_of(jobs)

    async def changes(self, since: int) -> tuple[list[Job], int]:
        """Return every job changed after that running number, by any process, and the newest."""
        read = partial(reads.changes, since=since, jobs_of=self._legible.jobs)
        return await self._thread.read(read)

    async def news(self, seconds: float) -> None:
        """Wait until somebody may have changed something, so many seconds at most."""
        await self._news.wait(seconds)

    async def close(self) -> None:
        """Finish what was asked, and stop being an owner."""
        await asyncio.to_thread(self._news.close)
        await super().close()
        self._references.close()
