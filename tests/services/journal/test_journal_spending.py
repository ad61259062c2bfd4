"""Money in the journal: exact, never above a cap, given back when nothing was accepted."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.core.budget import Caps
from tui.core.job import ErrorKind, Job, JobError, State
from tui.core.request import Request
from tui.services.clock import SystemClock
from tui.services.journal import JournalError, SqliteJournal
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


_SPEND = """
import asyncio, json, sys
from decimal import Decimal
from pathlib import Path
from tui.core.budget import Caps
from tui.core.job import State
from tui.services.clock import SystemClock
from tui.services.journal.opening import open_journal
from tui.services.journal.protocol import OverBudgetError

async def main(path, url, ids):
    journal = open_journal(Path(path), url, SystemClock())
    print("ready", flush=True)
    sys.stdin.readline()
    charged = []
    async def send(number, job_id):
        job = await journal.take(job_id)
        try:
            attempt = await journal.intent(job, Caps(day=Decimal("1.00")))
        except OverBudgetError:
            return
        if number % 3 == 0:
            await journal.settle(attempt, State.QUEUED)
            return
        await journal.sent(attempt)
        charged.append(job_id)
    for start in range(0, len(ids), 5):
        await asyncio.gather(*(send(*one) for one in enumerate(ids[start:start + 5], start)))
    print(json.dumps(charged), flush=True)
    await journal.close()

asyncio.run(main(*sys.argv[1:3], json.loads(sys.argv[3])))
"""


def _sender(address: tuple[str, str], ids: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _SPEND, *address, json.dumps(ids)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


async def test_no_cap_is_exceeded_by_processes_that_send_at_once(
    open_journal: Open, new_job: NewJob, address: tuple[str, str]
) -> None:
    journal = open_journal()
    prices = [Decimal(number % 7 + 1) / 50 for number in range(120)]
    jobs = await journal.add([new_job(price=price) for price in prices])
    price_of = {job.id: job.price for job in jobs}
    await journal.release(jobs)
    crew = [_sender(address, [job.id for job in jobs[start::3]]) for start in range(3)]
    for one in crew:
        assert one.stdout
        assert one.stdout.readline() == "ready\n"
    answers = [one.communicate("go\n", timeout=60)[0] for one in crew]
    charged = [job_id for answer in answers for job_id in json.loads(answer)]
    spent = sum(price_of[job_id] for job_id in charged)
    assert len(charged) == len(set(charged)) > 0
    assert journal.history.spent(time.time()).day == spent
    assert Decimal("0.5") < spent <= Decimal(1)


_steps = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from([State.QUEUED, State.FAILED, State.UNKNOWN, State.PENDING, None]),
        st.decimals(min_value=0, max_value=1, places=3),
    ),
    max_size=12,
)


@settings(max_examples=12)
@given(_steps, st.decimals(min_value="0.1", max_value=2, places=2))
def test_whatever_becomes_of_submissions_the_sum_is_right_and_within_the_cap(
    steps: list[tuple[int, State | None, Decimal]], cap: Decimal
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_spend(Path(folder) / "imagedeck.db", steps, cap))


async def _spend(path: Path, steps: list[tuple[int, State | None, Decimal]], cap: Decimal) -> None:
    clock = SystemClock()
    journals = [SqliteJournal.open(path, clock) for _ in range(2)]
    spent = Decimal(0)
    request = Request(model="gpt-image-2", values={"prompt": "x"})
    for number, (who, state, price) in enumerate(steps):
        journal = journals[who]
        times = {"created": 0.0, "updated": 0.0}
        job = Job(id=f"{number:032x}", request=request, state=State.QUEUED, folder="/",
                  template="{id}-{index}", price=price, **times)  # fmt: skip
        (job,) = await journal.add([job])
        try:
            attempt = await journal.intent(job, Caps(day=cap))
        except OverBudgetError:
            assert spent + price > cap
            continue
        assert attempt
        facts: dict[str, Any] = {"task_id": "t", **FACTS} if state is State.PENDING else {}
        if state:
            await journal.settle(attempt, state, **facts)
        spent += price if state not in {State.QUEUED, State.FAILED} else 0
        assert spent <= cap
        assert journal.history.spent(clock.now()).day == spent
    for journal in journals:
        await journal.close()
