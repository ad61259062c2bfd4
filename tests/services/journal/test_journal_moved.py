"""A file whose jobs have gone elsewhere takes no word of whoever has it open still."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tui.core.job import Job, State
from tui.services.journal import moved
from tui.services.journal.protocol import DiskError
from tui.services.journal.schema import SCHEMA


async def test_who_was_suspended_meanwhile_sends_nothing(
    open_sqlite: Callable[..., Any], new_job: Callable[..., Job], database: Path
) -> None:
    journal = open_sqlite()
    ready, waits = await journal.add([new_job("about to be sent"), new_job("waits")])
    attempt = await journal.intent(ready)
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        moved.set_mark(db, database, "db:5432/deck", b"salt", SCHEMA.version)
        for act in (journal.sent(attempt), journal.intent(waits), journal.add([new_job("new")])):
            with pytest.raises(DiskError, match="have been moved to a shared database"):
                await act
        moved.take_off(db, database, SCHEMA.version)
    assert await journal.sent(attempt)
    assert (await journal.settle(attempt, State.UNKNOWN)).state is State.UNKNOWN
    await journal.close()
    await open_sqlite().close()  # the tables are what they were
