"""The jobs that a runner follows, as they stand."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from tui.core.job import Job, State


class Followed(Mapping[str, Job]):
    """Jobs by their ids; `on_left` hears of each that is followed no more.

    It gets the id and the last snapshot, None where that is another process's to know.
    """

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self.on_left: Callable[[str, Job | None], None] = lambda _job_id, _last: None

    def __getitem__(self, job_id: str) -> Job:
        return self._jobs[job_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._jobs)

    def __len__(self) -> int:
        return len(self._jobs)

    def states(self) -> "Counter[State]":
        """Count the jobs by their states, from any thread."""
        return Counter(job.state for job in [*self._jobs.values()])

    def put(self, job: Job) -> None:
        """Follow a job, or take its new snapshot."""
        self._jobs[job.id] = job

    def leave(self, job_id: str, last: Job | None = None) -> None:
        """Follow a job no more."""
        self._jobs.pop(job_id, None)
        self.on_left(job_id, last)
