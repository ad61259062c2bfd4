"""What holds the submissions of this process back, and lets them go."""

import math

from tui.core.job import Job
from tui.services.clock import Clock
from tui.services.engine.holding import Hold
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
        self._is_paused = False
        self._hold: Hold | None = None
        self._ends = 0.0  # by the monotonic clock, as the lane counts
        lane.resize(1)

    @property
    def hold(self) -> Hold | None:
        """Why submissions pause, while they do."""
        if self._is_paused:
            return Hold(None, math.inf)
        return self._hold if self._ends > self._clock.monotonic() else None

    def pause(self, group: str | None = None) -> None:
        """Send nothing more, or nothing of a group; what was sent is followed to its end."""
        if group is None:
            self._is_paused = True
            self._lane.hold(math.inf)
        else:
            self._lane.pause(group)

    def go_on(self, group: str | None = None) -> None:
        """End a pause, of everything or of a group; where there is none, a hold."""
        if group is not None:
            self._lane.unpause(group)
            return
        if self._is_paused:
            self._is_paused = False
            self._lane.go()
            self._lane.hold(self._ends - self._clock.monotonic())
            return
        self.end_hold()

    def end_hold(self) -> None:
        """End a hold, if there is one; a pause stays."""
        self._ends = 0.0
        if not self._is_paused:
            self._lane.go()

    def stop(self, job: Job, seconds: float) -> None:
        """Hold submissions for that many seconds, for the reason in the job's error."""
        ends = self._clock.monotonic() + seconds
        if ends > self._ends:  # a short pause must not hide a long one
            self._hold, self._ends = Hold(job, self._clock.now() + seconds), ends
        self._lane.hold(seconds)
        self._lane.resize(1)

    def note_accepted(self) -> None:
        """Let the others go side by side."""
        if not self.hold:
            self._lane.resize(self._most)
