"""What is asked of the stored jobs, whichever database keeps them."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tui.core.budget import Spent
from tui.core.job import Job, State
from tui.core.matching import holds
from tui.core.price import dollars
from tui.core.staff import Need, Staff
from tui.core.stats import Entry
from tui.services.journal.listing import is_said
from tui.services.journal.protocol import Query
from tui.services.journal.rows import SELECT_JOBS, Row, job_of
from tui.services.journal.spending import LEDGER, SPENT, days_of, entry_of, today
from tui.services.journal.traffic import IN_FLIGHT, by_model, in_flight_at

_MOST_FOUND = 10
_PAGE = 1000


class StoredHistory:
    """Reading of one database; how it is reached is the subclass's."""

    def close(self) -> None:
        """Close the database."""
        raise NotImplementedError

    def _rows(self, statement: str, values: Sequence[Any]) -> Sequence[Any]:
        """Return the rows of a statement; raises JournalError when they can't be read."""
        raise NotImplementedError

    def _newest(self, query: Query) -> Sequence[Row]:
        """Return the rows of SELECT_JOBS asked for, newest first."""
        raise NotImplementedError

    def _jobs(self, rows: Sequence[Row]) -> tuple[Job, ...]:
        return tuple(map(job_of, rows))

    def get(self, job_id: str) -> Job | None:
        """Return the job with exactly this id."""
        found = self._jobs(self._rows(f"{SELECT_JOBS} WHERE id = ?", [job_id]))
        return found[0] if found else None

    def find(self, suffix: str) -> list[Job]:
        """Return the jobs whose id ends so, newest first, at most ten."""
        if not (suffix.isascii() and suffix.isalnum()):  # bytes that are no text come here too
            return []
        # Ids grow with time, so their index alone is read, from its end.
        newest = (
            "SELECT id FROM jobs WHERE substr(id, length(id) - ? + 1) = ? ORDER BY id DESC LIMIT ?"
        )
        rows = self._rows(
            f"{SELECT_JOBS} WHERE id IN ({newest}) ORDER BY id DESC",
            [len(suffix), suffix.lower(), _MOST_FOUND],
        )
        return [*self._jobs(rows)]

    def durations(self, model: str, kind: str, limit: int = 50) -> list[float]:
        """Return how long (seconds) the newest saved jobs of a model and kind were processing."""
        rows = self._rows(
            "SELECT finished - coalesce(started, submitted) FROM jobs "
            "WHERE state = 'saved' AND model = ? AND kind = ? "
            "AND finished >= coalesce(started, submitted) ORDER BY finished DESC LIMIT ?",
            [model, kind, limit],
        )
        return [float(seconds) for (seconds,) in rows]

    def list(self, query: Query) -> "list[Job]":
        """Return the jobs asked for, newest first."""
        known = query.known
        if known is None or is_said(query):
            return [*self._page(query)]
        found: list[Job] = []
        most = sys.maxsize if query.limit is None else query.limit
        rest = replace(query, limit=_PAGE)
        # Pages, so that no other reader waits long.
        while len(found) < most and (page := self._page(rest)):
            found += [job for job in page if holds(query.search, job, known)]
            rest = replace(rest, before=page[-1].id)
        return found[:most]

    def _page(self, query: Query) -> Sequence[Job]:
        return self._jobs(self._newest(query))

    def salt(self) -> bytes:
        """Return what the fingerprints of keys are salted with."""
        return bytes(self._rows("SELECT salt FROM journal", [])[0][0])

    def unfinished(self) -> Mapping[State, int]:
        """Count the unfinished jobs of everybody, by state."""
        rows = self._rows("SELECT state, count(*) FROM jobs WHERE live = 1 GROUP BY state", ())
        return {State(state): int(number) for state, number in rows}

    def in_flight(self, origin: str, now: float) -> Mapping[str, int]:
        """Count the jobs that a gateway works on, by model."""
        return by_model(self._rows(IN_FLIGHT, in_flight_at(origin, now)))

    def staff(self, needs: Iterable[Need]) -> Staff:  # noqa: ARG002 - the shared database's has some
        """Return how many workers are alive, and which of these needs none of them meets."""
        return Staff()

    def spent(self, now: float) -> Spent:
        """Return what this day and month have cost up to now (Unix seconds)."""
        sums = [self._rows(SPENT, days) for days in days_of(today(now))]
        day, month = (dollars(rows[0][0] if rows else 0) for rows in sums)
        return Spent(day=day, month=month)

    def ledger(self, since: float, keys: Sequence[str]) -> Iterator[Entry]:
        """Return what jobs made since then cost, by `day`, `model`, `batch` or `owner`."""
        rows = self._rows(LEDGER, [since])
        return (entry_of(row, keys) for row in rows)

    def holders(self, group: str, rows: Sequence[str]) -> dict[str, Job]:
        """Return the jobs that hold these rows of a batch, by row; at most 500 are asked for."""
        if not rows:
            return {}
        marks = ", ".join("?" for _ in rows)
        statement = f'{SELECT_JOBS} WHERE "group" = ? AND "row" IN ({marks})'
        return {str(job.row): job for job in self._jobs(self._rows(statement, [group, *rows]))}
