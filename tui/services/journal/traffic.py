"""How much goes to a gateway: slots for submissions, and room among the jobs in flight."""

from collections.abc import Iterable, Mapping

from tui.core.job import Job
from tui.core.limits import Limits
from tui.services.journal.protocol import NoRoomError, TooSoonError
from tui.services.journal.shares import Room, Slot
from tui.services.journal.sql import Connection
from tui.services.journal.transaction import Transaction

# What nobody has heard of for so long is gone at the gateway, too; it must not bar the way.
_FORGOTTEN = 86_400.0
_STANDS = 3.0  # seconds for which one is waited for that is alive, and so looks again
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
IN_FLIGHT = (
    "SELECT model, count(*) FROM jobs WHERE live = 1 "
    "AND state IN ('submitting', 'pending', 'processing') AND updated > ? "
    "AND coalesce(origin, gateway, ?) = ? GROUP BY model"
)
_STAND = (
    "INSERT INTO waiting (owner, origin, model, until) VALUES (?, ?, ?, {now} + ?) "
    "ON CONFLICT (owner, origin, model) DO UPDATE SET until = excluded.until"
)
_OTHERS = "SELECT model FROM waiting WHERE origin = ? AND owner <> ? AND until > {now}"


def reserve(txn: Transaction, name: str, interval: float, count: int) -> tuple[list[Slot], float]:
    """Take the next `count` slots, `interval` seconds apart; return them and what time it is."""
    now, values = txn.clock()
    long = count * interval
    known = (name, *values, long, long, _far(interval), long)
    txn.db.execute(_RESERVE.format(now=now), known)
    due, moment = txn.db.execute(_DUE.format(now=now), (*values, name)).fetchone()
    first = due - long
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
    counts = count(txn.db, limits.origin, txn.now)
    model = job.request.model
    if not limits.free(model, counts):
        raise NoRoomError("as many jobs are in flight as may be")
    if job.group is not None and {_ALL, model} & _others(txn, limits.origin, owner):
        raise NoRoomError("a single job, on another host, comes first")


def ask(
    txn: Transaction, limits: Limits, ranks: Mapping[str, int], owner: str, *, stands: bool
) -> Room:
    """Return the room for some models, by the rank of who waits for it here.

    Where the first rank finds none, it is kept in mind, so that others leave it the next;
    `stands`: something of this owner may be kept in mind already.
    """
    counts = count(txn.db, limits.origin, txn.now)
    others = _others(txn, limits.origin, owner)
    free = {model: limits.free(model, counts) for model in ranks}
    yields = {model for model, rank in ranks.items() if rank > 0 and {_ALL, model} & others}
    lacking = _lacking(limits, counts, ranks)
    if lacking or stands:
        _stand(txn, limits, owner, lacking)
    room = {model: 0 if model in yields else free[model] for model in ranks}
    return Room(room, counts, stands=bool(lacking))


def count(db: Connection, origin: str, now: float) -> dict[str, int]:
    """Return how many jobs are in flight at a gateway, by model."""
    rows = db.execute(IN_FLIGHT, in_flight_at(origin, now))
    return {str(model): int(number) for model, number in rows}


def in_flight_at(origin: str, now: float) -> list[float | str]:
    """Return the values that IN_FLIGHT needs."""
    return [now - _FORGOTTEN, origin, origin]


def _lacking(limits: Limits, counts: Mapping[str, int], ranks: Mapping[str, int]) -> set[str]:
    """Return what those of the first rank wait for: a place of a model, or any place."""
    first = {one for one, rank in ranks.items() if rank <= 0 and not limits.free(one, counts)}
    return first and ({_ALL} if limits.free_of_all(counts) <= 0 else first)


def leave(txn: Transaction, owner: str) -> None:
    """Forget what this owner waits for: it has got a place."""
    txn.db.execute("DELETE FROM waiting WHERE owner = ?", (owner,))


def _stand(txn: Transaction, limits: Limits, owner: str, models: Iterable[str]) -> None:
    """Write what this owner waits for before all others, and nothing else."""
    leave(txn, owner)
    now, values = txn.clock()
    for model in models:
        txn.db.execute(_STAND.format(now=now), (owner, limits.origin, model, *values, _STANDS))


def _others(txn: Transaction, origin: str, owner: str) -> set[str]:
    now, values = txn.clock()
    rows = txn.db.execute(_OTHERS.format(now=now), (origin, owner, *values))
    return {str(model) for (model,) in rows}
