"""The limits of a gateway hold for all who share a database, by one clock."""

import json
import sqlite3
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.job import Job, State
from tui.core.limits import Limits
from tui.services.journal import traffic
from tui.services.journal.protocol import NoRoomError, TooSoonError
from tui.services.journal.schema import SCHEMA
from tui.services.journal.transaction import SqliteTransaction

NewJob = Callable[..., Job]
Open = Callable[..., Any]
GPT, GEMINI = "gpt-image-2", "gemini-3-pro-image"
HERE = "https://gateway.example"
ONE, TWO = Limits(1, origin=HERE), Limits(2, origin=HERE)


async def test_slots_follow_each_other_whoever_asks(open_journal: Open) -> None:
    mine, theirs = open_journal().traffic, open_journal().traffic
    (first,), now = await mine.slots("key", 10.0)
    (second,), _ = await theirs.slots("key", 10.0)
    train, _ = await mine.slots("key", 10.0, 2)
    assert [one.due - first.due for one in (second, *train)] == pytest.approx([10, 20, 30])
    assert first.due == pytest.approx(now, abs=1.0)
    (other,), later = await mine.slots("another key", 10.0)
    assert other.due == pytest.approx(later, abs=1.0)


async def test_slots_go_to_single_jobs_first(open_sqlite: Open, clock: Any) -> None:
    person, batch = open_sqlite().traffic, open_sqlite().traffic
    assert (await batch.slots("key", 10.0))[0]
    (slot,), now = await person.slots("key", 10.0, rank=0)
    assert slot.due - now == pytest.approx(10)
    assert (await batch.slots("key", 10.0)) == ([], now)
    assert (await batch.slots("another", 10.0))[0]
    (slot,), _ = await person.slots("key", 10.0, rank=0)
    clock.time = slot.due + 0.05
    assert (await batch.slots("key", 10.0))[0] == []
    clock.time += 0.1  # nobody goes on
    assert (await batch.slots("key", 10.0))[0]


async def test_a_late_submission_keeps_the_next_ones_apart(
    open_sqlite: Open, new_job: NewJob, clock: Any
) -> None:
    journal = open_sqlite()
    jobs = await journal.add([new_job() for _ in range(3)])
    attempts = [await journal.intent(job) for job in jobs]
    slots, _ = await journal.traffic.slots("key", 10.0, 3)
    clock.time += 14.0
    assert await journal.sent(attempts[0], slots[0])
    with pytest.raises(TooSoonError) as soon:
        await journal.sent(attempts[1], slots[1])
    assert soon.value.wait == pytest.approx(9.75)
    clock.time += 9.76
    assert await journal.sent(attempts[1], slots[1])
    # What is back on time afterwards is no further behind.
    with pytest.raises(TooSoonError) as soon:
        await journal.sent(attempts[2], slots[2])
    assert soon.value.wait == pytest.approx(9.99)
    clock.time -= 86_400  # set by somebody
    assert await journal.sent(attempts[2], slots[2])


async def test_a_clock_that_was_set_back_holds_nobody_up(open_sqlite: Open, clock: Any) -> None:
    traffic = open_sqlite().traffic
    await traffic.slots("key", 0.1)
    clock.time -= 86_400
    (slot,), now = await traffic.slots("key", 0.1)
    assert slot.due == now


async def test_no_more_are_in_flight_than_all_together_may(
    open_journal: Open, new_job: NewJob, clock: Any
) -> None:
    mine, theirs = open_journal(), open_journal()
    a, b, c = await mine.add([new_job(gateway=HERE) for _ in range(3)])
    (d,) = await theirs.add([new_job(gateway=HERE, model=GEMINI)])
    attempt = await mine.intent(a, limits=TWO)
    assert await theirs.intent(d, limits=TWO)
    with pytest.raises(NoRoomError):
        await mine.intent(b, limits=TWO)
    assert (await mine.changes(0))[0][-1].state is State.SUBMITTING
    room = await mine.traffic.room(TWO, {GPT: 1})
    assert (room.free, room.in_flight) == ({GPT: 0}, {GPT: 1, GEMINI: 1})
    # Other gateways have their own, and a model's own bound passes by the others.
    assert (await mine.traffic.room(Limits(2, origin="https://b"), {GPT: 0})).free == {GPT: 2}
    bounds = Limits(None, {GPT: 1}, origin=HERE)
    assert (await mine.traffic.room(bounds, {GPT: 1})).free == {GPT: 0}
    pending = await mine.settle(attempt, State.PENDING, task_id="t", poll_path="/p", origin=HERE)
    with pytest.raises(NoRoomError):
        await mine.intent(b, limits=TWO)
    await mine.to(pending, State.FAILED)
    assert await mine.intent(b, limits=TWO)
    # What nobody has heard of for a day bars nobody's way.
    with pytest.raises(NoRoomError):
        await mine.intent(c, limits=TWO)
    clock.time += 90_000
    assert await mine.intent(c, limits=TWO)


async def test_a_job_whose_owner_is_gone_keeps_its_place_until_it_ended(
    open_journal: Open, new_job: NewJob
) -> None:
    dead, mine = open_journal(), open_journal()
    (lost,) = await dead.add([new_job()])
    await dead.settle(await dead.intent(lost), State.PENDING, task_id="t", poll_path="/p")
    await dead.close()
    (job,) = await mine.add([new_job(gateway=HERE)])
    with pytest.raises(NoRoomError):
        await mine.intent(job, limits=ONE)
    taken = await mine.take(lost.id)
    await mine.to(taken, State.PENDING, watched=False)
    assert await mine.intent(job, limits=ONE)


async def test_the_next_place_is_left_to_who_waits_for_a_single_job(
    open_journal: Open, new_job: NewJob, clock: Any, which: str
) -> None:
    person, batch = open_journal(), open_journal()
    single, *_ = await person.add([new_job(gateway=HERE)])
    first, second, third = await batch.add([new_job(gateway=HERE, group="b") for _ in range(3)])
    attempt = await batch.intent(first, limits=ONE)
    for one, rank in ((batch, 1), (person, 0)):
        assert (await one.traffic.room(ONE, {GPT: rank})).free == {GPT: 0}
    await batch.settle(attempt, State.FAILED)
    with pytest.raises(NoRoomError):
        await batch.intent(second, limits=ONE)
    assert (await batch.traffic.room(ONE, {GPT: 1})).free == {GPT: 0}
    assert (await person.traffic.room(ONE, {GPT: 0})).free == {GPT: 1}
    # Found is not yet taken: it stays left to it until then.
    assert (await batch.traffic.room(ONE, {GPT: 1})).free == {GPT: 0}
    attempt = await person.intent(single, limits=ONE)
    await person.settle(attempt, State.FAILED)
    attempt = await batch.intent(second, limits=ONE)
    if which == "sqlite":  # whose clock can be set
        await person.traffic.room(ONE, {GPT: 0})
        await batch.settle(attempt, State.FAILED)
        clock.time += 5  # whoever does not look again has gone
        assert await batch.intent(third, limits=ONE)


async def test_batches_of_several_hosts_take_turns(
    open_journal: Open, new_job: NewJob, clock: Any
) -> None:
    hosts = [open_journal() for _ in range(3)]
    jobs = [await one.add([new_job(gateway=HERE, group="b") for _ in range(4)]) for one in hosts]
    went: list[int] = []
    running = await hosts[0].intent(jobs[0].pop(), limits=ONE)
    for _ in range(9):
        for one in hosts:
            await one.traffic.room(ONE, {GPT: 1})
            clock.time += 0.01
        owner = went[-1] if went else 0
        await hosts[owner].settle(running, State.FAILED)
        for number in (owner, 0, 1, 2):  # whoever has had it is the first to know
            if jobs[number] and await hosts[number].traffic.room(ONE, {GPT: 1}):
                try:
                    running = await hosts[number].intent(jobs[number][-1], limits=ONE)
                except NoRoomError:
                    continue
                jobs[number].pop()
                went.append(number)
                break
    assert went == [1, 2, 0] * 3


moves = st.lists(
    st.tuples(st.floats(0, 0.4), st.integers(1, 3), st.floats(0, 0.6)), min_size=1, max_size=60
)


@given(moves, st.sampled_from([0.5, 1.0, 3.0, 10.0, 20.0, 80.0]))
def test_whatever_comes_late_the_rate_is_kept(
    moves: list[tuple[float, int, float]], rate: float
) -> None:
    class Clock:
        time = 1_800_000_000.0

        def now(self) -> float:
            return self.time

    clock: Any = Clock()
    db = sqlite3.connect(":memory:", isolation_level=None)
    for statement in SCHEMA.steps(0):
        db.execute(statement)
    waiting: list[tuple[float, Any]] = []
    for gap, count, late in moves:
        clock.time += gap
        txn = SqliteTransaction(db, clock)
        slots, _ = traffic.reserve(txn, "key", 1 / rate, count, rank=1, owner="me")
        waiting += [(slot.due + late, slot) for slot in slots]
        txn.commit()
    sent = []
    while waiting:
        moment, slot = waiting.pop(waiting.index(min(waiting, key=lambda one: one[0])))
        clock.time = max(clock.time, moment)
        txn = SqliteTransaction(db, clock)
        try:
            sent.append(traffic.use(txn, slot))
        except TooSoonError as soon:
            waiting.append((clock.time + soon.wait, slot))
        txn.commit()
    db.close()
    most = max(sum(one <= other < one + 1 for other in sent) for one in sent or [0.0])
    assert most <= rate * 1.05 + 1


HAMMER = """
import asyncio, json, sys
from pathlib import Path
from tui.core.job import State
from tui.core.limits import Limits
from tui.services.clock import SystemClock
from tui.services.journal.opening import open_journal
from tui.services.journal.protocol import NoRoomError

async def main(path, url, ids):
    journal = open_journal(Path(path), url, SystemClock())
    jobs = [await journal.take(one) for one in json.loads(ids)]
    limits = Limits(4, {"gpt-image-2": 3}, origin="https://gateway.example")
    most, done = 0, 0
    async def one(job):
        nonlocal most, done
        while True:
            try:
                attempt = await journal.intent(job, limits=limits)
                break
            except NoRoomError:
                await asyncio.sleep(0.005)
        room = await journal.traffic.room(limits, {})
        most = max(most, room.in_flight["gpt-image-2"])
        await journal.settle(attempt, State.FAILED)
        done += 1
    print("ready", flush=True)
    sys.stdin.readline()
    await asyncio.gather(*map(one, jobs))
    print(json.dumps([most, done]), flush=True)
    await journal.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_three_processes_never_have_more_in_flight(
    open_journal: Open,
    new_job: NewJob,
    address: tuple[str, str],
    child: Callable[..., subprocess.Popen[str]],
) -> None:
    journal = open_journal()
    jobs = await journal.add([new_job(gateway=HERE, group="b") for _ in range(45)])
    await journal.release(jobs)
    parts = [[job.id for job in jobs[start::3]] for start in range(3)]
    processes = [child(HAMMER, *address, json.dumps(ids)) for ids in parts]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n", process.stderr and process.stderr.read()
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    found = [json.loads(process.communicate()[0]) for process in processes]
    assert [done for _most, done in found] == [15] * 3
    assert max(most for most, _done in found) == 3
