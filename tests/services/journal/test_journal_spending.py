"""Money in the journal: exact, never above a cap, given back when nothing was accepted."""

import asyncio
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tui.core.budget import Caps
from tui.core.job import ErrorKind, Job, JobError, State
from tui.services.journal import JournalError
from tui.services.journal.protocol import OverBudgetError

NewJob = Callable[..., Job]
Open = Callable[..., Any]
FACTS = {"origin": "https://gateway.example", "fingerprint": "f1", "poll_path": "/p/{}"}
PRICE = Decimal("0.1")


def spent(journal: Any, clock: Any) -> tuple[Decimal, Decimal]:
    found = journal.history.spent(clock.now())
    return found.day, found.month


async def test_a_cap_holds_among_many_processes_at_once(
    open_journal: Open, new_job: NewJob, clock: Any
) -> None:
    journals = [open_journal() for _ in range(3)]
    caps = Caps(day=Decimal("0.75"))

    async def send(journal: Any) -> int:
        jobs = await journal.add([new_job(price=PRICE) for _ in range(10)])
        tried = await asyncio.gather(
            *(journal.intent(job, caps) for job in jobs), return_exceptions=True
        )
        for one in tried:
            assert not isinstance(one, BaseException) or isinstance(one, OverBudgetError)
        return sum(not isinstance(one, BaseException) for one in tried)

    sent = await asyncio.gather(*map(send, journals))
    assert sum(sent) == 7
    assert spent(journals[0], clock) == (Decimal("0.7"), Decimal("0.7"))


@pytest.mark.parametrize(
    ("state", "is_spent"),
    [(State.QUEUED, False), (State.FAILED, False), (State.UNKNOWN, True), (State.PENDING, True)],
)
async def test_what_was_provably_not_accepted_is_given_back(
    open_journal: Open, new_job: NewJob, clock: Any, state: State, is_spent: bool
) -> None:
    journal = open_journal()
    (job,) = await journal.add([new_job(price=PRICE)])
    assert job.price == PRICE
    attempt = await journal.intent(job)
    await journal.sent(attempt)
    assert spent(journal, clock)[0] == PRICE
    facts: dict[str, Any] = {"error": JobError(ErrorKind.FAILED, "no")}
    if state is State.PENDING:
        facts = {"task_id": "t", **FACTS}
    await journal.settle(attempt, state, **facts)
    assert spent(journal, clock)[0] == (PRICE if is_spent else 0)
    # A late answer counts after all.
    await journal.settle(attempt, State.PENDING, task_id="t", **FACTS)
    assert spent(journal, clock)[0] == PRICE
    await journal.settle(attempt, State.QUEUED)
    assert spent(journal, clock)[0] == PRICE


async def test_an_owner_who_dies_keeps_what_may_have_been_sent(
    open_journal: Open, new_job: NewJob, clock: Any
) -> None:
    first, second = open_journal(), open_journal()
    unsent, sent = await first.add([new_job(price=PRICE), new_job(price=PRICE)])
    await first.intent(unsent)
    await first.sent(await first.intent(sent))
    await first.close()
    assert spent(second, clock)[0] == 2 * PRICE
    for job in (unsent, sent):
        await second.take(job.id)
    assert spent(second, clock)[0] == PRICE


async def test_day_and_month_have_their_own_bounds(
    open_journal: Open, new_job: NewJob, clock: Any
) -> None:
    clock.time = time.mktime((2026, 11, 29, 12, 0, 0, 0, 0, -1))
    journal = open_journal()
    caps = Caps(day=Decimal("0.2"), month=Decimal("0.35"))

    async def send() -> str:
        (job,) = await journal.add([new_job(price=PRICE)])
        try:
            await journal.intent(job, caps)
        except OverBudgetError as error:
            return str(error)
        return ""

    assert [await send() for _ in range(3)] == ["", "", "the day's budget of $0.20 has $0.00 left"]
    clock.time += 86400
    assert [await send(), await send()] == ["", "the month's budget of $0.35 has $0.05 left"]
    clock.time += 2 * 86400
    assert [await send()] == [""]
    assert spent(journal, clock) == (PRICE, PRICE)


async def test_an_unknown_price_is_refused_where_there_is_a_cap(
    open_journal: Open, new_job: NewJob, clock: Any
) -> None:
    journal = open_journal()
    (job,) = await journal.add([new_job()])
    with pytest.raises(JournalError, match="its price is unknown"):
        await journal.intent(job, Caps(month=Decimal(1)))
    assert await journal.intent(job)
    assert spent(journal, clock) == (0, 0)


async def test_what_is_saved_of_a_damaged_database_knows_what_was_spent(
    open_sqlite: Open, new_job: NewJob, clock: Any, database: Any
) -> None:
    journal = open_sqlite(tell=lambda _: None)
    jobs = await journal.add([new_job(price=PRICE) for _ in range(3)])
    for job in jobs[:2]:
        await journal.sent(await journal.intent(job))
    await journal.close()
    database.with_name("imagedeck.db.is-damaged").touch()
    told: list[str] = []
    again = open_sqlite(tell=told.append)
    assert "was damaged" in told[0]
    assert spent(again, clock) == (2 * PRICE, 2 * PRICE)
    assert [one.price for one in again.history.ledger(0.0, ["model"])] == [PRICE] * 3
