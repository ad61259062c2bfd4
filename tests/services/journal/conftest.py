"""Journals, jobs and a clock that stands still."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import tui
from tui.core.job import Job, State, new_job_id
from tui.core.request import Request
from tui.services.journal import SqliteJournal
from tui.services.journal.stored import StoredJournal

POSTGRES = "IMAGEDECK_TEST_DATABASE_URL"
OpenJournal = Callable[..., StoredJournal]
_NUMBERS = count(1)


class StandingClock:
    """A clock that a test sets."""

    time = 1_800_000_000.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += seconds

    def call_later(self, seconds: float, act: Callable[[], None]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(seconds, act)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def new_job() -> Callable[..., Job]:
    """Make a job that no journal knows, `new_job("a prompt", state=…, values={…})`."""

    def make(prompt: str = "a lighthouse", **facts: Any) -> Job:
        values = {"prompt": prompt, **facts.pop("values", {})}
        model = facts.pop("model", "gpt-image-2")
        defaults: dict[str, Any] = {
            "id": new_job_id(1_800_000_000_000 + next(_NUMBERS), os.urandom(10)),
            "state": State.QUEUED,
            "created": 1_800_000_000.0,
            "updated": 1_800_000_000.0,
            "folder": "/pictures",
            "template": "{id}-{index}",
        }
        request = Request(model=model, values=values)
        return Job(request=request, **{**defaults, **facts})

    return make


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "imagedeck" / "imagedeck.db"


@pytest.fixture
async def open_sqlite(database: Path, clock: StandingClock) -> AsyncIterator[OpenJournal]:
    """Open the journal on SQLite, each time as another owner, as another process would."""
    opened: list[SqliteJournal] = []

    def open_one(**options: Any) -> SqliteJournal:
        opened.append(SqliteJournal.open(database, clock, **options))
        return opened[-1]

    yield open_one
    for one in opened:
        await one.close()


@pytest.fixture
async def open_postgres(
    database_url: str, tmp_path: Path, clock: StandingClock
) -> AsyncIterator[OpenJournal]:
    """Open the journal on PostgreSQL, each time as another owner, as another host would."""
    from tui.services.journal.postgres.journal import PostgresJournal

    opened: list[PostgresJournal] = []

    def open_one() -> PostgresJournal:
        opened.append(PostgresJournal.open(database_url, tmp_path / "imagedeck", clock))
        return opened[-1]

    yield open_one
    for one in opened:
        await one.close()


# What every journal promises is tested with each of them; without a server with SQLite alone.
@pytest.fixture(params=["sqlite", *(["postgres"] if POSTGRES in os.environ else [])])
def which(request: pytest.FixtureRequest) -> str:
    """Name the database."""
    return str(request.param)


@pytest.fixture
def open_journal(which: str, request: pytest.FixtureRequest) -> OpenJournal:
    opener: OpenJournal = request.getfixturevalue(f"open_{which}")
    return opener


@pytest.fixture
def address(which: str, database: Path, request: pytest.FixtureRequest) -> tuple[str, str]:
    """The file and the address of the database that `open_journal` opens, for other processes."""
    url = request.getfixturevalue("database_url") if which == "postgres" else ""
    return str(database), url


@pytest.fixture
def child() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Run Python code in a process of its own; its arguments follow."""
    running: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", code, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(tui.__file__).parents[1])},
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def sql(database_url: str) -> Iterator[Callable[..., Any]]:
    """Say something to the server besides the journal; returns the rows."""
    import psycopg

    with psycopg.connect(database_url, autocommit=True) as db:
        db.execute("SET search_path = imagedeck")

        def say(statement: str, *values: Any) -> Any:
            cursor = db.execute(statement, values)
            return cursor.fetchall() if cursor.description else None

        yield say
