"""What jobs wait for that are left to workers: somebody who may send them, or a limit."""

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, Protocol

from tui.core.job import Job, State
from tui.core.staff import Need, Staff, need_of
from tui.services.engine.work import Work
from tui.services.journal.delivering import Delivery

if TYPE_CHECKING:
    from collections.abc import Mapping

_WAITING, _IDLE = 3.0, 10.0  # seconds between looks, while something waits unsent and otherwise
_ADDED = 0.3  # seconds in which a worker takes what is added, if there is one
_AT_LEAST = 0.1  # seconds, should it be due and can't be


class Prospect(Protocol):
    """What keeps jobs from being sent, in a few words each; empty where it doesn't."""

    @property
    def lack(self) -> str:
        """Say that nobody is there who may send them."""

    @property
    def crowd(self) -> str:
        """Say that as many are in flight as may be."""

    @property
    def waits(self) -> str:
        """Say what limit holds them back."""


class _Kind(NamedTuple):
    """Jobs that wait for the same; `need` is None while somebody has them."""

    need: Need | None
    model: str


class Outlook:
    """Looks now and then who is there, and how much is in flight: never for a single job."""

    def __init__(self, work: Work, delivery: Delivery) -> None:
        self._work = work
        self._delivery = delivery
        self._awaited: dict[str, _Kind | None] = {}  # by id; None for what is sent
        self._kinds: dict[_Kind, _Kind] = {}  # one of each: jobs may be a hundred thousand
        self._numbers: Counter[_Kind] = Counter()
        self._staff: Staff | None = None  # before it was looked for the first time
        self._in_flight: Mapping[str, int] = {}
        self._looked = self._due = float("-inf")
        self._asked: set[Need | None] = {None}
        self._said: tuple[Need | None, ...] = ()

    @property
    def lack(self) -> str:
        """Say that no worker is there who may send what waits, or none at all."""
        lacking = self._lacking
        return self._staff.line(lacking[0]) if self._staff and lacking else ""

    @property
    def crowd(self) -> str:
        """Say that as many are in flight as may be, while something waits for a place."""
        if self._lacking:
            return ""
        models = sorted({kind.model for kind in self._numbers})
        said = (self._work.limits.crowded(one, self._in_flight) for one in models)
        return next(filter(None, said), "")

    @property
    def waits(self) -> str:
        """Say what limit, as it is set here, holds back what waits."""
        if self._lacking or not self._numbers:
            return ""
        return self.crowd or self._work.limits.waits("", {})

    def __contains__(self, job_id: str) -> bool:
        """Whether a job is awaited here."""
        return job_id in self._awaited

    def note(self, job: Job) -> None:
        """Take a new snapshot of a job that is awaited here, until it has ended."""
        before = self._awaited.pop(job.id, None)
        kind = self._kind_of(job)
        if job.is_live:
            self._awaited[job.id] = kind
        if before is kind:
            return
        if before:
            self._numbers[before] -= 1
            if not self._numbers[before]:
                del self._numbers[before]
        if kind:
            if kind not in self._numbers:
                self._hurry(kind.need)
            self._numbers[kind] += 1

    def patience(self, most: float) -> float:
        """Return the seconds until it wants to look again, `most` at most."""
        return min(most, max(_AT_LEAST, self._due - self._work.clock.monotonic()))

    async def look(self) -> None:
        """See who is there, if it is time; tell it once where nobody is and something is awaited.

        Raises JournalError.
        """
        moment = self._work.clock.monotonic()
        if moment < self._due:
            return
        self._looked, self._due = moment, moment + (_WAITING if self._numbers else _IDLE)
        needs = {kind.need for kind in self._numbers if kind.need}
        self._asked |= needs
        self._staff = await self._delivery.staff(needs)
        lacking = self._lacking if self._awaited else ()
        if lacking and lacking != self._said:
            self._work.tell(self._staff.sentence(lacking[0]))
        self._said = lacking
        limits = self._work.limits
        if self._numbers and limits.bound_flight and not lacking:
            now = self._work.clock.now()
            self._in_flight = await self._delivery.in_flight(limits.origin, now)

    def _hurry(self, need: Need | None) -> None:
        """Look sooner than one would while nothing waited, and soon for what is new."""
        soon = self._work.clock.monotonic() + _ADDED
        if need in self._asked:
            soon = max(soon, self._looked + _WAITING)
        self._due = min(self._due, soon)

    def _kind_of(self, job: Job) -> _Kind | None:
        if not job.is_live or job.state is not State.QUEUED:
            return None
        kind = _Kind(None if job.owner else need_of(job), job.request.model)
        return self._kinds.setdefault(kind, kind)

    @property
    def _lacking(self) -> tuple[Need | None, ...]:
        """Return a need that nobody meets, None for any at all; nothing where all is well."""
        if self._staff is None:
            return ()
        if not self._staff.alive:
            return (None,)
        wanted = {kind.need for kind in self._numbers if kind.need in self._staff.unmet}
        return (min(need for need in wanted if need),) if wanted else ()
