"""What is said about a job, wherever a person reads it."""

from tui.core.bucket import is_remote
from tui.core.home import Home
from tui.core.job import ErrorKind, Job, Saved, State
from tui.core.language import _
from tui.core.on_worker import worker_of
from tui.core.person import is_own
from tui.core.retelling import retold
from tui.core.state_words import KINDS, STATES
from tui.core.text import one_line
from tui.core.units import amount


def status(job: Job) -> str:
    """Return the state word, with the kind of error behind it."""
    if job.error is None or job.error.kind.value == job.state.value:
        return STATES[job.state]
    return _("{state} ({kind})", state=STATES[job.state], kind=KINDS[job.error.kind])


def described(saved: Saved) -> str:
    """Return size, format and weight of an image on disk."""
    notes = "".join(_("; {note}", note=one_line(retold(one))) for one in saved.notes)
    c2pa = _(", C2PA") if saved.has_c2pa else ""
    return _(
        "{size} {format}, {bytes}{c2pa}{notes}",
        size=f"{saved.width}x{saved.height}",
        format=saved.format,
        bytes=amount(saved.bytes),
        c2pa=c2pa,
        notes=notes,
    )


def reason(job: Job) -> str:
    """Return the error's sentence on one line, empty without one."""
    return one_line(retold(job.error.message), 500) if job.error else ""


def advice(job: Job, home: Home, suffix: str = "", me: str | None = None) -> str:
    """Say what a person can do about the job now; empty where there is nothing to do.

    `home` is this run's; `suffix` goes behind every command, such as ` --demo`; `me` is the person.
    """
    if job.state is State.QUEUED and not is_own(job, me):
        return _("whoever works for {owner} sends it", owner=one_line(job.submitter or ""))
    if job.is_live and not home.has(job):
        return _("`imagedeck{flags} resume` goes on with it", flags=home.flags(job))
    retry = _(
        "`imagedeck retry {short_id}{suffix}` makes it anew", short_id=job.short_id, suffix=suffix
    )
    resume = f"`imagedeck resume{suffix}`"
    kind = job.error.kind if job.error else None
    match job.state, kind:
        case State.UNKNOWN, _ if not job.resolution:
            resolve = f"`imagedeck resolve {job.short_id}{suffix}"
            return _(
                "imagedeck never sends it again by itself; look at the gateway's bill, then "
                "{resolve} --attach TASK_ID` (nothing is paid twice), {resolve} --resubmit` "
                "(may be paid twice) or {resolve} --abandon`",
                resolve=resolve,
            )
        case ((State.FAILED | State.SAVED), _) if job.is_resumable:
            return _("{resume} tries once more to get what is missing", resume=resume)
        case ((State.EXPIRED | State.LOST), _):
            return _("{resume} looks once more; {retry}", resume=resume, retry=retry)
        case State.FAILED, (ErrorKind.AUTH | ErrorKind.QUOTA) if worker_of(job.error):
            return _("see to the key of that worker, or its account; then {retry}", retry=retry)
        case State.FAILED, (ErrorKind.AUTH | ErrorKind.QUOTA):
            return _(
                "check the key (`imagedeck key status`) or the account; then {retry}", retry=retry
            )
        case ((State.FAILED | State.DROPPED), _):
            return retry
        case _ if job.is_live:
            return _live_advice(job, kind, suffix)
        case _:
            return ""


def way_on(home: Home, said: str, job: Job) -> str:
    """Say how jobs that are at home elsewhere go on, `job` being one of them; see Home.others."""
    if home.lacks_key(job):
        return _("{said}; with that key `imagedeck resume` goes on.", said=said)
    return _("{said}: `imagedeck{flags} resume` goes on.", said=said, flags=home.flags(job))


def _live_advice(job: Job, kind: ErrorKind | None, suffix: str) -> str:
    resume, wait = f"`imagedeck resume{suffix}`", f"`imagedeck wait {job.short_id}{suffix}`"
    match kind:
        case _ if worker_of(job.error):
            return _("put it right on that host; a worker goes on with it by itself")
        case ErrorKind.AUTH:
            return _(
                "{resume} goes on with the right key (`imagedeck key set{suffix}`)",
                resume=resume,
                suffix=suffix,
            )
        case ErrorKind.UNREACHABLE:
            return _(
                "check the network, the address (--base-url) and any proxy, then {resume}",
                resume=resume,
            )
        case ErrorKind.DISK if is_remote(job.folder):
            return _("{resume} goes on with it", resume=resume)
        case ErrorKind.DISK:
            return _("make room or give the folder back, then {resume}", resume=resume)
        case None:
            return _("{resume} or {wait} follows it", resume=resume, wait=wait)
        case _:
            return _("{resume} goes on with it", resume=resume)
