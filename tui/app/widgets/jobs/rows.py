"""Jobs by row, the newest first."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from tui.core.job import Job


@dataclass(frozen=True, slots=True)
class Change:
    """What a batch of snapshots did: which snapshots it replaced, whether rows were added."""

    replaced: tuple[Job, ...]
    grew: bool


class Rows:
    """A list of jobs that grows at its top in constant time and finds each by its id.

    Kept oldest first, so that a new job is appended and no other one's place changes.
    """

    def __init__(self) -> None:
        self._jobs: list[Job] = []
        self._places: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._jobs)

    def __getitem__(self, row: int) -> Job:
        return self._jobs[len(self._jobs) - 1 - row]

    def row_of(self, job_id: str) -> int | None:
        """Return the row of a job, 0 for the newest."""
        place = self._places.get(job_id)
        return None if place is None else len(self._jobs) - 1 - place

    def reset(self, jobs: Iterable[Job]) -> None:
        """Hold these jobs and no others."""
        self._jobs, self._places = [], {}
        self._add({job.id: job for job in jobs})

    def apply(self, jobs: Iterable[Job]) -> Change:
        """Take newer snapshots of known jobs, add unknown ones."""
        fresh: dict[str, Job] = {}
        replaced = []
        for job in jobs:
            place = self._places.get(job.id)
            if place is None:
                fresh[job.id] = job
            elif job.change >= (known := self._jobs[place]).change:
                replaced.append(known)
                self._jobs[place] = job
        self._add(fresh)
        return Change(tuple(replaced), bool(fresh))

    def _add(self, fresh: dict[str, Job]) -> None:
        if not fresh:
            return
        new = sorted(fresh.values(), key=_age)
        # Only what is younger than the oldest of them moves: most often nothing.
        first = bisect_left(self._jobs, _age(new[0]), key=_age)
        tail = sorted([*self._jobs[first:], *new], key=_age)
        self._jobs[first:] = tail
        self._places.update((job.id, place) for place, job in enumerate(tail, first))


def _age(job: Job) -> tuple[float, str]:
    return job.created, job.id
