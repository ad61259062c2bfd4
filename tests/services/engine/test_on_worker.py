"""What goes wrong on a worker's host says so to whoever reads it on another."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tui.app.widgets.preview.facts import facts_of
from tui.cli.words import advice
from tui.core.home import Home
from tui.core.job import ErrorKind, Job, JobError, Result, State
from tui.core.on_worker import worker_of
from tui.services.decode import BadImageError
from tui.services.files import StorageError
from tui.services.gateway.outcome import Accepted, Denied, NotSent, Progress, Refused
from tui.services.images import TransferError

HOST = "imagedeck@node7"
HOME = Home("default", "https://gateway.example")
DONE = Progress("succeeded", results=(Result(url="u1"),))


@pytest.fixture
async def there(tmp_path: Path, clock: Any, new_stage: Any) -> AsyncIterator[Any]:
    """A worker."""
    stage = new_stage(tmp_path / "there", clock, host=HOST)
    stage.gateway.submissions, stage.gateway.looks = [Accepted("t1")], [DONE]
    yield stage
    await stage.close()


def told(job: Job) -> tuple[str, str]:
    """Return what the command and the app say is to be done."""
    texts = {one.label: one.text for one in facts_of(job, None, now=job.updated, typical=None)}
    return advice(job, HOME), texts["next"]


async def test_a_key_that_is_refused_there(there: Any) -> None:
    there.gateway.submissions = [Refused(ErrorKind.AUTH, "the gateway answered 401", pauses=True)]
    [job] = await there.add(there.job())
    failed = await there.end(job)
    message = "On worker imagedeck@node7: the gateway answered 401"
    assert (failed.state, failed.error) == (State.FAILED, JobError(ErrorKind.AUTH, message))
    assert worker_of(failed.error) == HOST
    said, shown = told(failed)
    assert said.startswith("see to the key of that worker, or its account; then `imagedeck retry")
    assert shown == "Put it right on that host, then retry it here (R)."


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (StorageError("Can't write to /out: you may not write there."), ErrorKind.DISK),
        (TransferError("cut"), ErrorKind.UNREACHABLE),
    ],
)
async def test_images_that_cannot_be_kept_there(there: Any, problem: Any, kind: ErrorKind) -> None:
    there.gallery.errors["u1"] = [problem]
    [job] = await there.add(there.job())
    resting = await there.rest(job)
    assert resting.error == JobError(kind, f"On worker {HOST}: {problem}")
    assert told(resting) == (
        "put it right on that host; a worker goes on with it by itself",
        "Put it right on that host; a worker goes on with it by itself.",
    )


async def test_what_is_kept_there_and_what_is_not_reached_from_there(there: Any) -> None:
    there.gallery.errors["u1"] = [BadImageError("torn")]
    [job] = await there.add(there.job())
    ended = await there.end(job)
    assert ended.error.kind is ErrorKind.QUARANTINED
    assert ended.error.message.startswith(f"On worker {HOST}: What was delivered is no good image")
    there.gateway.looks = [Denied(ErrorKind.AUTH, "403")]
    [job] = await there.add(there.job())
    assert (await there.rest(job)).error == JobError(ErrorKind.AUTH, f"On worker {HOST}: 403")
    there.gateway.submissions = [NotSent("no way")] * 3
    [job] = await there.add(there.job())
    resting = await there.rest(job)
    assert resting.error == JobError(ErrorKind.UNREACHABLE, f"On worker {HOST}: no way")


async def test_what_any_host_would_hear_names_none(there: Any, stage: Any) -> None:
    there.gateway.submissions = [Refused(ErrorKind.REFUSED, "unsafe", pauses=False)]
    [job] = await there.add(there.job())
    assert (await there.end(job)).error == JobError(ErrorKind.REFUSED, "unsafe")
    stage.gateway.submissions = [Refused(ErrorKind.AUTH, "401", pauses=True)]
    [job] = await stage.add(stage.job())
    failed = await stage.end(job)
    assert (failed.error, worker_of(failed.error)) == (JobError(ErrorKind.AUTH, "401"), "")
