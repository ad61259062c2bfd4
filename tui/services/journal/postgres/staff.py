"""Which workers are alive and what they have, told by locks that end with the worker.

Each holds one in the name of every need that it meets, shared with all others who do; so they need
no table, and nobody has to clean up after a worker that was killed.
"""

from collections.abc import Iterable

from tui.core.staff import Need, Staff
from tui.services.journal.postgres import queues
from tui.services.journal.sql import Connection

_PRESENT = 0x696D6178  # for pg_try_advisory_lock_shared: held by every worker
_HOLD = "SELECT pg_try_advisory_lock_shared(?)"
_HELD = (
    "SELECT (classid::bigint << 32) | objid::bigint, count(*) FROM pg_locks "
    "WHERE locktype = 'advisory' AND objsubid = 1 AND mode = 'ShareLock' AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) GROUP BY 1"
)


def sign_on(db: Connection, needs: Iterable[Need]) -> None:
    """Let everybody see that a worker meets these needs, for as long as the session lasts."""
    for name in (_PRESENT, *map(_name_of, needs)):
        db.execute(_HOLD, (name,))


def look(db: Connection, needs: Iterable[Need]) -> Staff:
    """Count the workers that are alive, and see which needs none of them meets.

    Nothing counts as unmet while one is alive of which it isn't seen what it has: of an older
    version, just starting, or killed less than a minute ago.
    """
    alive, asked = queues.alive(db), sorted(needs)
    if not (alive and asked):
        return Staff(alive)
    held = {int(name): int(number) for name, number in db.execute(_HELD).fetchall()}
    if held.get(_PRESENT, 0) < alive:
        return Staff(alive)
    places = [need._replace(key="") for need in asked]
    return Staff.of(alive, asked, {need: held.get(_name_of(need), 0) for need in (*asked, *places)})


def _name_of(need: Need) -> int:
    """Return the name of a need's queues as a lock takes it: a signed number of 64 bits."""
    return int.from_bytes(bytes.fromhex(queues.name_of(need)), signed=True)
