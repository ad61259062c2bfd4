"""What every journal finds, whichever database keeps it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tui.core.job import Job, Result, State
from tui.services.journal import Journal, Query

Open = Callable[..., Any]
NewJob = Callable[..., Job]


async def saved(journal: Journal, job: Job, started: float | None, finished: float) -> Job:
    (job,) = await journal.add([job])
    return await journal.to(job, State.SAVED, started=started, finished=finished)


async def test_jobs_are_found_by_the_end_of_their_id(open_journal: Open, new_job: NewJob) -> None:
    history = (journal := open_journal()).history
    jobs = await journal.add([new_job(id=f"{number:022x}" + "c0ffee0123") for number in range(12)])
    one = (await journal.add([new_job(id="f" * 22 + "deadbeef42")]))[0]
    assert history.find("BEEF42") == [one]
    assert history.find(one.id) == [one]
    assert history.find("0123") == list(reversed(jobs))[:10]
    assert history.find("%") == history.find("") == history.find("nothing") == []
    assert history.find("\udcff") == []  # what a command line that is no UTF-8 arrives as


async def test_listing_by_state_group_and_time(open_journal: Open, new_job: NewJob) -> None:
    journal = open_journal()
    results = (Result(url="https://x.test/1"),)
    old, grouped, failed = await journal.add(
        [
            new_job("old", created=5.0, results=results),
            new_job("grouped", group="g"),
            new_job("failed", state=State.FAILED, group="g"),
        ]
    )
    wanted = journal.history.list
    assert wanted(Query()) == [failed, grouped, old]
    assert wanted(Query(states=(State.QUEUED,))) == [grouped, old]
    assert wanted(Query(states=(State.QUEUED, State.FAILED), group="g")) == [failed, grouped]
    assert wanted(Query(since=6.0)) == [failed, grouped]
    assert wanted(Query(unfetched=True)) == [old]
    assert wanted(Query(limit=None)) == [failed, grouped, old]
    assert wanted(Query(limit=1)) == [failed]
    assert wanted(Query(before=grouped.id)) == [old]
    assert wanted(Query(before="never heard of")) == []


async def test_what_jobs_have_in_common_they_hold_together(
    open_journal: Open, new_job: NewJob
) -> None:
    journal, values = open_journal(), {"size": "1024x1024"}
    await journal.add([new_job(values=dict(values), price=Decimal("0.04")) for _ in range(2)])
    one, other = journal.history.list(Query())
    assert one.request.model is other.request.model
    assert one.request.values["size"] is other.request.values["size"]
    assert one.price is other.price


async def test_pages_follow_each_other_without_gap_or_repeat(
    open_journal: Open, new_job: NewJob
) -> None:
    journal = open_journal()
    await journal.add([new_job(f"storm {number}") for number in range(23)])
    for text in ("", "storm"):
        seen: list[Job] = []
        while page := journal.history.list(
            Query(text=text, limit=5, before=seen[-1].id if seen else None)
        ):
            seen += page
        assert [job.prompt for job in seen] == [f"storm {number}" for number in range(22, -1, -1)]


async def test_durations_of_one_kind_newest_first(open_journal: Open, new_job: NewJob) -> None:
    journal = open_journal()
    high = {"size": "1024x1024", "quality": "high"}
    downloading = {"state": State.DOWNLOADING, "submitted": 100.0}
    await saved(journal, new_job(values=high, **downloading), 110.0, 150.0)
    await saved(journal, new_job(values=high, **downloading), None, 170.0)
    await saved(journal, new_job(values={"size": "1K"}, **downloading), 110.0, 111.0)
    await saved(journal, new_job(values=high, model="x", **downloading), 110.0, 112.0)
    await saved(journal, new_job(values=high, state=State.DOWNLOADING), None, 113.0)
    await journal.add([new_job(values=high, **downloading)])
    durations = journal.history.durations
    assert durations("gpt-image-2", "1024x1024 high") == [70.0, 40.0]
    assert durations("gpt-image-2", "1024x1024 high", limit=1) == [70.0]
    assert durations("gpt-image-2", "1K") == [1.0]
    assert durations("gpt-image-2", "") == []
