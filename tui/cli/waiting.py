"""Why what is to be sent is not sent yet."""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from tui.core.job import Job, State
from tui.core.language import _, marked
from tui.core.person import is_own
from tui.core.staff import need_of
from tui.services.engine.holding import EVERYTHING

if TYPE_CHECKING:
    from tui.services.journal.reading import StoredHistory
    from tui.services.settings import Settings

_PAUSED = marked(
    "Submissions are paused; `imagedeck pause --off{suffix}` lets them go on. Waiting."
)
_GROUP_PAUSED = marked(
    "Submissions of {group} are paused; `imagedeck pause --group {group} --off{suffix}` lets them "
    "go on. Waiting."
)
_CROWDED = marked("{why}, of others: [in_flight] in the settings. Waiting for a place.")
_PATIENCE = 5.0  # seconds without anything of one's own under way


def waits_of(jobs: Iterable[Job], settings: "Settings", history: "StoredHistory") -> str:
    """Say what those of some jobs wait for that are queued, if it is known; else nothing."""
    queued = (job for job in jobs if job.state is State.QUEUED and not job.error)
    me, home, limits = settings.submitter, settings.home, settings.limits
    ours = [job for job in queued if is_own(job, me) and home.has(job)]
    if not ours:
        return ""
    counts = history.in_flight(settings.origin, time.time())
    models = sorted({job.request.model for job in ours})
    if crowded := next(filter(None, (limits.crowded(one, counts) for one in models)), ""):
        return crowded
    free = [job for job in ours if job.owner is None]
    if settings.leaves_to_workers and free:
        needs = sorted(set(map(need_of, free)))
        return history.staff(needs).added_to(_for_whom(settings), needs)
    return limits.waits(models[0], counts)


def _for_whom(settings: "Settings") -> str:
    if settings.any_key:
        return _("for a worker of profile {profile}", profile=settings.profile)
    return _("for a worker of profile {profile} that has your key", profile=settings.profile)


class Waiting:
    """Tells once that what a run has to send waits, and once that it does no more."""

    def __init__(
        self, tell: Callable[[str], None], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._tell = tell
        self._now = now
        self._said = ""
        self._idle_since: float | None = None

    def look(self, unsent: list[Job], paused: frozenset[str], suffix: str, crowd: str) -> None:
        """Look what those wait for that are not sent; `crowd` says that others have all places."""
        waits = _held(unsent, paused, suffix) if paused else ""
        if not waits and unsent and crowd and self._is_long():
            waits = _(_CROWDED, why=crowd)
        if not crowd:
            self._idle_since = None
        if waits != self._said:
            # How many are in flight changes all the time; that they do is told once.
            if not (waits and self._said):
                self._tell(waits or _("Submissions go on."))
            self._said = waits

    def _is_long(self) -> bool:
        now = self._now()
        if self._idle_since is None:
            self._idle_since = now
        return now - self._idle_since >= _PATIENCE


def _held(unsent: list[Job], paused: frozenset[str], suffix: str) -> str:
    if unsent and EVERYTHING in paused:
        return _(_PAUSED, suffix=suffix)
    group = next((job.group for job in unsent if job.group in paused), None)
    return _(_GROUP_PAUSED, group=group, suffix=suffix) if group else ""
