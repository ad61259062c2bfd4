"""Who is sent before whom, and why nobody is."""

from dataclasses import dataclass

from tui.core.job import Job, JobError, State
from tui.services.engine.turns import Place

EVERYTHING = ""  # what is paused, beside groups by their names


@dataclass(frozen=True, slots=True)
class Hold:
    """Submissions pause, for the reason in `job`'s error, until that time (Unix seconds).

    Without a job it is a person who holds them back.
    """

    job: Job | None
    until: float


def place_of(job: Job) -> Place:
    """Put single jobs, which somebody waits for, before those of batches; batches take turns."""
    model = job.request.model
    if job.group is None:
        return Place(kind=model)
    return Place(rank=1, line=job.group, kind=model)


def is_settled(job: Job, hold: JobError | None) -> bool:
    """Whether nothing more is to be awaited of a job, `hold` being why nothing is submitted."""
    is_held = job.state is State.QUEUED and hold is not None
    return not job.is_live or job.is_resting or is_held
