"""Rows of Procrastinate's table that a worker holds, and lets go of."""

from typing import Any

import pytest

pytest.importorskip("procrastinate", reason="imagedeck[shared] is not installed")

from procrastinate.jobs import Job as Row
from procrastinate.jobs import Status
from procrastinate.testing import InMemoryConnector

from tui.services.delivery.claims import Claims
from tui.services.delivery.room import Room


def row(number: int, job_id: str) -> Row:
    return Row(
        id=number, queue="q", lock=None, queueing_lock=job_id, task_name="advance", attempts=0
    )


async def test_of_two_rows_of_a_job_none_stays() -> None:
    gone: list[int] = []

    class Table(InMemoryConnector):
        async def execute_query_async(self, query: str, **arguments: Any) -> None:
            assert "DELETE" in query
            gone.extend(arguments["ids"])

    followed = {"job"}
    claims = Claims(Table(), Room(1, 1, lambda: 0), followed)
    for number in (1, 2, 2):
        await claims.finish_job(row(number, "job"), Status.SUCCEEDED, delete_job=True)
    await claims.put_away()
    assert gone == [1]
    followed.clear()
    claims.let_go("job")
    await claims.put_away()
    assert gone == [1, 2]
