"""What is worth a notice to somebody who looks elsewhere."""

from collections import Counter
from collections.abc import Iterable

from tui.core.job import Job, State
from tui.core.language import _
from tui.core.state_words import STATES, state_count
from tui.core.text import one_line

_GOOD = frozenset({State.SAVED})
_MOST_PROMPT = 60


class Notices:
    """Sees snapshots go by; says when a long job, or the whole queue, has ended.

    `after` is from how many seconds on a job is long.
    """

    def __init__(self, after: float) -> None:
        self._after = after
        self._live: set[str] = set()
        self._ended: list[Job] = []

    def see(self, jobs: Iterable[Job]) -> str:
        """Take new snapshots; return a sentence, empty when nothing is worth one."""
        ended = []
        for job in jobs:
            if job.is_live:
                self._live.add(job.id)
            elif job.id in self._live:
                self._live.discard(job.id)
                if job.state.is_end and job.state is not State.DROPPED:
                    ended.append(job)
        self._ended += ended
        if not ended:
            return ""
        long = [job for job in ended if self._is_long(job)]
        if not self._live:
            every, self._ended = self._ended, []
            # A short job that was alone was waited for.
            if any(map(self._is_long, every)):
                return _said(every, _("All jobs have ended")) if len(every) > 1 else _one(every[0])
            return ""
        if not long:
            return ""
        return _one(long[0]) if len(long) == 1 else _said(long, _("Long jobs have ended"))

    def _is_long(self, job: Job) -> bool:
        end = job.updated if job.finished is None else job.finished
        return end - job.created >= self._after


def _one(job: Job) -> str:
    return _(
        "{state}: {prompt}", state=STATES[job.state], prompt=one_line(job.prompt, _MOST_PROMPT)
    )


def _said(jobs: list[Job], what: str) -> str:
    counts = Counter(job.state for job in jobs)
    order = sorted(counts, key=lambda state: (state not in _GOOD, state.value))
    return _(
        "{what}: {counts}",
        what=what,
        counts=_(", ").join(state_count(str(counts[state]), state) for state in order),
    )
