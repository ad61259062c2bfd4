"""What is said of jobs that are left to workers, and how seldom anybody is asked for it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tui.core.job import ANY_KEY, Job, State
from tui.core.limits import NO_LIMITS, Limits
from tui.core.staff import Need, Staff, need_of
from tui.services.engine.outlook import Outlook

ORIGIN = "https://gateway.example"


class Answers:
    """A delivery whose workers meet what the test says."""

    def __init__(self) -> None:
        self.alive = 1
        self.met: Mapping[Need, int] = {}
        self.busy: Mapping[str, int] = {}
        self.asked: list[set[Need]] = []
        self.counted = 0

    async def staff(self, needs: Iterable[Need]) -> Staff:
        self.asked.append(set(needs))
        return Staff.of(self.alive, needs, self.met)

    async def in_flight(self, origin: str, now: float) -> Mapping[str, int]:
        assert (origin, bool(now)) == (ORIGIN, True)
        self.counted += 1
        return self.busy


@pytest.fixture
def people() -> Answers:
    return Answers()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def begin(people: Answers, told: list[str]) -> Callable[..., tuple[Outlook, Any]]:
    def start(limits: Limits = NO_LIMITS) -> tuple[Outlook, Any]:
        time = SimpleNamespace(now=100.0)
        clock = SimpleNamespace(monotonic=lambda: time.now, now=lambda: time.now)
        work: Any = SimpleNamespace(clock=clock, tell=told.append, limits=limits)
        delivery: Any = people
        return Outlook(work, delivery), time

    return start


@pytest.fixture
def waiting(make_job: Callable[..., Job]) -> Job:
    facts = {"state": State.QUEUED, "task_id": None, "gateway": ORIGIN, "key": "0123abcd"}
    return make_job(**facts)


async def test_that_nobody_has_the_key_is_told_once_and_no_more_once_somebody_has(
    begin: Any, people: Answers, told: list[str], waiting: Job
) -> None:
    outlook, time = begin()
    await outlook.look()
    people.alive, people.met = 2, {Need("default", ORIGIN, ""): 2}
    outlook.note(waiting)
    assert outlook.patience(1.0) == pytest.approx(0.3)
    for number in range(30):
        time.now += 1.0
        people.alive = 2 + number // 20
        await outlook.look()
    assert told == [
        (
            "2 workers are alive, but none has the key of these jobs: start `imagedeck worker` "
            "with that key, or add them anew with any_key = true in the settings."
        )
    ]
    assert outlook.lack == "no worker has the key, jobs wait"
    assert len(people.asked) < 15
    people.met = {need_of(waiting): 1}
    time.now += 3.0
    await outlook.look()
    assert outlook.lack == ""
    assert len(told) == 1


async def test_each_lack_is_told_and_none_of_what_somebody_has(
    begin: Any, people: Answers, told: list[str], waiting: Job
) -> None:
    outlook, time = begin()
    people.alive = 0
    outlook.note(replace(waiting, profile="work"))
    await outlook.look()
    people.alive = 1
    time.now += 3.0
    await outlook.look()
    assert told == [
        "No worker is alive: the jobs wait for `imagedeck worker`.",
        (
            "1 worker is alive, but not for profile work at https://gateway.example: start "
            "`imagedeck worker` for these jobs there."
        ),
    ]
    assert outlook.lack == "no worker is of profile work, jobs wait"
    # It is on its way: a worker that was started meanwhile has it.
    outlook.note(replace(waiting, profile="work", owner="somebody"))
    assert outlook.lack == ""
    outlook.note(replace(waiting, state=State.SAVED))
    assert waiting.id not in outlook


async def test_while_nothing_waits_only_workers_are_counted_and_seldom(
    begin: Any, people: Answers, told: list[str], waiting: Job
) -> None:
    outlook, time = begin(Limits(most=1, origin=ORIGIN))
    outlook.note(replace(waiting, state=State.PENDING, task_id="t"))
    for _ in range(60):
        time.now += 1.0
        await outlook.look()
    assert people.asked == [set()] * 6
    assert (people.counted, told, outlook.lack, outlook.waits) == (0, [], "", "")


async def test_a_limit_that_workers_wait_for_is_said(
    begin: Any, people: Answers, waiting: Job
) -> None:
    outlook, time = begin(Limits(most=3, rate=0.5, origin=ORIGIN))
    people.met, people.busy = {need_of(waiting): 1}, {"gemini": 3}
    others = [replace(waiting, id=f"{number:032x}") for number in range(500)]
    for one in others:
        outlook.note(one)
    await outlook.look()
    assert outlook.waits == outlook.crowd == "3 of 3 jobs are in flight"
    outlook.note(replace(others[0], owner="a worker"))
    assert outlook.waits
    people.busy = {"gemini": 2}
    for _ in range(31):
        time.now += 0.1
        await outlook.look()
    assert (outlook.crowd, outlook.waits) == ("", "0.5 are sent a second")
    assert (people.counted, len(people.asked)) == (2, 2)
    people.met = {}  # who is not there keeps to no limit
    time.now += 3.0
    await outlook.look()
    assert outlook.waits == ""
    for one in others:
        outlook.note(replace(one, state=State.SUBMITTING))
    assert (outlook.waits, outlook.lack) == ("", "")


def test_what_anybody_may_pay_for_needs_no_key(waiting: Job) -> None:
    carried = "9" * 32  # the mark of a key in the database that a job came from
    keys = {need_of(replace(waiting, key=key)).key for key in (ANY_KEY, None, carried)}
    assert keys == {""}
