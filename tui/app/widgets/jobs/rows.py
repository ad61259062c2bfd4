"""Jobs by row, in one order or another."""

from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from tui.core.job import Job

_MANY = 500  # changed at once: then sorting anew is faster than moving one by one


@dataclass(frozen=True, slots=True)
class Order:
    """By what jobs are ordered; `key` gives each another value, which one snapshot never changes.

    `last_first` puts the greatest at the top.
    """

    key: Callable[[Job], Any]
    last_first: bool = True


def _age(job: Job) -> tuple[float, str]:
    return job.created, job.id


NEWEST_FIRST = Order(_age)


@dataclass(frozen=True, slots=True)
class Change:
    """What a batch of snapshots did: which it replaced, whether any other row is elsewhere now.

    `leads` are the ids of jobs that stand for folded groups in which something changed.
    """

    replaced: tuple[Job, ...]
    is_reshaped: bool
    leads: tuple[str, ...] = ()


class Rows:
    """A list of jobs that grows at its top in constant time and finds each by its id.

    The order's last is kept last, so that a new job is appended and no other one's place changes.
    """

    def __init__(self, order: Order = NEWEST_FIRST) -> None:
        self.order = order
        self._jobs: list[Job] = []
        self._known: dict[str, Job] = {}

    def __len__(self) -> int:
        return len(self._jobs)

    def __getitem__(self, row: int) -> Job:
        return self._jobs[self._flip(row)]

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._known

    def get(self, job_id: str) -> Job | None:
        """Return the newest snapshot of a job."""
        return self._known.get(job_id)

    def row_of(self, job_id: str) -> int | None:
        """Return the row of a job, 0 for the topmost."""
        job = self._known.get(job_id)
        return None if job is None else self._flip(self._place(job))

    def newest(self, count: int) -> list[Job]:
        """Return that many jobs from the top."""
        return [self[row] for row in range(min(count, len(self)))]

    def reset(self, jobs: Iterable[Job]) -> None:
        """Hold these jobs and no others."""
        self._known = {job.id: job for job in jobs}
        self._sort()

    def sort(self, order: Order) -> None:
        """Put all in another order."""
        self.order = order
        self._sort()

    def apply(self, jobs: Collection[Job]) -> Change:
        """Take newer snapshots of known jobs, add unknown ones."""
        fresh: dict[str, Job] = {}
        replaced = []
        has_moved = False
        for job in jobs:
            known = self._known.get(job.id)
            if known is None:
                fresh[job.id] = job
            elif job.change >= known.change:
                replaced.append(known)
                has_moved = self._replace(known, job, at_once=len(jobs) < _MANY) or has_moved
        if has_moved and len(jobs) >= _MANY:
            self._sort()
        self._add(fresh)
        return Change(tuple(replaced), has_moved or bool(fresh))

    def remove(self, ids: Iterable[str]) -> bool:
        """Let go of jobs; return whether any was there."""
        gone = [job for job_id in ids if (job := self._known.get(job_id))]
        for job in gone:
            del self._jobs[self._place(job)], self._known[job.id]
        return bool(gone)

    def _replace(self, known: Job, job: Job, *, at_once: bool) -> bool:
        """Put a newer snapshot in; return whether its row is another one now."""
        key = self.order.key
        stays = key(known) == key(job)
        if stays or at_once:
            place = self._place(known)
            if stays:
                self._jobs[place] = job
            else:
                del self._jobs[place]
                insort(self._jobs, job, key=key)
        self._known[job.id] = job
        return not stays

    def _add(self, fresh: dict[str, Job]) -> None:
        if not fresh:
            return
        key = self.order.key
        self._known.update(fresh)
        new = sorted(fresh.values(), key=key)
        first, last = self._place(new[0]), self._place(new[-1])
        if first != last:  # they do not all go between the same two
            new = sorted([*self._jobs[first:last], *new], key=key)
        self._jobs[first:last] = new

    def _sort(self) -> None:
        self._jobs = sorted(self._known.values(), key=self.order.key)

    def _place(self, job: Job) -> int:
        return bisect_left(self._jobs, self.order.key(job), key=self.order.key)

    def _flip(self, row: int) -> int:
        return len(self._jobs) - 1 - row if self.order.last_first else row
