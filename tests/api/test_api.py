"""What a Python program sees, and what its gateway is charged for."""

import asyncio
import gc
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.api import (
    BudgetError,
    ClosedError,
    Deck,
    InvalidError,
    NoKeyError,
    NotFoundError,
    SettingsError,
    State,
)

AtGateway = Callable[..., Any]
SMALL = {"size": "64x64", "quality": "low"}


async def test_each_job_comes_once_and_is_charged_once(at_gateway: AtGateway) -> None:
    gateway = at_gateway()
    async with Deck() as deck:
        run = deck.generate("gpt", "a boat", count=3, **SMALL)
        assert (await run.plan()).images == 3
        assert not gateway.ledger().entries
        seen = [job.id async for job in run]
        jobs = await run
        assert len(set(seen)) == len(seen) == 3
        assert {job.id for job in jobs} == set(seen)
        assert all(job.state is State.SAVED and job.files for job in jobs)
        assert [job async for job in run] == []
    assert len(gateway.ledger().accepted) == 3


async def test_changes_end_with_the_end(at_gateway: AtGateway) -> None:
    at_gateway()
    async with Deck() as deck:
        states = [job.state async for job in deck.generate("gpt", "a boat", **SMALL).changes()]
    assert states[0] is State.QUEUED
    assert states[-1] is State.SAVED


async def test_all_faults_come_at_once_and_nothing_is_sent(at_gateway: AtGateway) -> None:
    gateway = at_gateway()
    async with Deck() as deck:
        with pytest.raises(InvalidError) as one:
            await deck.generate("gpt", "", size="huge", n=0, image="none.png")
        assert one.value.by_field.keys() == {"size", "n", "image", "prompt"}
        with pytest.raises(InvalidError) as many:
            await deck.batch(["good", {"prompt": "x", "size": "y"}, {"prompt": "z", "model": "w"}])
        assert many.value.rows.keys() == {1, 2, 3}  # the first one names no model
        assert "row 3: model: " in str(many.value)
        with pytest.raises(InvalidError, match=r"ratio: .*\n?.*resolution: "):
            await deck.compare("x", ["gpt"], ratio="wide", resolution="much")
        with pytest.raises(InvalidError, match="query: "):
            await deck.jobs("cost>cheap")
        with pytest.raises(NotFoundError, match="is no job's id"):
            await deck.job("nothing")
        with pytest.raises(InvalidError, match="stands for 1,152,921,504,606,846,976 prompts"):
            deck.expand("{a|b}" * 60)
        with pytest.raises(InvalidError, match="sample: '0': must be 1 to 100,000"):
            deck.expand("{a|b}", sample=0)
    assert not gateway.ledger().entries


async def test_a_named_batch_again_sends_what_is_missing_in_the_order_of_its_rows(
    at_gateway: AtGateway,
) -> None:
    gateway = at_gateway()
    rows = [{"prompt": "one", **SMALL}, {"prompt": "two", "count": 2, **SMALL}]
    async with Deck() as deck:
        await deck.batch(rows, model="gpt", name="numbers")
    async with Deck() as deck:
        run = deck.batch([{"prompt": "none", **SMALL}, *rows], model="gpt", name="numbers")
        assert (await run.plan()).earlier == 3
        assert [job.prompt for job in await run] == ["none", "one", "two", "two"]
    charged = Counter(str(task.prompt) for task in gateway.ledger().accepted)
    assert charged == {"none": 1, "one": 1, "two": 2}


async def test_leaving_waits_for_the_answer_and_the_next_deck_goes_on(
    at_gateway: AtGateway,
) -> None:
    gateway = at_gateway("submit:slow=0.5*1", "poll:status=thinking")
    async with Deck() as deck:
        run = deck.generate("gpt", "a boat", **SMALL)
        async for job in run.changes():
            if job.state is State.SUBMITTING:
                break
    gateway.play()
    async with Deck() as deck:
        (left,) = await deck.jobs()
        assert (left.state, bool(left.task_id)) == (State.PENDING, True)
        assert [job.state async for job in deck.resume()] == [State.SAVED]
    with pytest.raises(ClosedError):
        await run
    assert len(gateway.ledger().accepted) == 1


@pytest.mark.parametrize("at", [State.QUEUED, State.SUBMITTING, State.PENDING])
async def test_cancelling_loses_nothing_and_sends_nothing_twice(
    at_gateway: AtGateway, at: State
) -> None:
    gateway = at_gateway("submit:slow=0.2")
    reached = asyncio.Event()

    async def program() -> None:
        async for job in run.changes():
            if job.state is at:
                reached.set()
                await asyncio.Event().wait()

    async with Deck() as deck:
        run = deck.generate("gpt", "a boat", count=2, **SMALL)
        task = asyncio.create_task(program())
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [job.state for job in await run] == [State.SAVED] * 2
    assert len(gateway.ledger().accepted) == 2


async def test_a_program_that_is_cancelled_at_the_very_start_sends_once(
    at_gateway: AtGateway,
) -> None:
    gateway = at_gateway()
    async with Deck() as deck:
        run = deck.generate("gpt", "a boat", **SMALL)
        for _ in range(5):
            task = asyncio.ensure_future(run.sent())
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert len(await run) == 1
        assert len(await deck.jobs()) == 1
    assert len(gateway.ledger().accepted) == 1


async def test_a_refused_key_ends_the_wait_and_leaves_the_rest_queued(
    at_gateway: AtGateway,
) -> None:
    gateway = at_gateway(key="another-key-than-theirs")
    async with Deck() as deck:
        jobs = await deck.generate("gpt", "a boat", count=3, **SMALL)
        assert sorted(job.state for job in jobs) == ["failed", "queued", "queued"]
        assert {job.error.kind.value for job in jobs if job.error} == {"auth"}
        # Whoever waits for one of them has it tried once more.
        (tried,) = await deck.wait(next(job for job in jobs if job.state is State.QUEUED))
        assert tried.state in {State.FAILED, State.QUEUED}
    assert not gateway.ledger().accepted
    async with Deck(key="another-key-than-theirs") as deck:
        assert {job.state for job in await deck.resume()} == {State.SAVED}


async def test_a_budget_is_kept_before_and_while_sending(at_gateway: AtGateway) -> None:
    gateway = at_gateway()
    async with Deck(budget="0.2") as deck:
        with pytest.raises(BudgetError, match=r"the run's budget of \$0.20 has \$0.20 left"):
            await deck.generate("gemini-pro", "a boat", count=2)
        await deck.generate("gemini-pro", "a boat")
        with pytest.raises(BudgetError, match=r"has \$0.066 left"):
            await deck.generate("gemini-pro", "a boat")
    assert len(gateway.ledger().accepted) == 1
    with pytest.raises(SettingsError, match="budget: 'much' is no amount"):
        Deck(budget="much")


async def test_what_keeps_a_deck_from_opening_is_a_deck_error(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NoKeyError, match="imagedeck key set"):
        await Deck(base_url="http://127.0.0.1:9").__aenter__()
    monkeypatch.setenv("IMAGEDECK_PROFILE", "none")
    with pytest.raises(SettingsError, match="there is no profile 'none'"):
        await Deck().__aenter__()
    with pytest.raises(ClosedError, match="async with"):
        await Deck().jobs()
    del home


async def test_jobs_are_retried_and_dropped(at_gateway: AtGateway) -> None:
    gateway = at_gateway("poll:failed*1")
    async with Deck() as deck:
        (failed,) = await deck.generate("gpt", "a boat", **SMALL)
        assert failed.state is State.FAILED
        (again,) = await deck.retry(failed)
        assert (again.state, again.follows) == (State.SAVED, failed.id)
        with pytest.raises(InvalidError, match="again=True makes it once more"):
            await deck.retry(again)
        assert not await deck.drop(again)
    assert len(gateway.ledger().accepted) == 2


async def test_a_retried_job_that_waits_for_another_gateway_is_dropped_there(
    at_gateway: AtGateway,
) -> None:
    first = at_gateway()
    async with Deck() as deck:
        await deck.pause()
        waiting = await anext(deck.generate("gpt", "a boat", **SMALL).changes())
        assert waiting.state is State.QUEUED
    second = at_gateway()
    async with Deck() as deck:
        await deck.go_on()
        (again,) = await deck.retry(waiting)
        assert (again.state, again.follows) == (State.SAVED, waiting.id)
        assert (await deck.job(waiting)).state is State.DROPPED
    async with Deck(base_url=first.url) as deck:
        assert await deck.resume() == []
    assert [len(one.ledger().accepted) for one in (first, second)] == [0, 1]


async def test_a_pause_is_told_and_ends_where_somebody_ends_it(at_gateway: AtGateway) -> None:
    gateway = at_gateway()
    told: asyncio.Queue[str] = asyncio.Queue()
    async with Deck(tell=told.put_nowait) as deck, Deck() as other:
        await other.pause()
        waiting = asyncio.ensure_future(deck.generate("gpt", "a boat", **SMALL).sent())
        assert await told.get() == (
            "Submissions are paused, here or elsewhere: waiting for go_on()."
        )
        assert not gateway.ledger().entries
        await other.go_on()
        assert len(await waiting) == 1
    assert told.empty()


_PROGRAM = """
import asyncio
from tui.api import Deck

async def main():
    async with Deck() as deck:
        async for job in deck.generate("gpt", "a boat", size="64x64").changes():
            print(job.state, flush=True)

asyncio.run(main())
"""


def test_ctrl_c_waits_for_what_is_under_way(at_gateway: AtGateway) -> None:
    gateway = at_gateway("submit:slow=0.5", "poll:status=thinking")
    program = subprocess.Popen(
        [sys.executable, "-P", "-c", _PROGRAM],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout
    while program.stdout.readline().strip() != "submitting":
        assert program.poll() is None
    program.send_signal(signal.SIGINT)
    _, said = program.communicate(timeout=60)
    assert said.splitlines()[-1] == "KeyboardInterrupt"
    gateway.play()

    async def rest() -> list[Any]:
        async with Deck() as deck:
            return await deck.resume()

    assert [job.state for job in asyncio.run(rest())] == [State.SAVED]
    assert len(gateway.ledger().accepted) == 1


async def test_a_program_keeps_its_own_way_with_garbage(at_gateway: AtGateway) -> None:
    at_gateway()
    before = gc.get_threshold(), gc.get_freeze_count()
    async with Deck():
        assert (gc.get_threshold(), gc.get_freeze_count()) == before


def test_the_import_costs_next_to_nothing() -> None:
    heavy = "PIL aiohttp click httpx keyring pydantic sqlite3 starlette textual uvicorn"
    found = subprocess.run(
        [sys.executable, "-P", "-c", "import sys, tui.api; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not set(heavy.split()) & set(found.stdout.split())
