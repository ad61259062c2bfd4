"""How much goes to a gateway: slots for submissions, and room among the jobs in flight."""

from collections.abc import Iterable, Mapping
from math import inf
from typing import Any

from tui.core.job import Job
from tui.core.limits import Limits
from tui.services.journal.protocol import NoRoomError, TooSoonError
from tui.services.journal.shares import Room, Slot
from tui.services.journal.sql import Connection
from tui.services.journal.transaction import Transaction

# What nobody has heard of for so long is gone at the gateway, too; it must not bar the way.
_FORGOTTEN = 86_400.0
_STANDS = 3.0  # seconds for which one is waited for that is alive, and so looks again
_TAKES_NEXT = 0.1  # seconds after a slot
_ALL = ""  # instead of a model: any place will do
# GCRA, twice: `due` is when the next slot is, `free` when the next submission may go. A time far
# ahead was written before a clock was set back.
_RESERVE = (
    "INSERT INTO slots (name, due, free) VALUES (?, {now} + ?, 0) "
    "ON CONFLICT (name) DO UPDATE SET due = "
    "CASE WHEN slots.due > excluded.due - ? AND slots.due < excluded.due + ? "
    "THEN slots.due + ? ELSE excluded.due END"
)
_DUE = "SELECT due, {now} FROM slots WHERE name = ?"
_GO = (
    "UPDATE slots SET free = ? + CASE WHEN free > {now} AND free < {now} + ? "
    "THEN free ELSE {now} END WHERE name = ? AND (free <= {now} + ? OR free > {now} + ?)"
)
_FREE = "SELECT free - {now}, {now} FROM slots WHERE name = ?"
_AWAY = (
    "FROM jobs WHERE live = 1 AND state IN ('submitting', 'pending', 'processing') "
    "AND updated > ? AND coalesce(origin, gateway, ?) = ?"
)
IN_FLIGHT = f"SELECT model, count(*) {_AWAY} GROUP BY model"
_STAND = "INSERT INTO waiting (owner, origin, model, rank, since, until) VALUES (?, ?, ?, ?, ?, ?)"
_LEAVE = "DELETE FROM waiting WHERE owner = ? OR until < {now}"
_STANDING = (
    "SELECT owner, model, rank, since, until - {now} FROM waiting "
    "WHERE origin = ? AND until > {now}"
)
# Who takes slots for single jobs, until it has had the time to take the next one.
_HURRY = (
    "INSERT INTO waiting (owner, origin, model, rank, since, until) VALUES (?, ?, '', 0, ?, ?) "
    "ON CONFLICT (owner, origin, model) DO UPDATE SET until = excluded.until"
)
_HURRIED = (
    "SELECT {now} FROM waiting WHERE origin = ? AND owner <> ? AND rank = 0 AND until > {now}"
)
_OTHERS = f"SELECT 1 {_AWAY} AND owner <> ? LIMIT 1"


def reserve(
    txn: Transaction, name: str, interval: float, count: int, *, rank: int, owner: str
) -> tuple[list[Slot], float]:
    """Take the next `count` slots, `interval` seconds apart; return them and what time it is.

    None while somebody else takes them for the first rank, and this is for a later one.
    """
    now, values = txn.clock()
    if rank > 0:
        found = txn.db.execute(_HURRIED.format(now=now), (*values, name, owner, *values))
        if row := found.fetchone():
            return [], row[0]
    long = count * interval
    known = (name, *values, long, long, _far(interval), long)
    txn.db.execute(_RESERVE.format(now=now), known)
    due, moment = txn.db.execute(_DUE.format(now=now), (*values, name)).fetchone()
    first = due - long
    if rank <= 0:
        txn.db.execute(_HURRY, (owner, name, moment, due - interval + _TAKES_NEXT))
    return [Slot(name, first + number * interval, interval) for number in range(count)], moment


def use(txn: Transaction, slot: Slot) -> float:
    """Use a slot now; return the time. Raises TooSoonError, nothing then being written.

    Slots are used late, too; this is where the rate is kept whatever happens.
    """
    now, values = txn.clock()
    far, early = _far(slot.interval), slot.tolerance
    known = (slot.interval, *values, *values, far, *values, slot.name, *values, early, *values, far)
    written = txn.db.execute(_GO.format(now=now), known).rowcount
    wait, moment = txn.db.execute(_FREE.format(now=now), (*values, *values, slot.name)).fetchone()
    if not written:
        raise TooSoonError(max(0.001, wait - early))
    return float(moment)


def _far(interval: float) -> float:
    return 60.0 + 200 * interval


def check_room(txn: Transaction, job: Job, limits: Limits, owner: str) -> None:
    """Raise NoRoomError when as many jobs are in flight as may be, or others come first."""
    if not limits.bound_flight:
        return
    line = _Line(txn, limits, owner)
    if not line.free(job.request.model, 0 if job.group is None else 1):
        raise NoRoomError("as many jobs are in flight as may be, or others come first")


def ask(txn: Transaction, limits: Limits, ranks: Mapping[str, int], owner: str) -> Room:
    """Return the room for some models, by the rank of who waits for it here.

    Who finds none, and is not alone, stands in line from then on, until it has got a place.
    """
    line = _Line(txn, limits, owner)
    free = {model: line.free(model, rank) for model, rank in ranks.items()}
    lacking = {model: ranks[model] for model, places in free.items() if not places}
    if lacking:
        line.stand(lacking)
    return Room(free, line.in_flight)


class _Line:
    """Who waits for places at a gateway: the lowest rank goes first, then who has waited longest.

    Whoever stands in it for a model, or for any place, has to look again within three seconds.
    """

    def __init__(self, txn: Transaction, limits: Limits, owner: str) -> None:
        self._txn = txn
        self._limits = limits
        self._owner = owner
        self.in_flight = count(txn.db, limits.origin, txn.now)
        now, values = txn.clock()
        known = (*values, limits.origin, *values)
        rows = txn.db.execute(_STANDING.format(now=now), known).fetchall()
        self._others = [row for row in rows if row[0] != owner]
        self._mine = {row[1]: row for row in rows if row[0] == owner}

    def free(self, model: str, rank: int) -> int:
        """Return how many of a model this owner may have now."""
        mine = min((row[3] for row in self._mine.values() if row[1] in {_ALL, model}), default=inf)
        before = {
            other
            for other, wanted, its_rank, since, _left in self._others
            if wanted in {_ALL, model} and (its_rank, since) < (max(0, rank), mine)
        }
        return max(0, self._limits.free(model, self.in_flight) - len(before))

    def stand(self, ranks: Mapping[str, int]) -> None:
        """Stand in line for these models, by the rank of who waits for each."""
        is_full = self._limits.free_of_all(self.in_flight) <= 0
        least = min(max(0, rank) for rank in ranks.values())
        wanted = {_ALL: least} if is_full else {one: max(0, rank) for one, rank in ranks.items()}
        stands = {row[1]: row[2] for row in self._mine.values() if row[4] > _STANDS - 1}
        if stands == wanted or self._is_alone():
            return
        leave(self._txn, self._owner)
        now, values = self._txn.clock()
        moment = self._txn.db.execute(f"SELECT {now}", values).fetchone()[0]
        since = min((row[3] for row in self._mine.values()), default=moment)
        for model, rank in wanted.items():
            known = (self._owner, self._limits.origin, model, rank, since, moment + _STANDS)
            self._txn.db.execute(_STAND, known)

    def _is_alone(self) -> bool:
        """Whether nobody else has anything in flight, or waits."""
        away = (*in_flight_at(self._limits.origin, self._txn.now), self._owner)
        return not self._others and self._txn.db.execute(_OTHERS, away).fetchone() is None


def count(db: Connection, origin: str, now: float) -> dict[str, int]:
    """Return how many jobs are in flight at a gateway, by model."""
    return by_model(db.execute(IN_FLIGHT, in_flight_at(origin, now)))


def by_model(rows: Iterable[Any]) -> dict[str, int]:
    """Return what rows of IN_FLIGHT say."""
    return {str(model): int(number) for model, number in rows}


def in_flight_at(origin: str, now: float) -> list[float | str]:
    """Return the values that IN_FLIGHT needs."""
    return [now - _FORGOTTEN, origin, origin]


def leave(txn: Transaction, owner: str) -> None:
    """Let an owner that has got a place go to the end of the line."""
    now, values = txn.clock()
    txn.db.execute(_LEAVE.format(now=now), (owner, *values))
