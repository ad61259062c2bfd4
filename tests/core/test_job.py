import itertools
import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.job import (
    TRANSITIONS,
    ErrorKind,
    Job,
    JobError,
    Result,
    Saved,
    State,
    may_follow,
    new_job_id,
)
from tui.core.request import Request

_JOB = Job(
    id=new_job_id(1_800_000_000_000, bytes(range(10))),
    request=Request(model="gpt-image-2", values={"prompt": "a cat"}),
    state=State.QUEUED,
    created=1.0,
    updated=1.0,
    folder="pictures",
    template="{id}-{index}",
)
_SAVED = Saved(
    path="a.png", index=1, width=2, height=3, format="PNG", bytes=4, sha256="5", notes=("odd",)
)
_ENDS = {State.SAVED, State.FAILED, State.DROPPED, State.UNKNOWN, State.LOST, State.EXPIRED}


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_ids_are_uuids_of_version_7(now: int, random: bytes) -> None:
    made = uuid.UUID(new_job_id(now, random))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == now
    assert made.hex == new_job_id(now, random)


@given(
    st.lists(st.integers(0, 2**48 - 1), min_size=2, unique=True),
    st.binary(min_size=10, max_size=10),
)
def test_later_ids_sort_later(times: list[int], random: bytes) -> None:
    ids = [new_job_id(now, random) for now in sorted(times)]
    assert ids == sorted(ids)


def test_the_short_id_tells_jobs_of_one_moment_apart() -> None:
    twins = {replace(_JOB, id=new_job_id(5, bytes([one]) * 10)).short_id for one in range(100)}
    assert len(twins) == 100
    assert {len(one) for one in twins} == {10}


def test_every_state_has_its_followers() -> None:
    assert set(TRANSITIONS) == set(State)
    assert {state for state in State if state.is_end} == _ENDS


def test_the_straight_way() -> None:
    way = ["queued", "submitting", "pending", "processing", "downloading", "saved"]
    states = [State(word) for word in way]
    assert all(may_follow(one, two) for one, two in itertools.pairwise(states))


@pytest.mark.parametrize("state", State)
def test_staying_is_allowed(state: State) -> None:
    assert may_follow(state, state)


@pytest.mark.parametrize("before", [state for state in State if state is not State.QUEUED])
def test_only_an_unsent_job_can_be_dropped(before: State) -> None:
    assert before is State.DROPPED or not may_follow(before, State.DROPPED)


@pytest.mark.parametrize("before", State)
def test_only_a_submission_that_was_not_accepted_is_queued_again(before: State) -> None:
    again = before in {State.SUBMITTING, State.QUEUED}
    assert may_follow(before, State.QUEUED) is again


@pytest.mark.parametrize("before", State)
def test_only_a_queued_job_is_submitted(before: State) -> None:
    assert may_follow(before, State.SUBMITTING) is (before in {State.QUEUED, State.SUBMITTING})


def test_a_dropped_job_stays_dropped() -> None:
    assert not TRANSITIONS[State.DROPPED]


def test_a_late_answer_revives_an_unknown_submission() -> None:
    assert TRANSITIONS[State.UNKNOWN] == {State.PENDING}


def test_a_job_one_stopped_watching_is_not_live() -> None:
    assert _JOB.is_live
    assert not _JOB.is_resting
    assert replace(_JOB, error=JobError(ErrorKind.LIMITED, "later")).is_resting
    assert not replace(_JOB, watched=False).is_live
    assert not replace(_JOB, state=State.SAVED).is_live


@pytest.mark.parametrize(
    ("state", "offered", "resumable"),
    [
        (State.EXPIRED, 0, True),
        (State.LOST, 0, True),
        (State.SAVED, 2, True),
        (State.SAVED, 1, False),
        (State.SAVED, 0, False),
        (State.FAILED, 2, True),
        (State.FAILED, 0, False),
        (State.UNKNOWN, 0, False),
        (State.PROCESSING, 0, False),
    ],
)
def test_what_can_be_fetched_once_more(state: State, offered: int, resumable: bool) -> None:
    results = tuple(Result(url=f"https://example.org/{one}") for one in range(offered))
    job = replace(_JOB, state=state, task_id="img_1", results=results, files=(_SAVED,))
    assert job.is_resumable is resumable
    assert not replace(job, task_id=None).is_resumable


def test_the_event_of_a_job_that_just_began() -> None:
    assert _JOB.as_event() == {
        "job": _JOB.id,
        "model": "gpt-image-2",
        "prompt": "a cat",
        "state": "queued",
        "task_id": None,
        "files": [],
        "error": None,
    }


def test_the_event_of_a_job_that_came_short() -> None:
    error = JobError(ErrorKind.PARTIAL, "1 of 2")
    event = replace(_JOB, state=State.SAVED, files=(_SAVED,), error=error).as_event()
    assert event["files"] == [
        {"path": "a.png", "width": 2, "height": 3, "format": "PNG", "bytes": 4, "sha256": "5"}
    ]
    assert event["error"] == {"kind": "partial", "message": "1 of 2"}
