from dataclasses import replace
from typing import Any

import pytest

from tui.cli import exits
from tui.core.job import ErrorKind, Job, JobError, State
from tui.core.request import Request

JOB = Job(
    id="0" * 32,
    request=Request(model="gpt-image-2", values={"prompt": "a"}),
    state=State.QUEUED,
    created=0.0,
    updated=0.0,
    folder="/",
    template="{id}-{index}",
)


def job(state: State, kind: ErrorKind | None = None) -> Job:
    return replace(JOB, state=state, error=JobError(kind, "because") if kind else None)


@pytest.mark.parametrize(
    ("state", "kind", "code"),
    [
        (State.SAVED, None, 0),
        (State.SAVED, ErrorKind.PARTIAL, 6),
        (State.DROPPED, None, 0),
        (State.DROPPED, ErrorKind.INVALID, 1),
        (State.FAILED, ErrorKind.FAILED, 1),
        (State.FAILED, ErrorKind.REFUSED, 1),
        (State.FAILED, ErrorKind.EMPTY, 1),
        (State.FAILED, ErrorKind.QUARANTINED, 6),
        (State.FAILED, ErrorKind.AUTH, 3),
        (State.FAILED, ErrorKind.QUOTA, 3),
        (State.UNKNOWN, ErrorKind.UNKNOWN, 5),
        (State.LOST, ErrorKind.LOST, 1),
        (State.EXPIRED, ErrorKind.EXPIRED, 6),
        (State.QUEUED, ErrorKind.UNREACHABLE, 4),
        (State.QUEUED, ErrorKind.LIMITED, 8),
        (State.PENDING, ErrorKind.AUTH, 3),
        (State.DOWNLOADING, ErrorKind.DISK, 6),
        (State.DOWNLOADING, ErrorKind.UNREACHABLE, 6),
        (State.PENDING, None, 8),
        (State.QUEUED, None, 8),
    ],
)
def test_every_end_and_every_rest_has_its_code(
    state: State, kind: ErrorKind | None, code: int
) -> None:
    assert exits.code_of(job(state, kind)) == code


@pytest.mark.parametrize("kind", list(ErrorKind))
def test_every_kind_of_error_has_a_code_that_is_no_success(kind: ErrorKind) -> None:
    assert exits.code_of(job(State.FAILED, kind)) != 0


def test_a_queued_job_comes_to_what_holds_it_up() -> None:
    refused = JobError(ErrorKind.AUTH, "no")
    assert exits.code_of(job(State.QUEUED), hold=refused) == 3
    assert exits.code_of(job(State.PENDING), hold=refused) == 8


def test_an_unfinished_job_comes_to_what_ended_the_wait() -> None:
    assert exits.code_of(job(State.PENDING), unfinished=130) == 130


@pytest.mark.parametrize("given_up", [{"watched": False}, {"resolution": "abandoned"}])
def test_what_a_person_gave_up_no_longer_counts(given_up: dict[str, Any]) -> None:
    assert exits.code_of(replace(job(State.UNKNOWN, ErrorKind.UNKNOWN), **given_up)) == 0


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ([], 0),
        ([0, 0], 0),
        ([0, 130], 130),
        ([130, 8], 8),
        ([8, 4], 4),
        ([4, 1], 1),
        ([1, 6], 6),
        ([6, 3], 3),
        ([3, 5], 5),
        ([130, 8, 4, 1, 6, 3, 5, 0], 5),
    ],
)
def test_of_several_kinds_the_first_wins(codes: list[int], code: int) -> None:
    assert exits.worst(codes) == code
