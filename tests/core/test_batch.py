from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.batch import Fate, Numbering, fate_of, group_of
from tui.core.job import Job, Result, State
from tui.core.progress import Progress
from tui.core.request import Reference, Request

prompts = st.sampled_from(["a cat", "a dog", "一只猫"])
requests = st.builds(
    lambda model, prompt, n, images: Request(
        model=model,
        values={"prompt": prompt, "n": n},
        references=tuple(Reference(name="x", sha256=one) for one in images),
    ),
    st.sampled_from(["gpt-image-2", "seedream-5.0-lite"]),
    prompts,
    st.integers(1, 2),
    st.lists(st.sampled_from(["0" * 64, "1" * 64]), max_size=2),
)


def keys(some: list[Request]) -> list[str]:
    numbering = Numbering()
    return [numbering.next_key(one) for one in some]


@given(st.lists(requests, max_size=12), st.randoms())
def test_rows_are_known_by_what_they_ask_for_wherever_they_stand(
    some: list[Request], random: Any
) -> None:
    before = keys(some)
    assert len(set(before)) == len(some)
    moved = some.copy()
    random.shuffle(moved)
    assert set(keys(moved)) == set(before)
    # What is added changes the keys of no other.
    assert keys([*some, *some])[: len(some)] == before


@given(requests, requests)
def test_only_equal_requests_have_the_same_key(one: Request, other: Request) -> None:
    assert (keys([one]) == keys([other])) is (one == other)


def job(state: State, **facts: Any) -> Job:
    request = Request(model="gpt-image-2", values={"prompt": "x"})
    given = {"id": "0" * 32, "created": 0.0, "updated": 0.0, "folder": "/", "template": "x"}
    return Job(request=request, state=state, **{**given, **facts})


@pytest.mark.parametrize(
    ("earlier", "fate", "retried"),
    [
        (None, Fate.SEND, Fate.SEND),
        (job(State.QUEUED), Fate.FOLLOW, Fate.FOLLOW),
        (job(State.PENDING, task_id="t"), Fate.FOLLOW, Fate.FOLLOW),
        (job(State.SAVED), Fate.LEAVE, Fate.LEAVE),
        (job(State.SAVED, task_id="t", results=(Result(url="u"),)), Fate.FETCH, Fate.FETCH),
        (job(State.FAILED), Fate.LEAVE, Fate.SEND_AGAIN),
        (job(State.LOST, task_id="t"), Fate.LEAVE, Fate.SEND_AGAIN),
        (job(State.EXPIRED, task_id="t"), Fate.FETCH, Fate.SEND_AGAIN),
        (job(State.DROPPED), Fate.LEAVE, Fate.SEND_AGAIN),
        (job(State.UNKNOWN), Fate.LEAVE, Fate.LEAVE),
        (job(State.UNKNOWN, resolution="abandoned"), Fate.LEAVE, Fate.LEAVE),
    ],
)
def test_what_a_second_run_does(earlier: Job | None, fate: Fate, retried: Fate) -> None:
    assert fate_of(earlier, retry_failed=False) is fate
    assert fate_of(earlier, retry_failed=True) is retried


def test_groups_are_readable_and_differ_by_name_and_generation() -> None:
    names = {group_of("/a/rows.csv", "rows", one) for one in (1, 2, 3)}
    names.add(group_of("/b/rows.csv", "rows", 1))
    assert len(names) == 4
    assert all(name.startswith("rows-") and len(name) <= 40 for name in names)
    assert group_of("/\udcff", "\udcff", 1)


def test_progress_counts_each_job_once_and_tells_rate_and_time_left() -> None:
    progress = Progress(10)
    earlier = job(State.SAVED, id="e")
    progress.note(earlier)
    assert progress.line(100.0) == "1 of 10  1 saved"
    for number in range(4):
        one = job(State.QUEUED, id=str(number))
        progress.note(one)
        progress.note(replace(one, state=State.SAVED))
    progress.note(job(State.PROCESSING, id="p"))
    assert progress.line(108.0) == "5 of 10  5 saved, 1 processing  0.5/s  10s left"
    progress.note(job(State.PENDING, id="p"))
    assert progress.done == 5
