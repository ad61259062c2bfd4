"""Images that wait on this host for their bucket, though others have ended their jobs meanwhile."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from tui.core.job import Job
from tui.services.engine.work import Work
from tui.services.journal.protocol import History, JournalError

_LOG = logging.getLogger(__name__)
_AGAIN = 600.0  # seconds between two looks

Waiting = Callable[[], Iterable[tuple[str, int]]]  # ids of jobs, with the numbers of images


class Take(Protocol):
    """Takes up a job that a person, or somebody in their place, has named."""

    def __call__(self, job_id: str, *, named: bool) -> Awaitable[Job | None]:
        """Return it, if it can be had here."""


async def bring_in(work: Work, waiting: Waiting, take: Take) -> None:
    """Take up jobs again whose images are paid for and here, now and then until cancelled."""
    while True:
        try:
            for job_id in await asyncio.to_thread(_stranded, waiting, work.journal.history):
                await take(job_id, named=True)
        except JournalError as error:
            _LOG.warning("images that wait for their bucket go on waiting: %s", error)
        await work.clock.sleep(_AGAIN)


def _stranded(waiting: Waiting, history: History) -> list[str]:
    """Return the jobs that ended without an image that lies here."""
    lacking = (job_id for job_id, index in waiting() if _lacks(history.get(job_id), index))
    return [*dict.fromkeys(lacking)]


def _lacks(job: Job | None, index: int) -> bool:
    # Without its URLs, which are forgotten after a while, a job would be looked for at the gateway,
    # be lost there, and be taken up again, for ever.
    if job is None or not job.is_resumable or job.deleted is not None or index > len(job.results):
        return False
    return index not in {one.index for one in job.files}
