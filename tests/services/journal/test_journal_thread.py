"""The thread that writes, when something goes wrong in it or around it."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tui.core.job import Job, State
from tui.services.journal import (
    DiskError,
    JournalError,
    SqliteHistory,
    SqliteJournal,
)
from tui.services.journal.rows import facts_of
from tui.services.journal.storage import connect

Open = Callable[..., Any]
NewJob = Callable[..., Job]


async def keep_busy(journal: Any) -> tuple["asyncio.Future[None]", threading.Event]:
    """Let the journal's thread wait for the event, so that a batch can gather behind it."""
    inside, go_on = threading.Event(), threading.Event()

    def wait(_: object) -> None:
        inside.set()
        go_on.wait(10)

    waiting = journal._thread.read(wait)
    await asyncio.to_thread(inside.wait, 10)
    return waiting, go_on


async def test_a_version_that_is_not_there_is_never_written(
    open_sqlite: Open, new_job: NewJob
) -> None:
    journal = open_sqlite()
    (job,) = await journal.add([new_job()])
    with pytest.raises(JournalError, match="not what the journal holds"):
        await journal._thread.write(
            lambda txn: txn.update(replace(job, change=-1), State.DROPPED, facts_of({}))
        )
    assert journal.history.get(job.id) == job


async def test_a_broken_statement_fails_its_reader_only(open_sqlite: Open) -> None:
    journal = open_sqlite()
    with pytest.raises(DiskError, match="no such table"):
        await journal._thread.read(lambda db: db.execute("SELECT 1 FROM nowhere"))
    assert await journal.orphans() == []


async def test_closing_finishes_what_waits(
    open_sqlite: Open, new_job: NewJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = open_sqlite()
    _, go_on = await keep_busy(journal)
    asked = [asyncio.create_task(journal.add([new_job()])) for _ in range(5)]
    await asyncio.sleep(0)
    join = journal._thread._thread.join

    def go_on_and_join() -> None:
        go_on.set()
        join()

    monkeypatch.setattr(journal._thread._thread, "join", go_on_and_join)
    await journal.close()
    assert [len(await one) for one in asked] == [1] * 5


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_nobody_waits_for_ever_after_a_fault_of_ours(
    open_sqlite: Open, new_job: NewJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = open_sqlite()

    def fault(_: object) -> None:
        raise ZeroDivisionError

    first, go_on = await keep_busy(journal)
    monkeypatch.setattr("tui.services.journal.thread._MOST_AT_ONCE", 2)
    asked = [journal._thread.write(fault), *(journal._thread.read(fault) for _ in range(3))]
    go_on.set()
    await first
    for one in asked:
        with pytest.raises(JournalError, match=r"stopped|closed"):
            await one
    with pytest.raises(JournalError, match="closed"):
        await journal.add([new_job()])


def test_answers_for_a_closed_loop_are_dropped(database: Path, clock: Any, new_job: NewJob) -> None:
    journal = SqliteJournal.open(database, clock)
    job = new_job()

    async def leave() -> None:
        asyncio.create_task(journal.add([job])).add_done_callback(lambda _: None)
        await asyncio.sleep(0)

    with closing(connect(database)) as other:
        other.execute("BEGIN IMMEDIATE")
        asyncio.run(leave())

    async def close() -> None:
        await journal.changes(0)
        await journal.close()

    asyncio.run(close())
    history = SqliteHistory(database)
    assert history.get(job.id)
    history.close()
