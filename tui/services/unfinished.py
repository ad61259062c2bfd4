"""The stored jobs of which something is still to come."""

from tui.core.job import Job, State
from tui.core.person import is_own
from tui.services.journal.protocol import History, Query

_LIVE = tuple(state for state in State if not state.is_end)
_GONE = (State.EXPIRED, State.LOST)
_PARTIAL = (State.SAVED, State.FAILED)


def unfinished(history: History, me: str | None = None) -> list[Job]:
    """Return what is under way, then what ended with paid images missing; reads the disk.

    For a person (`me`) without the jobs of others that were never sent.
    """
    live = [job for job in history.list(Query(states=_LIVE, limit=None)) if job.is_live]
    live = [job for job in live if job.state is not State.QUEUED or is_own(job, me)]
    ended = [
        *history.list(Query(states=_GONE, limit=None)),
        *history.list(Query(states=_PARTIAL, unfetched=True, limit=None)),
    ]
    return [*live, *(job for job in ended if job.is_resumable)]
