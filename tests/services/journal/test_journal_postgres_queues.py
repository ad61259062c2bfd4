"""A worker finds in its queues what it may work on, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tui.core.home import Home
from tui.core.job import ANY_KEY, ErrorKind, Job, JobError, Result, State
from tui.core.staff import Staff, met_by, need_of

ORIGIN = "https://gateway.example"
MINE, THEIRS = "0123abcd", "4567cdef"


async def test_what_is_delivered_to_a_home_is_what_it_has(
    open_postgres: Callable[..., Any], new_job: Callable[..., Job]
) -> None:
    from tui.services.journal.postgres import queues

    journal = open_postgres()
    unsent = new_job(gateway=ORIGIN)
    sent = replace(new_job(gateway=ORIGIN), state=State.PENDING, task_id="t", origin=ORIGIN)
    made = replace(sent, state=State.DOWNLOADING, results=(Result(url="https://x/1"),))
    jobs = [replace(unsent, key=key) for key in (MINE, THEIRS, ANY_KEY, None)]
    jobs += [replace(sent, fingerprint=key) for key in (MINE, THEIRS)]
    errors = [JobError(kind, "…") for kind in (ErrorKind.AUTH, ErrorKind.DISK)]
    jobs += [replace(made, fingerprint=THEIRS, error=error) for error in (None, *errors)]
    jobs += [replace(one, profile="other") for one in jobs]
    jobs += [replace(unsent, gateway="https://elsewhere.example"), new_job()]
    jobs = [replace(one, id=new_job().id) for one in jobs]
    await journal.delivery.add(jobs)
    home = Home("default", ORIGIN, keys={MINE})
    names = [one for rank in queues.RANKS for one in queues.queues_of(rank, home, MINE)]
    ask = "SELECT queueing_lock FROM procrastinate_jobs WHERE queue_name = ANY(?)"
    found = await journal._thread.read(lambda db: db.execute(ask, [names]).fetchall())
    assert sorted(one for (one,) in found) == sorted(one.id for one in jobs if home.has(one))
    assert len(found) == 7


async def test_workers_are_seen_with_what_they_have_until_they_end(
    open_postgres: Callable[..., Any], new_job: Callable[..., Job], database_url: str
) -> None:
    from tui.services.journal.postgres import queues, staff
    from tui.services.journal.postgres.connection import PostgresConnection

    delivery = open_postgres().delivery
    unsent = new_job(gateway=ORIGIN)
    jobs = [replace(unsent, id=new_job().id, key=key) for key in (MINE, THEIRS, ANY_KEY)]
    jobs += [replace(jobs[0], id=new_job().id, profile="other"), new_job()]
    await delivery.add(jobs)
    mine, theirs, anybodys, elsewhere, old = needs = [*map(need_of, jobs)]
    db, worker, older = (PostgresConnection(database_url) for _ in range(3))
    found = db.execute("SELECT queue_name FROM procrastinate_jobs").fetchall()
    assert {one.partition(".")[2] for (one,) in found} == {*map(queues.name_of, needs)}

    enlist = "INSERT INTO procrastinate_workers (last_heartbeat) SELECT now() FROM generate_series"
    try:
        assert await delivery.staff(needs) == Staff()
        db.execute(f"{enlist} (1, 3)")
        # It is not seen yet what it has: so nothing is missed.
        assert await delivery.staff(needs) == Staff(1)
        staff.sign_on(worker, met_by(Home("default", ORIGIN), THEIRS))
        assert await delivery.staff(needs) == Staff(1, {elsewhere: False, mine: True})
        assert await delivery.staff([theirs, anybodys, old]) == Staff(1)
        db.execute(f"{enlist} (1, 3)")  # of an older version: nothing is known of what it has
        assert await delivery.staff(needs) == Staff(2)
        staff.sign_on(older, met_by(Home("other", ORIGIN), MINE))
        assert await delivery.staff(needs) == Staff(2, {mine: True})
        older.close()
        worker.close()
        assert await delivery.staff(needs) == Staff(2)
    finally:
        for one in (db, worker, older):
            one.close()


async def test_a_few_are_found_without_going_through_all_that_wait(
    open_postgres: Callable[..., Any],
    new_job: Callable[..., Job],
    database_url: str,
    sql: Callable[..., Any],
) -> None:
    """Also as long as the server has no statistics of what was just added."""
    from procrastinate import PsycopgConnector

    from tui.services.delivery.claims import Claims
    from tui.services.delivery.room import Room
    from tui.services.delivery.worker import configure
    from tui.services.journal.postgres import queues
    from tui.services.journal.postgres.connection import target_of

    journal = open_postgres()
    connector = PsycopgConnector(
        conninfo=target_of(database_url),
        kwargs={"autocommit": True},
        configure=configure,
        min_size=1,
        max_size=1,
    )
    [[version]] = sql("SELECT current_setting('server_version_num')::int")
    if version < 150_000:
        pytest.skip("older servers don't tell at once what they have read")

    async def read(table: str) -> int:
        tell = "SELECT pg_stat_force_next_flush()"
        await journal._thread.read(lambda db: db.execute(tell).fetchall())
        await connector.execute_query_all_async(query=tell)
        counted = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables WHERE relname = "
        [[number]] = sql(f"{counted}'{table}'")
        return int(number)

    def batch(number: int) -> list[Job]:
        return [new_job(group="batch", gateway=ORIGIN, key=ANY_KEY) for _ in range(number)]

    await connector.open_async()
    try:
        for _ in range(6):
            await journal.delivery.add(batch(500))
        _jobs, newest = await journal.changes(0)
        before = await read("jobs")
        await journal.delivery.add(batch(10))
        assert len((await journal.changes(newest))[0]) == 10
        assert await read("jobs") - before < 100

        claims = Claims(connector, Room(20, 20, lambda: 0), set())
        worker = await claims.register_worker()
        before = await read("procrastinate_jobs")
        for rank in queues.RANKS:
            names = queues.queues_of(rank, Home("default", ORIGIN, keys={MINE}), MINE)
            found = await claims.fetch_job(names, worker)
            assert bool(found) is (rank == queues.BATCH)
        assert await read("procrastinate_jobs") - before < 100
    finally:
        await connector.close_async()
