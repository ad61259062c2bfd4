from collections.abc import Callable
from functools import partial
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tui.core.job import State
from tui.services.engine.turns import Place, Turns

BATCH = Place(1, "batch")


def order(turns: Turns, now: float = 0.0) -> list[str]:
    served = []
    while turns.next_due(now) == now:
        if job := turns.pop(now):
            served.append(job)
    return served


def test_a_single_job_waits_for_no_more_than_the_next_slot() -> None:
    turns = Turns()
    for number in range(10_000):
        turns.add(f"batch {number}", 0.0, BATCH)
    assert [turns.pop(1.0) for _ in range(3)] == ["batch 0", "batch 1", "batch 2"]
    turns.add("single", 1.0, Place())
    assert turns.pop(1.0) == "single"
    assert turns.pop(1.0) == "batch 3"


def test_batches_take_turns_and_each_keeps_its_order() -> None:
    turns = Turns()
    for number in range(4):
        turns.add(f"long {number}", 0.0, Place(1, "long"))
    for number in range(2):
        turns.add(f"short {number}", 0.0, Place(1, "short"))
    assert order(turns) == ["long 0", "short 0", "long 1", "short 1", "long 2", "long 3"]


def test_a_paused_line_is_passed_over_until_it_goes_on() -> None:
    turns = Turns()
    turns.add("a", 0.0, Place(1, "a"))
    turns.add("b", 0.0, Place(1, "b"))
    turns.pause("a")
    assert order(turns) == ["b"]
    assert turns.next_due(0.0) is None
    turns.add("later", 5.0, Place())
    assert turns.next_due(0.0) == 5.0
    turns.go("a")
    assert order(turns) == ["a"]


def test_a_full_kind_is_passed_over_and_its_turns_are_kept() -> None:
    full = {"gpt"}
    turns = Turns(lambda kind: kind not in full)
    for number in range(10_000):
        turns.add(f"gpt {number}", 0.0, Place(1, "long", "gpt"))
    turns.add("gemini", 0.0, Place(1, "long", "gemini"))
    turns.add("single gpt", 0.0, Place(kind="gpt"))
    assert order(turns) == ["gemini"]
    assert turns.next_due(0.0) is None
    full.clear()
    assert [turns.pop(0.0) for _ in range(3)] == ["single gpt", "gpt 0", "gpt 1"]


places = st.builds(Place, st.integers(0, 2), st.sampled_from(["a", "b", "c"]))
turns_of_jobs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5), places), max_size=30)


@given(turns_of_jobs)
def test_everybody_is_served_once_when_due_and_no_rank_before_a_lower_one(
    added: list[tuple[int, int, Place]],
) -> None:
    turns, newest = Turns(), {}
    for job, due, place in added:
        turns.add(str(job), float(due), place)
        newest[str(job)] = (float(due), place)
    for now in (0.0, 2.0, 5.0):
        served = order(turns, now)
        assert len(served) == len(set(served))
        assert set(served) == {job for job, (due, _) in newest.items() if due <= now}
        ranks = [newest.pop(job)[1].rank for job in served]
        assert ranks == sorted(ranks)
    assert turns.next_due(9.0) is None


async def test_the_runner_sends_a_single_job_before_a_batch(stage: Any) -> None:
    batch = [stage.job(values={"prompt": f"batch {one}"}, group="b") for one in range(1000)]
    stage.gateway.opened.clear()
    await stage.add(*batch)
    await stage.until(batch[0], lambda one: one.state is State.SUBMITTING)
    single = stage.job(values={"prompt": "single"})
    await stage.add(single)
    stage.gateway.opened.set()
    await stage.until(single, lambda one: one.state is State.PENDING)
    prompts = [body.decode() for body in stage.gateway.sent]
    assert "single" in prompts[1]


async def test_a_paused_group_is_not_sent_and_others_are(stage: Any) -> None:
    await stage.runner.pauses.pause("b")
    kept, sent = stage.job(group="b"), stage.job(group="c")
    await stage.add(kept, sent)
    await stage.until(sent, lambda one: one.state is State.PENDING)
    assert stage.states(kept) == [State.QUEUED]
    await stage.runner.pauses.go_on("b")
    await stage.until(kept, lambda one: one.state is State.PENDING)


def test_a_turn_takes_as_many_steps_among_ten_jobs_as_among_ten_thousand(
    steps_of: Callable[[Callable[[], object]], int],
) -> None:
    def turn(turns: Turns) -> None:
        job_id = turns.pop(1.0)
        assert job_id
        turns.add(job_id, 100.0, Place())

    steps = []
    for number in (10, 10_000):
        turns = Turns()
        for job in range(number):
            turns.add(str(job), job / number, Place(line=f"batch {job % 2}"))
        assert turns.next_due(1.0) is not None
        steps.append(steps_of(partial(turn, turns)))
    assert steps[1] <= 1.1 * steps[0]
