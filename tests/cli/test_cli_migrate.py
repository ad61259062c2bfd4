"""`imagedeck migrate`: a user's jobs go to a shared database, and go on there."""

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image

from tui.core.job import Job, State, new_job_id
from tui.core.request import Request
from tui.services.clock import SystemClock
from tui.services.journal import Query, SqliteJournal
from tui.services.journal.opening import open_history

Run = Callable[..., Any]


def file_of(home: Path) -> Path:
    return home / ".local/share/imagedeck/imagedeck.db"


def test_shared_jobs_go_on_where_they_went_and_none_is_sent_twice(
    deck: Run, at_gateway: Run, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = at_gateway()
    assert deck("generate", "gpt", "over").code == 0
    gateway.play("poll:status=thinking")
    assert deck("generate", "gpt", "under way", "--no-wait").code == 0
    gateway.play()
    Image.new("RGB", (512, 512), "navy").save("sea.png")
    deck("pause")
    waits = deck("generate", "seedream", "waits", "--image", "sea.png", "--timeout", "1s")
    assert waits.code == 8
    dry = deck("migrate", "--to", database_url, "--dry-run").out
    assert "3 jobs would be moved to 127.0.0.1:" in dry
    assert "Unfinished: 2, of them not yet sent: 1." in dry
    ran = deck("migrate", "--to", database_url)
    assert ran.code == 0
    assert "3 jobs have been moved to 127.0.0.1:" in ran.out
    assert "Reference images with them: 1" in ran.out
    assert "is paused there, too, for all: everything" in ran.out
    assert "is used no more" in ran.err
    # Without the address nothing is listed, and nothing sent once more.
    for command in (["jobs"], ["resume"], ["generate", "gpt", "new"]):
        ran = deck(*command)
        assert ran.code == 6
        assert "have been moved to the shared database 127.0.0.1:" in ran.err
    assert "FIX  database        the jobs have been moved to 127.0.0.1:" in deck("doctor").out
    monkeypatch.setenv("PGUSER", urlsplit(database_url).username or "")
    refused = deck("migrate", "--undo")  # the file knows where they are
    monkeypatch.setenv("IMAGEDECK_DATABASE_URL", database_url)
    assert (refused.code, "2 jobs that are unfinished in" in refused.err) == (6, True)
    again = deck("migrate", "--json").objects[-1]
    assert (again["moved"], again["there"], again["dry_run"]) == (0, 3, False)
    assert len(deck("jobs", "--search", "owner:me", "--json").objects) == 3
    deck("pause", "--off")
    monkeypatch.setenv("IMAGEDECK_API_KEY", "of-somebody-else")
    assert deck("resume").code == 3
    assert len(gateway.ledger().accepted) == 2
    monkeypatch.setenv("IMAGEDECK_API_KEY", "a-key-for-tests-only")
    assert deck("resume", "--json").code == 0
    assert [one["state"] for one in deck("jobs", "--json").objects] == ["saved"] * 3
    assert len(gateway.ledger().accepted) == 3


@pytest.mark.parametrize("is_here", [True, False])
def test_shared_jobs_keep_to_the_key_they_were_paid_with(
    deck: Run, at_gateway: Run, database_url: str, monkeypatch: pytest.MonkeyPatch, *, is_here: bool
) -> None:
    gateway = at_gateway("poll:status=thinking")
    assert deck("generate", "gpt", "under way", "--no-wait").code == 0
    gateway.play()
    own, other = "a-key-for-tests-only", "another-key"
    monkeypatch.setenv("IMAGEDECK_API_KEY", own if is_here else other)
    assert deck("migrate", "--to", database_url).code == 0
    monkeypatch.setenv("IMAGEDECK_DATABASE_URL", database_url)
    monkeypatch.setenv("IMAGEDECK_API_KEY", other)
    ran = deck("resume")
    assert ran.code == 3
    assert "waits for another key" in ran.err
    monkeypatch.setenv("IMAGEDECK_API_KEY", own)
    assert deck("resume").code == 0


def test_shared_a_database_that_is_gone_gives_the_file_back(
    deck: Run, home: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(_fill(file_of(home), 1))
    monkeypatch.delenv("IMAGEDECK_API_KEY", raising=False)
    refused = deck("migrate", "--to", database_url)
    assert (refused.code, "anybody's would pay for them" in refused.err) == (2, True)
    monkeypatch.setenv("IMAGEDECK_API_KEY", "a-key-for-tests-only")
    assert deck("migrate", "--to", database_url).code == 0
    assert deck("migrate", "--undo", "--to", "postgresql://me@127.0.0.1:1/gone").code == 6
    ran = deck("migrate", "--undo", "--again")
    assert (ran.code, "is used again where no shared database is named" in ran.out) == (0, True)
    assert len(deck("jobs", "--json").objects) == 1


def test_shared_images_to_come_go_into_the_bucket_and_others_stay(
    deck: Run, at_gateway: Run, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_gateway()
    monkeypatch.setenv("IMAGEDECK_DATABASE_URL", "")
    assert deck("generate", "gpt", "over").code == 0
    deck("pause")
    assert deck("generate", "gpt", "waits", "--timeout", "1s").code == 8
    bucket = ("--output-dir", "s3://pictures/team")
    assert deck("migrate", "--to", database_url, *bucket).code == 0
    monkeypatch.setenv("IMAGEDECK_DATABASE_URL", database_url)
    with closing(open_history(Path("none"), database_url)) as history:
        jobs = {job.prompt: job for job in history.list(Query())}
    assert jobs["waits"].folder == "s3://pictures/team"
    assert jobs["over"].folder.endswith("Pictures/imagedeck")
    assert jobs["waits"].key  # nobody else's may pay


def test_shared_what_waits_is_sent_once_however_often_the_move_is_cut_short(
    deck: Run, start_process: Run, at_gateway: Run, home: Path, database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    import psycopg

    gateway = at_gateway()
    waits = 12
    # The newest go first, so some that wait arrive before a kill and some after it.
    for state, number in (
        (State.QUEUED, waits // 2),
        (State.SAVED, 2500),
        (State.QUEUED, waits // 2),
    ):
        asyncio.run(_fill(file_of(home), number, state, gateway=gateway.url))
    with psycopg.connect(database_url, autocommit=True) as db:

        def count() -> int:
            ((found,),) = db.execute("SELECT count(*) FROM imagedeck.jobs").fetchall()
            return int(found)

        for _kill in range(2):
            before = count()
            process = start_process("migrate", "--to", database_url)
            while count() == before and process.poll() is None:
                time.sleep(0.005)
            process.kill()
            process.wait()
            assert deck("resume").code == 6  # neither here
            with monkeypatch.context() as there:
                there.setenv("IMAGEDECK_DATABASE_URL", database_url)
                assert deck("resume").code == 0
    monkeypatch.setenv("IMAGEDECK_DATABASE_URL", database_url)
    assert deck("migrate").code == 0
    assert deck("resume").code == 0
    assert len(gateway.ledger().accepted) == waits
    assert deck("db", "status", "--json").objects[0]["states"] == {"saved": 2500 + waits}


async def _fill(
    file: Path, number: int, state: State = State.QUEUED, gateway: str | None = None
) -> None:
    journal = SqliteJournal.open(file, SystemClock(), full_text=False)
    jobs = [
        Job(
            id=new_job_id(1_800_000_000_000 + at, os.urandom(10)),
            request=Request(model="gpt-image-2", values={"prompt": f"a lighthouse {at}"}),
            state=state,
            gateway=gateway,
            created=1_800_000_000.0 + at,
            updated=1_800_000_000.0 + at,
            folder=str(file.parent / "pictures"),
            template="{id}",
        )
        for at in range(number)
    ]
    await journal.add(jobs)
    await journal.close()


def test_it_says_what_it_needs(deck: Run, home: Path) -> None:
    ran = deck("migrate")
    assert (ran.code, "Say where to: --to postgresql://" in ran.err) == (2, True)
    assert "leave --demo out" in deck("migrate", "--demo", "--to", "postgresql://x/y").err
    ran = deck("migrate", "--to", "mysql://here/x")
    assert ran.code == 2
    assert "--to: must be an address such as postgresql://" in ran.err
    ran = deck("migrate", "--to", "postgresql://me:secret@127.0.0.1:1/x")
    assert ran.code == 6
    assert "~/.pgpass" in ran.err
    assert "secret" not in ran.err
    assert not file_of(home).exists()
