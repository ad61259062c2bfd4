"""A worker finds in its queues what it may work on, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tui.core.home import Home
from tui.core.job import ANY_KEY, ErrorKind, Job, JobError, Result, State

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
