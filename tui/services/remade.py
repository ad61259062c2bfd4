"""Whether the request of a job can be sent once more, as a new job."""

from collections.abc import Callable
from pathlib import Path

from tui.core.job import Job, State
from tui.core.language import _
from tui.core.retelling import retold
from tui.models import UnknownModelError, find_model
from tui.services.journal.protocol import JournalError
from tui.services.places import PlaceError

REMADE = frozenset({State.FAILED, State.LOST, State.EXPIRED, State.DROPPED})


def remade_faults(job: Job, brought: Callable[[str], Path]) -> list[str]:
    """Say what keeps a job's request from being sent today; may ask the shared database.

    `brought` says where the copy of a reference is, by its sha256, wherever it came from.
    """
    try:
        model = find_model(job.request.model)
    except UnknownModelError as error:
        return [_("Job {id}: {fault}", id=job.short_id, fault=error)]
    checked = model.validate(job.request.values, job.request.references)
    faults = [_("Job {id}: {fault}", id=job.short_id, fault=fault) for fault in checked.errors]
    faults += [
        _("Job {id}: the reference image {name} {why}.", id=job.short_id, name=one.name, why=why)
        for one in job.request.references
        if one.sha256 and (why := _missing(one.sha256, brought))
    ]
    return faults


def _missing(sha256: str, brought: Callable[[str], Path]) -> str:
    """Say why the copy of a reference can't be had; nothing where it can."""
    try:
        return "" if brought(sha256).exists() else _("is not kept any more")
    except (JournalError, PlaceError, OSError) as error:
        return _("can't be fetched ({why})", why=retold(str(error)))
