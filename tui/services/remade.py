"""Whether the request of a job can be sent once more, as a new job."""

from pathlib import Path

from tui.core.job import Job, State
from tui.models import UnknownModelError, find_model

REMADE = frozenset({State.FAILED, State.LOST, State.EXPIRED, State.DROPPED})


def remade_faults(job: Job, references: Path) -> list[str]:
    """Say what keeps a job's request from being sent today; `references` holds the copies."""
    try:
        model = find_model(job.request.model)
    except UnknownModelError as error:
        return [f"Job {job.short_id}: {error}"]
    checked = model.validate(job.request.values, job.request.references)
    faults = [f"Job {job.short_id}: {fault}" for fault in checked.errors]
    faults += [
        f"Job {job.short_id}: the reference image {one.name} is not kept any more."
        for one in job.request.references
        if one.sha256 and not (references / one.sha256).exists()
    ]
    return faults
