"""The three ways out of `unknown`, each chosen by a person."""

import asyncio
from dataclasses import dataclass

from tui.core.job import Job, State
from tui.core.language import _
from tui.core.query import Term
from tui.core.retelling import retold
from tui.core.state_words import STATES, resolution_word
from tui.models import UnknownModelError, find_model
from tui.services.engine.work import Work
from tui.services.gateway.answer import is_task_id
from tui.services.journal.protocol import History, Query


class ResolveError(ValueError):
    """A job that can't be resolved so; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Abandon:
    """Count it as gone; if it was billed, the money is lost."""


@dataclass(frozen=True, slots=True)
class Attach:
    """Follow this task, whose id was found elsewhere, such as in the gateway's console."""

    task_id: str


@dataclass(frozen=True, slots=True)
class Resubmit:
    """Send `new`, a job of the same request; it may be paid for twice."""

    new: Job


Way = Abandon | Attach | Resubmit


async def resolve(work: Work, job_id: str, way: Way) -> list[Job]:
    """Resolve an `unknown` job; return it as it stands then, and the new job if there is one.

    Raises ResolveError for any other job, JournalError when it can't be written down.
    """
    if isinstance(way, Attach) and not is_task_id(way.task_id):
        raise ResolveError(
            _("{task_id!r} is no task id; copy it whole, such as img_gen_…", task_id=way.task_id)
        )
    job = await work.journal.take(job_id)
    if job is None:
        raise ResolveError(_("There is no such job, or another imagedeck works on it."))
    if job.state is not State.UNKNOWN or job.resolution:
        how = STATES[job.state]
        if job.resolution:
            how = _("{state}, {resolution}", state=how, resolution=resolution_word(job))
        raise ResolveError(
            _(
                "Job {short_id} is {how}; only an unresolved `unknown` is resolved.",
                short_id=job.short_id,
                how=how,
            )
        )
    match way:
        case Abandon():
            return [await _close(work, job, "abandoned")]
        case Attach(task_id):
            return [await _attach(work, job, task_id)]
        case Resubmit(new):
            # First the new one, not yet sent: cut short in between, nothing is forgotten.
            written = await work.journal.add([new])
            return [await _close(work, job, "resubmitted"), *written]


async def _close(work: Work, job: Job, resolution: str) -> Job:
    finished = work.clock.now()
    return await work.journal.to(job, State.UNKNOWN, resolution=resolution, finished=finished)


async def _attach(work: Work, job: Job, task_id: str) -> Job:
    if not work.home.has(job):
        flags = f"`imagedeck{work.home.flags(job)} resolve {job.short_id} --attach …`"
        waits = retold(work.home.waits(job).message)
        raise ResolveError(
            _("A task belongs to its gateway. {waits}: {flags}", waits=waits, flags=flags)
        )
    if work.home.keys is not None and work.fingerprint is None:
        raise ResolveError(
            _("A task is asked for with a key, and there is none here: `imagedeck key set`.")
        )
    if other := await asyncio.to_thread(_whose, work.journal.history, task_id, job):
        raise ResolveError(
            _(
                "That is the task of job {short_id} already, and makes its images only once; if it "
                "was attached there by mistake, delete that job first.",
                short_id=other.short_id,
            )
        )
    try:
        path = find_model(job.request.model).poll_path
    except UnknownModelError as error:
        raise ResolveError(str(error)) from error
    return await work.journal.to(
        job,
        State.PENDING,
        task_id=task_id,
        origin=work.home.origin,
        poll_path=path,
        fingerprint=work.fingerprint,
        submitted=job.submitted or job.updated,
        resolution="attached",
        error=None,
    )


def _whose(history: History, task_id: str, job: Job) -> Job | None:
    """Return another job that has this very task."""
    search = (Term("task", (task_id.lower(),)),)
    found = history.list(Query(search=search, limit=None))
    return next((one for one in found if one.task_id == task_id and one.id != job.id), None)
