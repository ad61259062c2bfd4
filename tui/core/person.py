"""Whose jobs are whose, where several people have one database."""

from collections.abc import Iterable

from tui.core.job import Job


def is_own(job: Job, me: str | None) -> bool:
    """Whether a job is this person's; one without a name is everybody's, without `me` each is."""
    return me is None or job.submitter in {None, me}


def owners_of(jobs: Iterable[Job], me: str | None) -> list[str]:
    """Return the names of the other people whose jobs are among these."""
    return sorted({job.submitter or "" for job in jobs if not is_own(job, me)})
