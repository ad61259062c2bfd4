"""Rows of Procrastinate's table, taken and put away many at a time."""

import asyncio
from collections import deque
from collections.abc import Container, Iterable
from contextlib import suppress
from typing import Any

from procrastinate.connector import BaseAsyncConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job as Row
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

from tui.services.delivery.room import Room
from tui.services.journal.postgres.queues import lowest

_MOST = 100  # rows at once
_FAREWELL = 2.0  # seconds
_CLAIM = """
UPDATE procrastinate_jobs SET status = 'doing', worker_id = %(worker_id)s
WHERE id = ANY(ARRAY(
    SELECT id FROM procrastinate_jobs
    WHERE status = 'todo' AND priority >= %(lowest)s
    AND queue_name = ANY(%(queues)s::varchar[])
    AND (scheduled_at IS NULL OR scheduled_at <= now())
    ORDER BY priority DESC, id LIMIT %(most)s FOR UPDATE SKIP LOCKED
))
RETURNING id, status, task_name, priority, lock, queueing_lock, args, scheduled_at, queue_name,
    attempts, worker_id
"""
_PUT_AWAY = "DELETE FROM procrastinate_jobs WHERE id = ANY(%(ids)s)"


class Claims(JobManager):
    """Procrastinate's own manager takes one row at a time, in a transaction each: 68 a second.

    The row of a job that is `followed` is held until `let_go`: thousands that wait cost an entry
    each, and no task. What is done is put away by `put_away`, which may fail and be called again:
    the journal is the truth, and a row that comes once more finds its job done.
    """

    def __init__(self, connector: BaseAsyncConnector, room: Room, followed: Container[str]) -> None:
        super().__init__(connector)
        self._room = room
        self._followed = followed
        self._held: dict[str, int] = {}
        self._claimed: deque[Row] = deque()
        self._done: list[int] = []

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Row | None:
        """Return the next row, once there is room for its job; None when there is none."""
        if not self._claimed:
            most = min(await self._room.wait(), _MOST)
            if not most:
                return None
            names = [*(queues or ())]
            rows = await self.connector.execute_query_all_async(
                query=_CLAIM, queues=names, lowest=lowest(names), worker_id=worker_id, most=most
            )
            rows.sort(key=_order)
            self._claimed.extend(map(Row.from_row, rows))
            for row in self._claimed:
                self._room.take(str(row.queueing_lock))
        return self._claimed.popleft() if self._claimed else None

    async def finish_job(self, job: Row, status: Status, delete_job: bool) -> None:  # noqa: ARG002 - Procrastinate's signature
        """Let a row be put away once its job is followed no more.

        One that was cut short stays this worker's until it has ended.
        """
        if status is Status.ABORTED or job.id is None:
            return
        job_id = str(job.queueing_lock)
        if job_id in self._followed:
            # Of two rows of one job the older would stay for ever, and keep the job from others.
            if (before := self._held.get(job_id, job.id)) != job.id:
                self._done.append(before)
            self._held[job_id] = job.id
        else:
            self._done.append(job.id)

    def let_go(self, job_id: str) -> None:
        """Let the row of a job be put away that is followed no more."""
        if row := self._held.pop(job_id, None):
            self._done.append(row)

    async def unregister_worker(self, worker_id: int) -> None:
        """Say that this worker is gone, if the server can be told; if not, others find out."""
        with suppress(ConnectorException, TimeoutError):
            async with asyncio.timeout(_FAREWELL):
                await super().unregister_worker(worker_id)

    async def put_away(self) -> None:
        """Delete the rows that are done; raises Procrastinate's errors."""
        if not self._done:
            return
        done, self._done = self._done, []
        try:
            await self.connector.execute_query_async(query=_PUT_AWAY, ids=done)
        except BaseException:
            self._done += done
            raise


def _order(row: dict[str, Any]) -> tuple[int, int]:
    return -row["priority"], row["id"]
