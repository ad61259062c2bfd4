"""What states, kinds of errors and ways out of an unknown outcome are called, for people."""

from collections.abc import Mapping

from tui.core.job import ErrorKind, Job, State
from tui.core.language import _, sense

STATES: Mapping[State, str] = {
    State.QUEUED: sense("state", "queued"),
    State.SUBMITTING: sense("state", "submitting"),
    State.PENDING: sense("state", "pending"),
    State.PROCESSING: sense("state", "processing"),
    State.DOWNLOADING: sense("state", "downloading"),
    State.SAVED: sense("state", "saved"),
    State.FAILED: sense("state", "failed"),
    State.DROPPED: sense("state", "dropped"),
    State.UNKNOWN: sense("state", "unknown"),
    State.LOST: sense("state", "lost"),
    State.EXPIRED: sense("state", "expired"),
}
KINDS: Mapping[ErrorKind, str] = {
    ErrorKind.INVALID: sense("kind", "invalid"),
    ErrorKind.REFUSED: sense("kind", "refused"),
    ErrorKind.AUTH: sense("kind", "auth"),
    ErrorKind.QUOTA: sense("kind", "quota"),
    ErrorKind.LIMITED: sense("kind", "limited"),
    ErrorKind.UNREACHABLE: sense("kind", "unreachable"),
    ErrorKind.UNKNOWN: sense("kind", "unknown"),
    ErrorKind.FAILED: sense("kind", "failed"),
    ErrorKind.EMPTY: sense("kind", "empty"),
    ErrorKind.PARTIAL: sense("kind", "partial"),
    ErrorKind.EXPIRED: sense("kind", "expired"),
    ErrorKind.LOST: sense("kind", "lost"),
    ErrorKind.QUARANTINED: sense("kind", "quarantined"),
    ErrorKind.DISK: sense("kind", "disk"),
}
VOTES = {
    "won": sense("vote", "won"),
    "lost": sense("vote", "lost"),
    "tied": sense("vote", "tied"),
}
_RESOLUTIONS = {
    "attached": sense("resolution", "attached"),
    "abandoned": sense("resolution", "abandoned"),
    "resubmitted": sense("resolution", "resubmitted"),
}


def state_count(number: str, state: State) -> str:
    """Say how many are in a state: `3 saved`."""
    return _("{number} {state}", number=number, state=STATES[state])


def resolution_word(job: Job) -> str:
    """Say how an unknown outcome was resolved, empty while it is not."""
    return _RESOLUTIONS.get(job.resolution or "", job.resolution or "")
