"""The whole app on a shared database, with jobs of somebody else in it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.core.job import Job, State
from tui.services.clock import SystemClock

OpenAt = Callable[..., Any]
Gateways = Callable[..., Any]
MakeJob = Callable[..., Job]


@pytest.fixture
async def hers(
    database_url: str, tmp_path: Path, make_job: MakeJob, http_gateway: Gateways
) -> tuple[Any, list[Job]]:
    """A gateway, and an unsent and a saved job of alice's, who has gone home."""
    from tui.services.journal.postgres.journal import PostgresJournal

    gateway = http_gateway()
    journal = PostgresJournal.open(database_url, tmp_path / "hers", SystemClock())
    jobs = await journal.add(
        [
            make_job(1, State.SAVED, "a red boat", submitter="alice"),
            make_job(2, prompt="a lighthouse", submitter="alice", gateway=gateway.url, key="any"),
        ]
    )
    await journal.release(jobs)
    await journal.close()
    return gateway, jobs


async def test_jobs_of_others_are_shown_and_touched_after_a_question_only(
    hers: tuple[Any, list[Job]],
    open_at: OpenAt,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gateway, _jobs = hers
    monkeypatch.setenv("IMAGEDECK_DATABASE_URL", database_url)
    monkeypatch.setenv("IMAGEDECK_USER", "bob")
    async with open_at(gateway) as person:
        await person.until_ready()
        await person.until_states("queued", "saved")
        assert "never sent" not in person.sees  # asking whether to send them is for alice
        await person.go_to("#jobs")
        await person.press("x")
        await person.until_sees("This job was added by alice", "Do it all the same (y)")
        await person.press("n")
        await person.press("end", "D")
        await person.until_sees("This job was added by alice")
        await person.press("escape", "home", "x")
        await person.until_sees("This job was added by alice")
        assert person.states == ["queued", "saved"]
        await person.press("y")
        await person.until_states("dropped", "saved")
        await person.send("a windmill")
        await person.until_states("dropped", "saved", "saved")
        await person.until_sees("Owner")
        await person.press("escape")
        await person.go_to("#jobs")
        await person.press("slash")
        await person.paste("owner:me")
        await person.until_states("saved")
        assert person.jobs[0].submitter == "bob"
    assert len(gateway.ledger().accepted) == 1


async def test_jobs_that_no_worker_may_send_say_so(
    open_at: OpenAt,
    http_gateway: Gateways,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tui.core.home import Home
    from tui.core.staff import met_by
    from tui.services.journal.postgres import staff
    from tui.services.journal.postgres.connection import PostgresConnection

    gateway = http_gateway()
    monkeypatch.setenv("IMAGEDECK_DATABASE_URL", database_url)
    monkeypatch.setenv("IMAGEDECK_RUN", "workers")
    said = ("‖ no worker has the key, jobs wait", "1 worker is alive, but it lacks the key")
    # What others see of a worker that has another key.
    worker = PostgresConnection(database_url)
    staff.sign_on(worker, met_by(Home("default", gateway.url), "4567cdef"))
    beats = "INSERT INTO procrastinate_workers (last_heartbeat) SELECT now() FROM generate_series"
    worker.execute(f"{beats} (1, 3)")
    async with open_at(gateway) as person:
        await person.until_ready()
        await person.send("a windmill")
        await person.until_sees(*said)
    async with open_at(gateway) as person:  # what waits from before is not forgotten
        await person.until_ready()
        await person.until_sees(*said)
    worker.close()
    assert not gateway.ledger().accepted
