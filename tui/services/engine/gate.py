"""What holds the submissions of this process back, and lets them go."""

import asyncio
import math

from tui.core.job import Job
from tui.services.clock import Clock
from tui.services.engine.holding import EVERYTHING, Hold
from tui.services.engine.lanes import Lane


class Gate:
    """Stands before the lane of submissions: a person's pause, a hold after a bad answer.

    `most` is how many are sent side by side. One goes ahead, at first and after each hold: a key
    that is refused costs a batch one failed job, not eight.
    """

    def __init__(self, lane: Lane, clock: Clock, *, most: int) -> None:
        self._lane = lane
        self._clock = clock
        self._most = most
        self._paused: frozenset[str] = frozenset()
        self.is_paused = asyncio.Event()
        self._hold: Hold | None = None
        self._is_wide = False
        self._ends = 0.0  # by the monotonic clock, as the lane counts
        lane.resize(1)

    @property
    def hold(self) -> Hold | None:
        """Why submissions pause, while they do."""
        if EVERYTHING in self._paused:
            return Hold(None, math.inf)
        return self._hold if self._ends > self._clock.monotonic() else None

    @property
    def is_wide(self) -> bool:
        """Whether something was accepted since the last hold."""
        return self._is_wide

    @property
    def paused(self) -> frozenset[str]:
        """The groups that a person has paused, and `EVERYTHING` where all is."""
        return self._paused

    def heed(self, paused: frozenset[str]) -> None:
        """Hold back what a person has paused, in whichever process; let all else go."""
        before, self._paused = self._paused, paused
        for group in paused - before - {EVERYTHING}:
            self._lane.pause(group)
        for group in before - paused - {EVERYTHING}:
            self._lane.unpause(group)
        if EVERYTHING in paused:
            self._lane.hold(math.inf)
        elif EVERYTHING in before:
            self._lane.go()
            self._lane.hold(self._ends - self._clock.monotonic())
        if paused:
            self.is_paused.set()
        else:
            self.is_paused.clear()

    def end_hold(self) -> None:
        """End a hold, if there is one; a pause stays."""
        self._ends = 0.0
        if EVERYTHING not in self._paused:
            self._lane.go()

    def stop(self, job: Job, seconds: float) -> None:
        """Hold submissions for that many seconds, for the reason in the job's error."""
        ends = self._clock.monotonic() + seconds
        if ends > self._ends:  # a short pause must not hide a long one
            self._hold, self._ends = Hold(job, self._clock.now() + seconds), ends
        self._lane.hold(seconds)
        self._is_wide = False
        self._lane.resize(1)

    def note_accepted(self) -> None:
        """Let the others go side by side."""
        if not self.hold:
            self._is_wide = True
            self._lane.resize(self._most)
