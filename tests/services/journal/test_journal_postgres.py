"""What only a shared database can do to its journal: be away, be another's, be of another time."""

import asyncio
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.job import Job, State
from tui.services.journal import DiskError, JournalError, Query
from tui.services.journal.opening import open_history, open_journal

psycopg = pytest.importorskip("psycopg", reason="imagedeck[shared] is not installed")

from tui.services.journal.postgres import care  # noqa: E402 - psycopg may not be there
from tui.services.journal.postgres.connection import PostgresConnection  # noqa: E402
from tui.services.journal.postgres.dialect import inward, outward, query_of, tokens_of  # noqa: E402
from tui.services.journal.postgres.trouble import explain  # noqa: E402
from tui.services.journal.schema import SCHEMA  # noqa: E402

NewJob = Callable[..., Job]
Open = Callable[..., Any]
ACCEPTED = {"task_id": "t", "origin": "o", "poll_path": "/p", "fingerprint": "f"}


@pytest.fixture
def empty_url(database_url: str, sql: Callable[..., Any]) -> Iterator[str]:
    """The address of a database without any tables."""
    name = f"empty_{os.getpid()}"
    sql(f"CREATE DATABASE {name}")
    yield f"{database_url.rpartition('/')[0]}/{name}"
    sql(f"DROP DATABASE {name} WITH (FORCE)")


def listed(url: str) -> list[Job]:
    """Read all jobs, as a process that only reads does."""
    with closing(open_history(Path("none"), url)) as history:
        return history.list(Query())


def cut(sql: Callable[..., Any]) -> None:
    """End all sessions but this one, as a restart of the server does."""
    sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )


@given(st.text(st.characters(codec=None)) | st.integers() | st.none())
def test_every_text_comes_back_as_it_was(value: str | int | None) -> None:
    assert inward(outward([value])) == (value,)
    (there,) = outward([value])
    if isinstance(there, str):
        assert "\0" not in there
        there.encode()


def test_text_that_is_no_unicode_comes_back_and_numbers_stay_exact() -> None:
    half = "bad \udcff".encode("utf-8", "surrogatepass")
    assert inward(outward([half, True])) == ("bad \udcff", 1)


def test_words_too_many_or_too_long_for_the_index_are_left_to_the_text() -> None:
    assert tokens_of(" a b a") == ["a", "b"]
    assert tokens_of(" " + "x" * 3000) == ["x" * 500]
    assert tokens_of("".join(f" {number:0500}" for number in range(1001))) is None
    assert query_of([" a b", " 灯"]) == "'a' & 'b':* & '灯':*"
    assert query_of([" " + "x" * 3000 + " y"]) == f"'{'x' * 500}':* & 'y':*"


async def test_a_prompt_beyond_the_index_is_found_all_the_same(
    open_postgres: Open, new_job: NewJob
) -> None:
    journal = open_postgres()
    endless = " ".join(f"{number:0500}" for number in range(1001)) + " lighthouse"
    jobs = await journal.add([new_job(endless), new_job("x" * 3000 + " boat"), new_job("none")])
    found = journal.history.list
    assert found(Query(text="lighthouse")) == [jobs[0]]
    assert found(Query(text="x" * 700)) == [jobs[1]]
    assert found(Query(text="x" * 800 + "y")) == []


async def test_a_lost_session_is_made_anew_and_nobody_notices(
    open_postgres: Open, new_job: NewJob, sql: Callable[..., Any]
) -> None:
    journal = open_postgres()
    (job,) = await journal.add([new_job()])
    assert journal.history.get(job.id) == job
    cut(sql)
    attempt = await journal.intent(job)
    assert attempt
    assert await journal.sent(attempt)
    cut(sql)
    assert journal.history.get(job.id).state is State.SUBMITTING
    assert (await journal.settle(attempt, State.PENDING, **ACCEPTED)).task_id == "t"


@pytest.mark.parametrize("is_committed", [True, False])
async def test_a_commit_whose_answer_is_lost_happens_once(
    open_postgres: Open, new_job: NewJob, sql: Callable[..., Any], *, is_committed: bool
) -> None:
    journal = open_postgres()
    (job,) = await journal.add([new_job()])
    db = journal._thread._database._db
    execute, losses = db.execute, iter([True])

    def lose(statement: str, values: Any = ()) -> Any:
        if statement == "COMMIT" and next(losses, False):
            if is_committed:
                execute(statement)
            db._session.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        return execute(statement, values)

    db.execute = lose
    attempt = await journal.intent(job)
    assert attempt
    assert await journal.sent(attempt)
    assert sql("SELECT id, phase FROM attempts") == [(attempt.id, "sent")]


async def test_a_server_that_stays_away_is_told_and_nothing_is_lost(
    new_job: NewJob, database_url: str, tmp_path: Path, clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("tui.services.journal.postgres.database._PATIENCE_SECONDS", 0.3)
    told: list[str] = []
    journal = open_journal(tmp_path / "here" / "x.db", database_url, clock, tell=told.append)
    (job,) = await journal.add([new_job()])
    attempt = await journal.intent(job)
    assert await journal.sent(attempt)
    db = journal._thread._database._db
    url, db.url = db.url, "postgresql://imagedeck@127.0.0.1:1/away"
    db._session.close()
    with pytest.raises(DiskError, match="see that the server runs"):
        await journal.settle(attempt, State.PENDING, **ACCEPTED)
    assert len(told) == 1
    assert "tried again" in told[0]
    db.url = url
    await journal.close()
    # The task id lay in a file of this host meanwhile.
    again = open_journal(tmp_path / "here" / "x.db", database_url, clock, tell=told.append)
    assert again.history.get(job.id).task_id == "t"
    assert "is written down now" in told[-1]
    await again.close()


async def test_who_shows_no_life_for_a_minute_is_dead(
    open_postgres: Open, new_job: NewJob, sql: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = open_postgres(), open_postgres()
    (job,) = await first.add([new_job()])
    assert await second.orphans() == []
    sql("UPDATE owners SET beat = beat - interval '20 days' WHERE id = %s", first.owner)
    # A server that started less than a lease ago gives everybody one to show that they live.
    monkeypatch.setattr("tui.services.journal.postgres.owner.LEASE_SECONDS", 864_000.0)
    assert await second.orphans() == []
    monkeypatch.setattr(
        "tui.services.journal.postgres.owner._IS_ALIVE",
        "SELECT beat > clock_timestamp() - make_interval(secs => ?) FROM owners WHERE id = ?",
    )
    assert await second.orphans() == [job.id]
    assert (await second.take(job.id)).fence == job.fence + 1


async def test_a_heartbeat_brings_a_stopped_process_back(
    open_postgres: Open, sql: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.services.journal.postgres.owner.HEARTBEAT_SECONDS", 0.01)
    journal = open_postgres()
    sql("DELETE FROM owners")

    def is_back() -> None:
        while not sql("SELECT 1 FROM owners WHERE id = %s", journal.owner):
            continue

    await asyncio.to_thread(is_back)
    await journal.close()
    assert sql("SELECT 1 FROM owners") == []


async def test_whoever_listens_hears_of_each_change(
    open_postgres: Open, new_job: NewJob, database_url: str
) -> None:
    journal = open_postgres()
    with psycopg.connect(database_url, autocommit=True) as db:
        db.execute("LISTEN imagedeck")
        await journal.add([new_job()])
        assert [one.channel for one in db.notifies(timeout=10, stop_after=1)] == ["imagedeck"]
        await journal.changes(0)
        assert not [*db.notifies(timeout=0)]


async def test_news_of_another_host_comes_at_once(
    open_postgres: Open, new_job: NewJob, sql: Callable[..., Any]
) -> None:
    journal, other = open_postgres(), open_postgres()
    waiting = asyncio.create_task(journal.news(3600))
    listening = (
        "SELECT 1 FROM pg_stat_activity "
        "WHERE query = 'LISTEN imagedeck' AND datname = current_database()"
    )
    while not sql(listening):
        await journal.changes(0)
    await other.add([new_job()])
    await asyncio.wait_for(waiting, 60)
    # What came while nobody waited is not lost either.
    waiting = asyncio.create_task(journal.news(3600))
    await other.add([new_job()])
    await asyncio.wait_for(waiting, 60)
    # A lost session is a reason to look.
    waiting = asyncio.create_task(journal.news(3600))
    await journal.changes(0)
    cut(sql)
    await asyncio.wait_for(waiting, 60)
    await journal.news(0)


def test_an_empty_database_is_made_ready_once(empty_url: str, tmp_path: Path, clock: Any) -> None:
    for use in (
        lambda: open_journal(tmp_path / "x.db", empty_url, clock),
        lambda: listed(empty_url),
        lambda: care.status(empty_url),
        lambda: care.migrate(empty_url),
    ):
        with pytest.raises(JournalError, match="`imagedeck db init` makes them"):
            use()
    assert care.init(empty_url)[1]
    assert not care.init(empty_url)[1]
    assert care.status(empty_url).version == SCHEMA.version
    assert care.migrate(empty_url)[1:] == (SCHEMA.version, SCHEMA.version)


@pytest.mark.parametrize(
    ("version", "advice"),
    [(SCHEMA.version - 1, "run `imagedeck db migrate`"), (SCHEMA.version + 1, "newer imagedeck")],
)
def test_tables_of_another_version_are_left_alone(
    database_url: str, sql: Callable[..., Any], tmp_path: Path, clock: Any, version: int,
    advice: str,
) -> None:  # fmt: skip
    sql("UPDATE format SET version = %s", version)
    try:
        for use in (
            lambda: open_journal(tmp_path / "x.db", database_url, clock),
            lambda: listed(database_url),
            lambda: care.init(database_url),
        ):
            with pytest.raises(JournalError, match=advice):
                use()
        if version > SCHEMA.version:
            with pytest.raises(JournalError, match=advice):
                care.migrate(database_url)
    finally:
        sql("UPDATE format SET version = %s", SCHEMA.version)


def test_an_older_database_goes_the_way_of_every_version(empty_url: str) -> None:
    from tui.services.journal.postgres.connection import PostgresConnection
    from tui.services.journal.postgres.schema import prepare
    from tui.services.journal.schema import Schema

    db = PostgresConnection(empty_url)
    assert prepare(db, Schema(SCHEMA.create, SCHEMA.migrations[:2])) == 0
    db.close()
    assert care.migrate(empty_url)[1:] == (3, SCHEMA.version)


async def test_jobs_that_are_taken_together_are_read_in_one_go(
    open_postgres: Open, new_job: NewJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = open_postgres()
    jobs = await journal.add([new_job() for _ in range(20)])
    said: list[str] = []
    execute = PostgresConnection.execute

    def noted(self: PostgresConnection, sql: str, parameters: Sequence[Any] = ()) -> Any:
        said.append(sql)
        return execute(self, sql, parameters)

    monkeypatch.setattr(PostgresConnection, "execute", noted)
    busy = threading.Event()
    first = journal._thread.write(lambda _txn: busy.wait(30))
    takings = [asyncio.ensure_future(journal.take(job.id)) for job in jobs]
    await asyncio.sleep(0)  # all wait for the first by now
    busy.set()
    await first
    assert [job.fence for job in await asyncio.gather(*takings)] == [job.fence + 1 for job in jobs]
    reads = [sql for sql in said if sql.startswith("SELECT") and "FROM jobs" in sql]
    assert len(reads) == 1
    await journal.close()


async def test_nobody_s_tables_are_migrated_under_them(
    open_postgres: Open, database_url: str, sql: Callable[..., Any]
) -> None:
    journal = open_postgres()
    sql("UPDATE format SET version = version - 1")
    try:
        with pytest.raises(JournalError, match=rf"@.* \({os.getpid()}\) still work with"):
            care.migrate(database_url)
    finally:
        sql("UPDATE format SET version = %s", SCHEMA.version)
    await journal.close()


@pytest.mark.parametrize("role", ["painter", "reader"])
async def test_the_rights_in_the_documentation_are_enough(
    database_url: str, sql: Callable[..., Any], tmp_path: Path, clock: Any, new_job: NewJob,
    role: str,
) -> None:  # fmt: skip
    is_there = sql("SELECT 1 FROM pg_roles WHERE rolname = %s", role)
    sql(f"DROP OWNED BY {role}" if is_there else f"CREATE ROLE {role} LOGIN")
    page = (Path(__file__).parents[3] / "docs" / "shared.md").read_text("utf-8")
    for grant in re.findall(rf"^(?:GRANT|REVOKE) [^;]* {role};", page, re.MULTILINE):
        sql(grant)
    url = database_url.replace("imagedeck@", f"{role}@")
    assert listed(url) == []
    if role == "reader":
        with pytest.raises(JournalError, match=r"permission denied .* docs/shared.md"):
            open_journal(tmp_path / "x.db", url, clock)
        return
    journal = open_journal(tmp_path / "x.db", url, clock)
    (job,) = await journal.add([new_job()])
    attempt = await journal.intent(job)
    assert await journal.sent(attempt)
    await journal.close()
    sql("UPDATE format SET version = version - 1")
    try:
        with pytest.raises(JournalError, match=r"docs/shared\.md"):
            care.migrate(url)
    finally:
        sql("UPDATE format SET version = %s", SCHEMA.version)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("imagedeck@", "nobody:secret@"), 'role "nobody" does not exist'),
        (("/test_", "/no_such_"), r"does not exist; create it \(createdb\)"),
        (("127.0.0.1", "localhost.invalid"), "see that the server runs"),
        (("postgresql://", "postgresql://[/"), "postgresql://USER@HOST/DATABASE"),
    ],
)
def test_what_is_wrong_with_an_address_is_told_without_its_password(
    database_url: str, tmp_path: Path, clock: Any, change: tuple[str, str], told: str
) -> None:
    url = database_url.replace(*change)
    with pytest.raises(JournalError, match=told) as caught:
        open_journal(tmp_path / "x.db", url, clock)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (psycopg.errors.ReadOnlySqlTransaction("read-only"), "name the primary server"),
        (psycopg.errors.DiskFull("full"), "make room on the server"),
        (psycopg.OperationalError("x failed: FATAL:  password authentication failed"), "pgpass"),
        (psycopg.errors.DivisionByZero("division by zero"), "used: division by zero$"),
    ],
)
def test_every_trouble_has_its_remedy(error: Any, told: str) -> None:
    assert re.search(told, str(explain(error, "here/x")))


def test_a_database_that_can_not_hold_every_text_is_refused(
    empty_url: str, sql: Callable[..., Any]
) -> None:
    name = f"latin_{os.getpid()}"
    sql(f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    try:
        with pytest.raises(JournalError, match="its encoding is LATIN1"):
            care.init(f"{empty_url.rpartition('/')[0]}/{name}")
    finally:
        sql(f"DROP DATABASE {name} WITH (FORCE)")


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(JournalError, match=r"pip install 'imagedeck\[shared\]'"):
        open_history(tmp_path / "x.db", "postgresql://here/x")


async def test_a_row_that_cannot_be_read_stops_none_of_its_neighbours(
    open_postgres: Open,
    new_job: NewJob,
    sql: Callable[..., Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    journal = open_postgres()
    jobs = await journal.add([new_job() for _ in range(3)])
    sql("UPDATE jobs SET results = '[' WHERE id = %s", jobs[1].id)
    takings = [journal.take(job.id) for job in jobs]
    first, second, third = await asyncio.gather(*takings, return_exceptions=True)
    assert (first.id, third.id) == (jobs[0].id, jobs[2].id)
    assert isinstance(second, JournalError)
    assert await journal.take(jobs[0].id)  # and it goes on
    others = [jobs[2].id, jobs[0].id]
    assert [job.id for job in journal.history.list(Query())] == others
    for _ in range(2):
        changed, newest = await journal.changes(0)
        assert {job.id for job in changed} == {*others}
    assert await journal.changes(newest) == ([], newest)
    assert [jobs[1].id in line for line in caplog.messages if "left out" in line] == [True]
    assert journal.history.get(jobs[1].id) is None
