"""How long submissions pause when nothing was accepted."""

from dataclasses import dataclass

from tui.core.job import ErrorKind
from tui.core.schedule import backoff
from tui.services.gateway.outcome import (
    Accepted,
    Ambiguous,
    Limited,
    NotSent,
    Refused,
    Submission,
)

MOST_UNSENT, MOST_LIMITED = 3, 10
FIRST_PAUSE, LONGEST_PAUSE = 30.0, 300.0

Answer = Accepted | Refused | Ambiguous


@dataclass(frozen=True, slots=True)
class Pause:
    """`seconds` without a submission. `is_told`: tries ran out, so a person hears why."""

    kind: ErrorKind
    message: str
    seconds: float
    is_told: bool


class Pauses:
    """Counts how often in a row nothing was accepted, whichever job it was.

    An unreachable gateway is no job's own affair: counted for each, a hundred jobs would be
    tried three times each before anybody heard of it.
    """

    def __init__(self) -> None:
        self._kind: ErrorKind | None = None
        self._count = 0
        self._over = 0.0

    def judge(self, outcome: Submission, now: float, jitter: float) -> Answer | Pause:
        """Return an answer as it is, anything else as a pause; `now` in monotonic seconds."""
        match outcome:
            case NotSent(message):
                kind, most, asked = ErrorKind.UNREACHABLE, MOST_UNSENT, 0.0
            case Limited(message, wait):
                kind, most, asked = ErrorKind.LIMITED, MOST_LIMITED, wait or 0.0
            case answer:
                self._kind = None
                return answer
        if kind is not self._kind:
            self._kind, self._count = kind, 1
        elif now >= self._over:  # what was in flight together counts once
            self._count += 1
        is_told = self._count % most == 0
        if is_told:
            rounds = min(self._count // most, 16)
            seconds = max(asked, min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (rounds - 1)))
        else:
            seconds = asked or backoff(self._count, jitter)
        self._over = max(self._over, now + seconds)
        return Pause(kind, message, seconds, is_told)
