"""Rows of a batch: each held by one job, whoever adds it and however often."""

from collections.abc import Callable
from typing import Any

import pytest

from tui.core.job import ErrorKind, Job, JobError, State
from tui.services.journal import Query

NewJob = Callable[..., Job]
Open = Callable[..., Any]


async def test_a_row_is_held_by_one_job_whichever_process_adds_it(
    open_journal: Open, new_job: NewJob
) -> None:
    one, two = open_journal(), open_journal()
    (first,) = await one.add([new_job(group="b", row="r")])
    (second,) = await two.add([new_job(group="b", row="r")])
    assert second == first
    other = await two.add([new_job(group="c", row="r"), new_job(group="b"), new_job(group="b")])
    assert len({job.id for job in other}) == 3
    assert len(one.history.list(Query(group="b"))) == 3
    assert one.history.holders("b", ["r", "s"]) == {"r": first}
    assert one.history.holders("b", []) == {}


@pytest.mark.parametrize("state", [State.FAILED, State.UNKNOWN])
async def test_a_job_made_anew_takes_the_row_of_what_came_to_nothing(
    open_journal: Open, new_job: NewJob, state: State
) -> None:
    journal = open_journal()
    (old,) = await journal.add([new_job(group="b", row="r")])
    attempt = await journal.intent(old)
    assert attempt
    await journal.settle(attempt, state, error=JobError(ErrorKind.FAILED, "no"))
    (new,) = await journal.add([new_job(follows=old.id)])
    assert (new.group, new.row) == ("b", "r")
    assert journal.history.holders("b", ["r"]) == {"r": new}
    (late,) = await journal.add([new_job(group="b", row="r", follows=old.id)])
    assert late == new


async def test_a_saved_job_and_a_live_one_keep_their_rows(
    open_journal: Open, new_job: NewJob
) -> None:
    journal = open_journal()
    (old,) = await journal.add([new_job(group="b", row="r")])
    (new,) = await journal.add([new_job(follows=old.id)])
    assert new.row is None
    assert journal.history.holders("b", ["r"]) == {"r": old}
