"""What the journal lets a process and a person do with the jobs of others."""

from collections.abc import Callable

from tui.core.home import Home
from tui.core.job import ANY_KEY, ErrorKind, Job, State
from tui.services.journal.stored import StoredJournal

Open = Callable[..., StoredJournal]
NewJob = Callable[..., Job]
GATEWAY = "https://a.example"
SENT = {"task_id": "t", "origin": GATEWAY, "poll_path": "/p", "submitted": 1.0}


def home(*keys: str) -> Home:
    return Home("default", GATEWAY, keys=frozenset(keys))


async def test_an_unsent_job_is_taken_by_whoever_has_its_key(
    open_journal: Open, new_job: NewJob
) -> None:
    owner, other = open_journal(), open_journal()
    hers, anyones, old = [
        new_job(gateway=GATEWAY, key=key) for key in ("key of hers", ANY_KEY, None)
    ]
    await owner.release(await owner.add([hers, anyones, old]))
    assert await other.take(hers.id, home()) is None
    assert await other.take(hers.id, home("his")) is None
    waits = other.history.get(hers.id)
    assert waits
    assert (waits.owner, waits.fence) == (None, 1)  # so that another can have it
    assert waits.error
    assert waits.error.kind is ErrorKind.AUTH
    assert "`imagedeck retry` makes it anew" in waits.error.message
    assert await other.take(anyones.id, home("his"))
    assert await other.take(old.id, home("his"))
    taken = await owner.take(hers.id, home("another", "key of hers"))
    assert taken
    assert taken.error is None


async def test_a_sent_job_is_taken_by_whoever_has_the_key_it_was_paid_with(
    open_journal: Open, new_job: NewJob
) -> None:
    owner, other = open_journal(), open_journal()
    (job,) = await owner.add([new_job(gateway=GATEWAY, key=ANY_KEY)])
    attempt = await owner.intent(job)
    assert attempt
    await owner.sent(attempt)
    await owner.release([await owner.settle(attempt, State.PENDING, fingerprint="hers", **SENT)])
    assert await other.take(job.id, home("his")) is None
    waits = other.history.get(job.id)
    assert waits
    assert waits.error
    assert waits.error.message.startswith("It waits for the key it was submitted with")
    assert await other.take(job.id, home("hers"))


async def test_a_person_takes_and_is_asked_about_own_unsent_jobs_only(
    open_journal: Open, new_job: NewJob
) -> None:
    owner, other = open_journal(), open_journal()
    hers, his, everybodys, sent = await owner.add(
        [new_job(submitter=name) for name in ("alice", "bob", None, "alice")]
    )
    attempt = await owner.intent(sent)
    assert attempt
    await owner.sent(attempt)
    sent = await owner.settle(attempt, State.PENDING, **SENT)
    await owner.release([hers, his, everybodys, sent])
    assert await other.orphans("bob") == [his.id, everybodys.id, sent.id]
    assert await other.orphans() == [hers.id, his.id, everybodys.id, sent.id]
    assert await other.take(hers.id, me="bob") is None
    assert await other.take(sent.id, me="bob")
    assert await other.take(hers.id)  # as a worker does, for everybody


async def test_nobody_deletes_the_jobs_of_others_unasked(
    open_journal: Open, new_job: NewJob
) -> None:
    journal = open_journal()
    jobs = [new_job(submitter=name, state=State.SAVED) for name in ("alice", "bob", None)]
    await journal.add(jobs)
    ids = [job.id for job in jobs]
    assert len(await journal.annotate(ids, me="bob", rating=3)) == 3
    assert [one.id for one in await journal.annotate(ids, me="bob", deleted=1.0)] == ids[1:]
    assert [one.id for one in await journal.annotate(ids, deleted=1.0)] == ids
    assert [one.id for one in await journal.annotate(ids, me="bob", deleted=None)] == ids[1:]
