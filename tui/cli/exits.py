"""The exit codes, and which of them a set of jobs comes to."""

from collections.abc import Iterable

from tui.core.job import ErrorKind, Job, JobError, State

OK = 0
FAILED = 1
USAGE = 2
KEY = 3
UNREACHABLE = 4
UNKNOWN = 5
STORAGE = 6
UNFINISHED = 8
HUNG_UP, INTERRUPTED, TERMINATED = 129, 130, 143

# With several kinds the first of these wins.
_PRECEDENCE = (
    UNKNOWN,
    KEY,
    STORAGE,
    FAILED,
    UNREACHABLE,
    UNFINISHED,
    HUNG_UP,
    INTERRUPTED,
    TERMINATED,
)
_KINDS = {
    ErrorKind.INVALID: FAILED,
    ErrorKind.REFUSED: FAILED,
    ErrorKind.AUTH: KEY,
    ErrorKind.QUOTA: KEY,
    ErrorKind.LIMITED: UNFINISHED,
    ErrorKind.UNREACHABLE: UNREACHABLE,
    ErrorKind.UNKNOWN: UNKNOWN,
    ErrorKind.FAILED: FAILED,
    ErrorKind.EMPTY: FAILED,
    ErrorKind.PARTIAL: STORAGE,
    ErrorKind.EXPIRED: STORAGE,
    ErrorKind.LOST: FAILED,
    ErrorKind.QUARANTINED: STORAGE,
    ErrorKind.DISK: STORAGE,
}


def worst(codes: Iterable[int]) -> int:
    """Return the code that stands for all of them."""
    found = set(codes)
    return next((code for code in _PRECEDENCE if code in found), OK)


def code_of(job: Job, *, hold: JobError | None = None, unfinished: int = UNFINISHED) -> int:
    """Return what one job comes to when nobody waits for it any longer.

    `hold` says why nothing is being submitted; `unfinished` is the code of a job that would
    simply go on.
    """
    if not job.watched or (job.state is State.UNKNOWN and job.resolution):
        return OK  # what a person gave up no longer counts
    if job.state is State.DOWNLOADING and job.error:
        return STORAGE  # whatever kept the images away: they are made, and not here
    problem = job.error or (hold if job.state is State.QUEUED else None)
    if problem:
        return _KINDS[problem.kind]
    return OK if job.state in {State.SAVED, State.DROPPED} else unfinished
