"""What a person may do with the jobs of others: nothing that can't be taken back, unasked."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from tui.core.language import _
from tui.core.person import is_own
from tui.services.engine.work import Work
from tui.services.journal.protocol import NotOwnError

_T = TypeVar("_T")


class Rights:
    """Lets through what is asked of a person's own jobs, and of others' where they are meant."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def do(
        self, act: Callable[[str], Coroutine[Any, Any, _T]], job_id: str, *, others: bool
    ) -> _T:
        """Do something with a job; raises NotOwnError for another's, unless `others` are meant."""
        if self._work.me is not None and not others:
            job = await asyncio.to_thread(self._work.journal.history.get, job_id)
            if job and not is_own(job, self._work.me):
                raise NotOwnError(
                    _(
                        "Job {short_id} was added by {owner}: nothing is done with it unasked",
                        short_id=job.short_id,
                        owner=job.submitter,
                    )
                )
        return await act(job_id)
