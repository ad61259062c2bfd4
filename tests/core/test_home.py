from typing import Any

import pytest

from tui.core.home import Home
from tui.core.job import ErrorKind, Job, JobError, Result, State
from tui.core.request import Request

A, B = "https://a.example", "https://b.example"
AUTH = JobError(ErrorKind.AUTH, "it needs its key")
HERE = Home("default", A, {"default": A, "work": B})


def job(profile: str = "default", gateway: str | None = A, **facts: Any) -> Job:
    return Job(
        id="0" * 32,
        request=Request(model="gpt-image-2", values={"prompt": "a cat"}),
        state=State.QUEUED,
        created=1.0,
        updated=1.0,
        folder="/",
        template="{id}",
        profile=profile,
        gateway=gateway,
        **facts,
    )


@pytest.mark.parametrize(
    ("one", "is_here"),
    [
        (job(), True),
        (job("work", B), False),
        (job("work", A), False),  # the same gateway, on somebody else's bill
        (job("default", B), False),  # --base-url, or the settings have changed
        (job(origin=B), False),  # what has a task belongs to where it was sent
        (job("work", None), True),  # of an older version: taken as this run's
        (job("work", None, origin=A), True),
        (job(gateway=None, origin=B), False),
    ],
)
def test_a_job_is_at_home_with_its_profile_at_its_gateway_only(one: Job, is_here: bool) -> None:
    assert HERE.has(one) is is_here


@pytest.mark.parametrize(
    ("home", "one", "flags"),
    [
        (HERE, job("work", B), " --profile work"),
        (HERE, job("default", B), f" --base-url {B}"),
        (HERE, job("work", A), f" --profile work --base-url {A}"),
        (Home("work", B, HERE.origins), job(), " --profile default"),
        (Home("work", A, HERE.origins), job("work", B), " --profile work"),
    ],
)
def test_the_flags_lead_to_the_job(home: Home, one: Job, flags: str) -> None:
    assert home.flags(one) == flags


def test_what_waits_says_for_what() -> None:
    waits = HERE.waits(job("work", B))
    assert waits.kind is ErrorKind.AUTH
    assert waits.message == f"It waits for profile work at {B}"
    assert "no longer in the settings" in HERE.waits(job("gone", B)).message


def test_jobs_are_counted_by_home() -> None:
    jobs = [job(), job("work", B), job("work", B), job("default", B)]
    assert [said for said, _ in HERE.others(jobs)] == [
        f"2 jobs belong to profile work at {B}",
        f"1 job belongs to profile default at {B}",
    ]


HERS = Home("default", A, keys=frozenset({"hers"}))


@pytest.mark.parametrize(
    ("one", "is_here"),
    [
        (job(), True),  # of a database that is one person's, or of an older version
        (job(key="any"), True),
        (job(key="hers"), True),
        (job(key="his"), False),
        (job(key="any", task_id="t", origin=A, fingerprint="hers"), True),
        (job(key="any", task_id="t", origin=A, fingerprint="his"), False),
        # Images are fetched without a key, as long as their URLs are good.
        (job(task_id="t", origin=A, fingerprint="his", results=(Result(url="u"),)), True),
        (
            job(task_id="t", origin=A, fingerprint="his", results=(Result(url="u"),), error=AUTH),
            False,
        ),
        (job("work", key="hers"), False),
    ],
)
def test_a_shared_job_belongs_where_its_key_is(one: Job, is_here: bool) -> None:
    assert HERS.has(one) is is_here
    assert Home("default", A).has(one) is (one.profile == "default")


def test_what_waits_for_a_key_says_so_apart() -> None:
    jobs = [job(key="his"), job("work", B, key="hers"), job(key="his")]
    assert [said for said, _ in HERS.others(jobs)] == [
        "2 jobs wait for another key",
        f"1 job belongs to profile work at {B}",
    ]
    assert "paid with yours" in HERS.moved(jobs[0], "It")
