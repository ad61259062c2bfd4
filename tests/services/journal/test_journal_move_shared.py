"""All jobs of a file move into a shared database, and nothing is worked on in both."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from tui.core.job import Job, State
from tui.core.request import Reference, Request
from tui.services.journal import JournalError, Query, SqliteHistory, SqliteJournal
from tui.services.journal.opening import open_history

psycopg = pytest.importorskip("psycopg", reason="imagedeck[shared] is not installed")

from tui.services.journal import leaving  # noqa: E402 - psycopg may not be there
from tui.services.journal.moving import Moving, Progress  # noqa: E402

NewJob = Callable[..., Job]
Open = Callable[..., Any]
ACCEPTED = {"task_id": "t", "origin": "o", "poll_path": "/p", "fingerprint": "here"}


@pytest.fixture
def move(database: Path, database_url: str) -> Callable[..., Progress]:
    """Move the file's jobs, or only the first `steps` pages of them."""

    def go(*, steps: int = 10**6, again: bool = False, dry_run: bool = False) -> Progress:
        told: list[str] = []
        with Moving(database, database_url, told.append) as moving:
            running = moving.run(_change, again=again, dry_run=dry_run)
            *_before, done = islice(running, steps)
            return done

    return go


def _change(job: Any) -> dict[str, Any]:
    return {"fingerprint": job["fingerprint"] and "there"}


def listed(url: str) -> list[Job]:
    with closing(open_history(Path("none"), url)) as history:
        return history.list(Query(deleted=True))


def plain(jobs: list[Job]) -> list[Job]:
    """Return jobs without what is each database's own."""
    return [replace(job, change=0, owner=None, fingerprint=None) for job in jobs]


def reference(folder: Path) -> str:
    """Keep a reference image, as the program does; return its name."""
    folder.mkdir(exist_ok=True)
    name = sha256(b"a picture").hexdigest()
    (folder / name).write_bytes(b"a picture")
    return name


async def filled(journal: SqliteJournal, new_job: NewJob, refs: Path) -> list[Job]:
    """Fill a journal with jobs in every stage; return them, the newest first."""
    name = reference(refs)
    request = Request(
        model="seedream-5-0-lite-260128",
        values={"prompt": "calmer 灯塔"},
        references=(Reference(name="sea.png", sha256=name), Reference(name="u", url="https://x/y")),
    )
    jobs = await journal.add(
        [
            new_job("saved", price=Decimal("0.04")),
            new_job("refused", price=Decimal("0.02")),
            new_job("never known", price=Decimal("0.04")),
            new_job("under way \0 \udcff", price=Decimal("0.04")),
            new_job("half sent"),
            replace(new_job(), request=request, group="boats-1", row="r1"),
        ]
    )
    ends = [
        (State.PENDING, ACCEPTED),
        (State.FAILED, {}),
        (State.UNKNOWN, {}),
        (State.PENDING, ACCEPTED),
    ]
    for job, (state, facts) in zip(jobs, ends, strict=False):
        attempt = await journal.intent(job)
        assert await journal.sent(attempt)
        await journal.settle(attempt, state, **facts)
    going = await journal.to(journal.history.get(jobs[0].id), State.DOWNLOADING)
    await journal.to(going, State.SAVED, finished=1_800_000_009.0)
    await journal.annotate([jobs[0].id], tags=("sea", "blue"), rating=5, note="the one")
    await journal.vote({jobs[0].id: "won"})
    assert await journal.sent(await journal.intent(jobs[4]))
    await journal.pauses.begin("boats-1")
    found = journal.history.list(Query(deleted=True))
    await journal.close()
    return found


async def test_everything_is_there_as_it_was(
    open_sqlite: Open, open_postgres: Open, new_job: NewJob, move: Any, database: Path,
    database_url: str, clock: Any,
) -> None:  # fmt: skip
    journal = open_sqlite()
    spent = journal.history.spent
    jobs = await filled(journal, new_job, database.parent / "refs")
    cost = spent(clock.now()).day
    done = move(dry_run=True)
    assert (done.moved, done.there, listed(database_url)) == (6, 0, [])
    done = move()
    assert (done.moved, done.there, done.counts.unfinished, done.counts.unsent) == (6, 0, 3, 1)
    assert (done.references, done.reference_bytes, done.pauses) == (1, 9, ("boats-1",))
    assert plain(listed(database_url)) == plain(jobs)
    assert {job.fingerprint for job in listed(database_url)} == {None, "there"}
    # The very same once more changes nothing.
    done = move()
    assert (done.moved, done.there, done.held) == (0, 6, 0)
    there = open_postgres()
    assert there.history.spent(clock.now()).day == cost == Decimal("0.12")
    assert await there.pauses.all() == {"boats-1"}
    assert there.history.list(Query(text="灯塔"))[0].row == "r1"
    # Others hear of what is unfinished or to be resolved, not of history.
    news, _newest = await there.changes(0)
    assert {job.prompt for job in news} == {
        "never known", "under way \0 \udcff", "half sent", "calmer 灯塔"
    }  # fmt: skip
    assert len(await there.orphans()) == 3
    (half,) = there.history.list(Query(text="half sent"))
    assert (await there.take(half.id)).state is State.UNKNOWN
    (waits,) = there.history.list(Query(text="calmer"))
    name = waits.request.references[0].sha256
    copy = database.parent / "refs" / name
    copy.unlink()
    there.bring(name)
    assert copy.exists()


async def test_the_file_says_where_its_jobs_are_and_nobody_works_with_it(
    open_sqlite: Open, new_job: NewJob, move: Any, database: Path
) -> None:
    journal = open_sqlite()
    await journal.add([new_job()])
    with pytest.raises(JournalError, match="Another imagedeck works with"):
        move()
    await journal.add([new_job()])
    await journal.close()
    move()
    with pytest.raises(JournalError, match=r"moved to the shared database 127\.0\.0\.1:\d+/test"):
        open_sqlite()
    with closing(SqliteHistory(database)) as history, pytest.raises(JournalError, match="moved to"):
        history.list(Query())
    with closing(sqlite3.connect(database)) as db:
        # Which a program of before takes for the format of a newer one.
        assert db.execute("PRAGMA user_version").fetchone() == (999,)
    # Nor does it come to life again when it is damaged.
    with database.open("r+b") as file:
        file.write(b"\0" * 4096)
    with pytest.raises(JournalError, match="moved to"):
        open_sqlite()


async def test_what_is_cut_short_goes_on_where_it_was(
    open_sqlite: Open, open_postgres: Open, new_job: NewJob, move: Any, database: Path,
    database_url: str, clock: Any, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(leaving, "PAGE", 2)
    jobs = await filled(open_sqlite(), new_job, database.parent / "refs")
    assert move(steps=2).moved == 4
    with pytest.raises(JournalError, match="cut short; `imagedeck migrate"):
        open_sqlite()
    # What came already may be worked on meanwhile.
    there = open_postgres()
    taken = await there.take(jobs[0].id)
    await there.to(taken, State.DROPPED)
    done = move()
    assert (done.moved, done.there) == (2, 4)
    assert [job.id for job in listed(database_url)] == [job.id for job in jobs]
    assert there.history.get(jobs[0].id).state is State.DROPPED
    assert there.history.spent(clock.now()).day == Decimal("0.12")


async def test_history_comes_below_what_is_there_and_a_row_that_is_taken_stays_taken(
    open_sqlite: Open, open_postgres: Open, new_job: NewJob, move: Any, database_url: str
) -> None:
    there, here = open_postgres(), open_sqlite()
    (known,) = await there.add([new_job("there", group="g", row="1")])
    moved = await here.add(
        [new_job("older", group="g", row="1"), new_job("newer", group="g", row="2")]
    )
    await here.close()
    assert move().moved == 2
    found = listed(database_url)
    assert [job.id for job in found] == [known.id, moved[1].id, moved[0].id]
    assert [job.row for job in found] == ["1", "2", None]


async def test_into_another_database_only_when_a_person_says_so(
    open_sqlite: Open, new_job: NewJob, move: Any, sql: Any
) -> None:
    here = open_sqlite()
    saved = replace(new_job("over"), state=State.SAVED)
    await here.add([saved, new_job("waits")])
    await here.close()
    move()
    # As after a restore of an older dump: what waits may have been sent since.
    sql("TRUNCATE jobs, requests, attempts")
    done = move()
    assert (done.moved, done.held) == (1, 1)
    (salt,) = sql("SELECT salt FROM journal")[0]
    sql("UPDATE journal SET salt = decode('00', 'hex')")
    try:
        with pytest.raises(JournalError, match="--again moves them once more"):
            move()
        done = move(again=True)
        assert (done.moved, done.there, done.held) == (1, 1, 0)
    finally:
        sql("UPDATE journal SET salt = %s", salt)


async def test_it_is_taken_back_as_long_as_nothing_unfinished_has_arrived(
    open_sqlite: Open, new_job: NewJob, move: Any, database: Path, database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(leaving, "PAGE", 1)
    here = open_sqlite()
    await here.add([new_job("waits"), replace(new_job("over"), state=State.SAVED)])
    await here.close()

    def undo() -> None:
        with Moving(database, database_url, lambda _said: None) as moving:
            moving.undo()

    with pytest.raises(JournalError, match="have not been moved"):
        undo()
    move(steps=1)
    undo()
    here = open_sqlite()
    assert {job.prompt for job in here.history.list(Query())} == {"waits", "over"}
    await here.close()
    done = move()
    assert (done.moved, done.there) == (1, 1)
    with pytest.raises(JournalError, match=r"1 job that is unfinished in .* goes on there"):
        undo()
    with pytest.raises(JournalError, match="moved to"):
        open_sqlite()


def test_without_a_file_there_is_nothing_to_move(move: Any, database: Path) -> None:
    with pytest.raises(JournalError, match="no jobs to move"):
        move()
    assert not database.exists()
