"""How many jobs the gateway works on at once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.job import ErrorKind, Job, Result, State
from tui.core.limits import Limits
from tui.core.request import Request
from tui.services.engine.flight import Flight
from tui.services.gateway.outcome import Accepted, Progress, Refused

GPT, GEMINI = "gpt-image-2", "gemini-3-pro-image"


@pytest.fixture
def bounded(stage: Any) -> Any:
    """Let at most three be in flight, and one of GPT."""
    stage.runner.admission._flight._limits = Limits(3, {GPT: 1})
    stage.gateway.submissions = [Accepted(f"t{number}") for number in range(20)]
    return stage


def in_flight(stage: Any, jobs: list[Any]) -> list[str]:
    states = {State.SUBMITTING, State.PENDING, State.PROCESSING}
    found = [stage.journal.history.get(job.id) for job in jobs]
    return sorted(job.request.model for job in found if job.state in states)


async def test_no_more_than_that_many_are_sent_until_some_are_done(bounded: Any) -> None:
    jobs = [bounded.job(model=model) for model in [GPT] * 3 + [GEMINI] * 4]
    bounded.gateway.looks = [Progress("pending")]
    await bounded.add(*jobs)
    for job in (jobs[0], jobs[3], jobs[4]):
        await bounded.until(job, lambda one: one.state is State.PENDING)
    assert in_flight(bounded, jobs) == [GEMINI, GEMINI, GPT]
    assert len(bounded.gateway.sent) == 3
    # Whoever is watched no longer gives its place free.
    await bounded.runner.stop_watching(jobs[3].id)
    await bounded.until(jobs[5], lambda one: one.state is State.PENDING)
    await bounded.runner.stop_watching(jobs[0].id)
    await bounded.until(jobs[1], lambda one: one.state is State.PENDING)
    assert len(bounded.gateway.sent) == 5


async def test_all_come_to_their_end_one_after_the_other(bounded: Any) -> None:
    bounded.runner.admission._flight._limits = Limits(1)
    refused = Refused(ErrorKind.REFUSED, "no", pauses=False)
    bounded.gateway.submissions = [Accepted("t0"), refused, Accepted("t1"), Accepted("t2")]
    bounded.gateway.looks = [Progress("succeeded", results=(Result(url="https://x/1"),))]
    jobs = await bounded.add(*(bounded.job() for _ in range(4)))
    ended = [(await bounded.end(job)).state for job in jobs]
    assert sorted(ended) == [State.FAILED, State.SAVED, State.SAVED, State.SAVED]
    assert not bounded.runner.admission._flight._jobs


steps = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from([*State]), st.booleans()), max_size=40
)


@given(steps)
def test_what_is_counted_is_what_is_in_flight(steps: list[tuple[int, State, bool]]) -> None:
    flight, counted = Flight(Limits(2, {GPT: 1})), {}
    for number, state, is_followed in steps:
        model = GPT if number % 2 else GEMINI
        request = Request(model=model, values={"prompt": "x"})
        times = {"created": 0.0, "updated": 0.0}
        job = Job(id=str(number), request=request, state=state, folder="", template="", **times)
        made_room = flight.note(job, is_followed=is_followed)
        was = counted.pop(job.id, None)
        if is_followed and state in {State.SUBMITTING, State.PENDING, State.PROCESSING}:
            counted[job.id] = model
        assert made_room is (was is not None and job.id not in counted)
        assert flight.has_room(GEMINI) is (len(counted) < 2)
        assert flight.has_room(GPT) is (len(counted) < 2 and GPT not in counted.values())
