"""What a person writes on jobs, whoever works on them meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest

from tui.core.job import Job, State
from tui.core.matching import Known, holds
from tui.core.query import parse
from tui.models import names_of
from tui.services.journal import Query

NewJob = Callable[..., Job]
Open = Callable[..., Any]
KNOWN = Known(1000.0, names_of, lambda _: None)


async def test_whoever_owns_a_job_does_not_notice_what_is_written_on_it(
    open_journal: Open, new_job: NewJob
) -> None:
    one, two = open_journal(), open_journal()
    (job,) = await one.add([new_job()])
    (noted,) = await two.annotate([job.id], tags=("cover", "灯塔"), rating=4, note='a "note"')
    assert (noted.tags, noted.rating, noted.note) == (("cover", "灯塔"), 4, 'a "note"')
    dropped = await one.to(job, State.DROPPED)  # from a snapshot that knows nothing of it
    assert dropped.tags == noted.tags
    assert two.history.get(job.id) == dropped
    assert (await two.changes(job.change))[0] == [dropped]
    with pytest.raises(TypeError, match="state: not a person's to write"):
        await two.annotate([job.id], state=State.SAVED)
    assert await two.annotate(["never heard of"], rating=1) == []


async def test_a_vote_is_kept_on_all_jobs_at_once_and_found(
    open_journal: Open, new_job: NewJob
) -> None:
    one, two = open_journal(), open_journal()
    jobs = await one.add([new_job(f"boat {at}") for at in range(3)])
    said = {jobs[0].id: "won", jobs[1].id: "lost", jobs[2].id: None, "never heard of": "won"}
    await two.vote(said)
    assert [one.history.get(job.id).vote for job in jobs] == ["won", "lost", None]
    for query, found in (("vote:won", jobs[:1]), ("-vote:won,lost", jobs[2:])):
        listed = one.history.list(Query(search=parse(query), known=KNOWN))
        assert [job.id for job in listed] == [job.id for job in found]
        assert all(holds(parse(query), job, KNOWN) for job in listed)


async def test_what_is_deleted_is_listed_only_where_it_is_asked_for(
    open_journal: Open, new_job: NewJob
) -> None:
    journal = open_journal()
    states = (State.SAVED, State.PROCESSING, State.QUEUED, State.UNKNOWN, State.FAILED)
    jobs = await journal.add([new_job(f"storm {state}", state=state) for state in states])
    gone = await journal.annotate([job.id for job in jobs], deleted=5.0)
    # What is under way, or may have been billed, stays.
    assert [job.state for job in gone] == [State.SAVED, State.FAILED]
    listed = journal.history.list
    assert [job.state for job in listed(Query())] == [*states[3:0:-1]]
    assert len(listed(Query(text="storm"))) == 3
    assert len(listed(Query(deleted=True))) == 5
    found = listed(Query(search=parse("is:deleted storm"), known=KNOWN))
    assert [job.state for job in found] == [State.FAILED, State.SAVED]
    assert journal.history.get(gone[0].id) == gone[0]
    (back,) = await journal.annotate([gone[0].id], deleted=None)
    assert listed(Query())[-1] == back


async def test_tags_ratings_and_notes_are_searched(open_journal: Open, new_job: NewJob) -> None:
    journal = open_journal()
    jobs = [new_job(str(number)) for number in range(4)]
    await journal.add(jobs)
    await journal.annotate([jobs[0].id], tags=("cover", "灯塔"), rating=5)
    await journal.annotate([jobs[1].id], tags=("covered",), rating=3, note="for the Client")
    await journal.annotate([jobs[2].id], note="nothing")
    every = journal.history.list(Query())
    for text in (
        *("tag:cover", "tag:灯塔", "tag:cover,covered", "-tag:cover", "tag:cov", "note:client"),
        *("rating>3", "rating<=3", "-rating>3", "rating:5", "-note:client", "tag:cover rating>3"),
    ):
        search = parse(text)
        found = journal.history.list(Query(search=search, known=KNOWN))
        assert found == [job for job in every if holds(search, job, KNOWN)], text
    assert len(journal.history.list(Query(search=parse("tag:cover"), known=KNOWN))) == 1
