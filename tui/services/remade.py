"""Whether the request of a job can be sent once more, as a new job."""

from pathlib import Path

from tui.core.job import Job, State
from tui.core.language import _
from tui.models import UnknownModelError, find_model

REMADE = frozenset({State.FAILED, State.LOST, State.EXPIRED, State.DROPPED})


def remade_faults(job: Job, references: Path) -> list[str]:
    """Say what keeps a job's request from being sent today; `references` holds the copies."""
    try:
        model = find_model(job.request.model)
    except UnknownModelError as error:
        return [_("Job {id}: {fault}", id=job.short_id, fault=error)]
    checked = model.validate(job.request.values, job.request.references)
    faults = [_("Job {id}: {fault}", id=job.short_id, fault=fault) for fault in checked.errors]
    faults += [
        _(
            "Job {id}: the reference image {name} is not kept any more.",
            id=job.short_id,
            name=one.name,
        )
        for one in job.request.references
        if one.sha256 and not (references / one.sha256).exists()
    ]
    return faults
