"""What a worker does besides its jobs, each thing in a loop of its own until it is cancelled."""

import asyncio
import sys
from collections.abc import Callable, Sequence

import psycopg
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status

from tui.core.staff import Need
from tui.core.text import one_line
from tui.services.clock import Clock
from tui.services.delivery.claims import Claims
from tui.services.engine.gate import Gate
from tui.services.engine.runner import Runner
from tui.services.journal.owner import LEASE_SECONDS
from tui.services.journal.postgres import queues, staff
from tui.services.journal.postgres.connection import PostgresConnection

_SWEEP, _RECONCILE, _BUSY = 30.0, 60.0, 5.0  # seconds between two times
_HEED, _TEND = 2.0, 1.0
_FIRST_HOLD, _LONGEST_HOLD = 300.0, 3600.0

Tell = Callable[[str, str], None]


async def sweep(claims: Claims, tell: Tell) -> None:
    """Let rows be taken again whose worker is gone."""
    while True:
        stalled = [
            *await claims.get_stalled_jobs(
                task_name=queues.TASK, seconds_since_heartbeat=queues.WORKER_SECONDS
            )
        ]
        for row in stalled:
            try:
                await claims.retry_job(row)
            except UniqueViolation:  # it lies in a queue already
                await claims.finish_job(row, Status.SUCCEEDED, delete_job=True)
            except ConnectorException as problem:
                if not isinstance(problem.__cause__, psycopg.errors.RaiseException):
                    raise
                # Another worker has swept it meanwhile.
        if stalled:
            tell("swept", f"{len(stalled)} rows of workers that are gone")
        await asyncio.sleep(_SWEEP)


async def reconcile(url: str, tell: Tell) -> None:
    """Deliver what nobody has, and what lies in no queue."""
    while True:
        number = await asyncio.to_thread(_deliver_left, url)
        if number:
            tell("delivered", f"{number} jobs that nobody had")
        await asyncio.sleep(_BUSY if number is None else _RECONCILE)


async def heed(url: str, owner: str, runner: Runner, meets: Sequence[Need]) -> None:
    """Follow no job any more that was dropped, left or taken elsewhere.

    Meanwhile others see which needs this worker `meets`.
    """
    db = await asyncio.to_thread(PostgresConnection, url)
    try:
        await asyncio.to_thread(staff.sign_on, db, meets)
        _all, since = await asyncio.to_thread(queues.lost, db, owner, sys.maxsize)
        while True:
            await asyncio.sleep(_HEED)
            found, since = await asyncio.to_thread(queues.lost, db, owner, since)
            for job_id, fence in found:
                runner.lose(job_id, fence)
    finally:
        db.close()


async def tend(gate: Gate, clock: Clock, tell: Tell) -> None:
    """Try again now and then where nobody can be asked: a refused key, a budget that is used up."""
    pause = _FIRST_HOLD
    while True:
        await clock.sleep(_TEND)
        hold = gate.hold
        if hold is None or hold.job is None or hold.until < float("inf"):
            pause = _FIRST_HOLD if hold is None and gate.is_wide else pause
            continue
        reason = hold.job.error.message if hold.job.error else ""
        tell("held", f"nothing is sent for {pause:.0f} s: {one_line(reason, 200)}")
        await clock.sleep(pause)
        pause = min(2 * pause, _LONGEST_HOLD)
        gate.end_hold()


def _deliver_left(url: str) -> int | None:
    db = PostgresConnection(url)
    try:
        return queues.deliver_left(db, LEASE_SECONDS)
    finally:
        db.close()
