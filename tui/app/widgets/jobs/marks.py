"""Which rows are marked."""

from collections.abc import Callable, Iterable, Iterator


class Marks:
    """Ids of marked jobs, in the order they were marked; a range grows with the cursor."""

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}
        self._before: dict[str, None] = {}
        self._anchor: str | None = None

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._ids))

    @property
    def is_ranging(self) -> bool:
        """Whether the cursor marks what it passes."""
        return self._anchor is not None

    def toggle(self, job_id: str) -> None:
        """Mark a job, or take its mark away; a range ends."""
        self._anchor = None
        if job_id in self._ids:
            del self._ids[job_id]
        else:
            self._ids[job_id] = None

    def add(self, ids: Iterable[str]) -> None:
        """Mark these, too."""
        self._ids.update(dict.fromkeys(ids))

    def begin(self, job_id: str, ids: Iterable[str]) -> None:
        """Begin a range at the row of a job, which stands for `ids`; other marks stay."""
        self._anchor, self._before = job_id, dict(self._ids)
        self.add(ids)

    def end(self) -> None:
        """End a range; its marks stay."""
        self._anchor = None

    def reach(
        self,
        row: int,
        row_of: Callable[[str], int | None],
        ids_of: Callable[[int], Iterable[str]],
    ) -> set[str]:
        """Let the range go from its beginning to this row; return whose marks changed."""
        anchor = row_of(self._anchor) if self._anchor else None
        if anchor is None:
            self._anchor = None
            return set()
        low, high = sorted((anchor, row))
        before = set(self._ids)
        self._ids = dict(self._before)
        self.add(job_id for one in range(low, high + 1) for job_id in ids_of(one))
        return before ^ set(self._ids)

    def clear(self) -> None:
        """Take all marks away."""
        self._ids, self._anchor = {}, None

    def discard(self, ids: Iterable[str]) -> None:
        """Forget jobs that are gone."""
        for job_id in ids:
            self._ids.pop(job_id, None)
