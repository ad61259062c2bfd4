"""What is said about a job, wherever a person reads it."""

from tui.core.home import Home
from tui.core.job import ErrorKind, Job, Saved, State
from tui.core.text import one_line
from tui.core.units import amount


def status(job: Job) -> str:
    """Return the state word, with the kind of error behind it."""
    if job.error is None or job.error.kind.value == job.state.value:
        return str(job.state)
    return f"{job.state} ({job.error.kind})"


def described(saved: Saved) -> str:
    """Return size, format and weight of an image on disk."""
    notes = "".join(f"; {one_line(one)}" for one in saved.notes)
    c2pa = ", C2PA" if saved.has_c2pa else ""
    return f"{saved.width}x{saved.height} {saved.format}, {amount(saved.bytes)}{c2pa}{notes}"


def reason(job: Job) -> str:
    """Return the error's sentence on one line, empty without one."""
    return one_line(job.error.message, 500) if job.error else ""


def advice(job: Job, home: Home, suffix: str = "") -> str:
    """Say what a person can do about the job now; empty where there is nothing to do.

    `home` is this run's; `suffix` goes behind every command, such as ` --demo`.
    """
    if job.is_live and not home.has(job):
        return f"`imagedeck{home.flags(job)} resume` goes on with it"
    retry = f"`imagedeck retry {job.short_id}{suffix}` makes it anew"
    resume = f"`imagedeck resume{suffix}`"
    kind = job.error.kind if job.error else None
    match job.state, kind:
        case State.UNKNOWN, _ if not job.resolution:
            resolve = f"`imagedeck resolve {job.short_id}{suffix}"
            return (
                "imagedeck never sends it again by itself; look at the gateway's bill, then "
                f"{resolve} --attach TASK_ID` (nothing is paid twice), {resolve} --resubmit` "
                f"(may be paid twice) or {resolve} --abandon`"
            )
        case ((State.FAILED | State.SAVED), _) if job.is_resumable:
            return f"{resume} tries once more to get what is missing"
        case ((State.EXPIRED | State.LOST), _):
            return f"{resume} looks once more; {retry}"
        case State.FAILED, (ErrorKind.AUTH | ErrorKind.QUOTA):
            return f"check the key (`imagedeck key status`) or the account; then {retry}"
        case ((State.FAILED | State.DROPPED), _):
            return retry
        case _ if job.is_live:
            return _live_advice(job, kind, suffix)
        case _:
            return ""


def _live_advice(job: Job, kind: ErrorKind | None, suffix: str) -> str:
    resume, wait = f"`imagedeck resume{suffix}`", f"`imagedeck wait {job.short_id}{suffix}`"
    match kind:
        case ErrorKind.AUTH:
            return f"{resume} goes on with the right key (`imagedeck key set{suffix}`)"
        case ErrorKind.UNREACHABLE:
            return f"check the network, the address (--base-url) and any proxy, then {resume}"
        case ErrorKind.DISK:
            return f"make room or give the folder back, then {resume}"
        case None:
            return f"{resume} or {wait} follows it"
        case _:
            return f"{resume} goes on with it"
