"""Jobs that rest until a person asks for them."""

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
