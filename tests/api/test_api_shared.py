"""A program on a shared database, where other hosts may take its jobs over."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.api import Deck, State
from tui.services.clock import SystemClock

SMALL = {"size": "64x64", "quality": "low"}


async def test_a_job_that_another_host_took_over_is_followed_there(
    at_gateway: Callable[..., Any], database_url: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    import psycopg

    from tui.services.journal.postgres.journal import PostgresJournal

    gateway = at_gateway("poll:status=thinking")
    monkeypatch.setenv("IMAGEDECK_DATABASE_URL", database_url)
    async with Deck() as deck:
        run = deck.generate("gpt", "a boat", **SMALL)
        (sent,) = await run.sent()
        # As if this host had been stopped for a minute.
        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as db:
            await db.execute("DELETE FROM imagedeck.owners")
        other = PostgresJournal.open(database_url, tmp_path / "other", SystemClock())
        taken = await other.take(sent.id)
        assert taken
        gateway.play()
        await other.to(await other.to(taken, State.DOWNLOADING), State.SAVED)
        (job,) = await run
        await other.close()
    assert (job.id, job.state) == (sent.id, State.SAVED)
    assert len(gateway.ledger().accepted) == 1


async def test_a_program_leaves_its_jobs_to_workers(
    at_gateway: Callable[..., Any], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = at_gateway()
    monkeypatch.setenv("IMAGEDECK_DATABASE_URL", database_url)
    command = [sys.executable, "-P", "-m", "tui", "worker"]
    worker = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    monkeypatch.setenv("IMAGEDECK_RUN", "workers")
    try:
        async with Deck() as deck:
            made = [job async for job in deck.generate("gpt", "a boat", count=3, **SMALL)]
    finally:
        worker.terminate()
        await worker.wait()
    assert [job.state for job in made] == [State.SAVED] * 3
    assert len(gateway.ledger().accepted) == 3
