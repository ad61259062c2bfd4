"""Jobs that a person asks for, and that nobody works on."""

from tui.core.job import Job, State
from tui.services.engine.work import Work


async def wake(work: Work, job: Job) -> Job | None:
    """Bring a job back that this process has taken; None when nothing can be done for it."""
    to = work.journal.to
    if job.is_live:
        return job
    if not job.state.is_end:
        return await to(job, job.state, watched=True, error=None)
    if not job.is_resumable:
        return None
    again = State.DOWNLOADING if job.results else State.PENDING
    return await to(job, again, error=None, finished=None)


async def take_over(work: Work, job_id: str, *, is_sent: bool) -> Job | None:
    """Take over a job of an earlier run, at home here or not; None when a process has it."""
    known = work.journal.history.get(job_id)
    wanted = known and known.is_live and (known.state is not State.QUEUED) is is_sent
    return await work.journal.take(job_id) if wanted else None
