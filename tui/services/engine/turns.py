"""Whose turn it is: who waits until when, and who comes first of those that are due."""

import heapq
from collections import OrderedDict
from collections.abc import Callable
from itertools import count
from typing import NamedTuple


class Place(NamedTuple):
    """Where a job stands: the lowest `rank` goes first, `line`s of one rank take turns.

    Those of one `kind` are passed over together while nobody of that kind is admitted.
    """

    rank: int = 0
    line: str = ""
    kind: str = ""


_FOREMOST = -1  # the rank before all others
_Lines = OrderedDict[str, dict[str, list["_Turn"]]]


class _Turn(NamedTuple):
    due: float
    order: int
    job: str
    place: Place


class Turns:
    """The turns of many jobs, one each: a new one takes the place of the old.

    Of those that are due a lower rank goes first, however long others have waited. Within a rank
    the lines take turns, so that a long one holds up no short one; within a line the longest due
    goes first of those whose kind `admits` says yes to.
    """

    def __init__(self, admits: Callable[[str], bool] = lambda _kind: True) -> None:
        self._admits = admits
        self._waiting: list[_Turn] = []
        self._due: dict[int, _Lines] = {}
        self._newest: dict[str, _Turn] = {}
        self._paused: set[str] = set()
        self._order = count()
        self.last_due = 0.0  # when the turn was that was taken last
        self._foremost = 0.0  # before every time there is

    def __len__(self) -> int:
        return len(self._newest)

    def add(self, job_id: str, due: float, place: Place) -> None:
        """Give a job its turn at that time."""
        turn = _Turn(due, next(self._order), job_id, place)
        self._newest[job_id] = turn
        heapq.heappush(self._waiting, turn)

    def put_first(self, job_id: str) -> bool:
        """Give a job that waits the next turn of all; False when it does not wait."""
        waiting = self._newest.get(job_id)
        if waiting is None:
            return False
        self._foremost -= 1.0
        self.add(job_id, self._foremost, Place(_FOREMOST, kind=waiting.place.kind))
        return True

    def pause(self, line: str) -> None:
        """Pass a line over until `go`."""
        self._paused.add(line)

    def go(self, line: str) -> None:
        """Let a line have its turns again."""
        self._paused.discard(line)

    def next_due(self, now: float) -> float | None:
        """Return when the next turn is; None when there is none but of those passed over."""
        self._let_in(now)
        if any(self._open(lines) for lines in self._due.values()):
            return now
        return self._waiting[0].due if self._waiting else None

    def wanted(self, now: float) -> dict[str, int]:
        """Return the kinds of those that are due, each with the lowest rank of them."""
        self._let_in(now)
        found: dict[str, int] = {}
        for rank in sorted(self._due):
            for line, kinds in self._due[rank].items():
                for kind in kinds if line not in self._paused else ():
                    found.setdefault(kind, rank)
        return found

    def pop(self, now: float) -> str | None:
        """Take the next turn that is due; None when there is none, or another took its place."""
        self._let_in(now)
        for rank in sorted(self._due):
            lines = self._due[rank]
            found = self._open(lines)
            if found is None:
                continue
            line, kind = found
            turn = heapq.heappop(lines[line][kind])
            if not lines[line][kind]:
                del lines[line][kind]
            if lines[line]:
                lines.move_to_end(line)
            else:
                del lines[line]
            if self._newest.get(turn.job) is not turn:
                return None
            del self._newest[turn.job]
            self.last_due = turn.due
            return turn.job
        return None

    def _let_in(self, now: float) -> None:
        while self._waiting and self._waiting[0].due <= now:
            turn = heapq.heappop(self._waiting)
            lines = self._due.setdefault(turn.place.rank, OrderedDict())
            kinds = lines.setdefault(turn.place.line, {})
            heapq.heappush(kinds.setdefault(turn.place.kind, []), turn)

    def _open(self, lines: _Lines) -> tuple[str, str] | None:
        """Return the next line and kind that may have a turn."""
        for line, kinds in lines.items():
            if line in self._paused:
                continue
            heads = [(turns[0], kind) for kind, turns in kinds.items() if self._admits(kind)]
            if heads:
                return line, min(heads)[1]
        return None
