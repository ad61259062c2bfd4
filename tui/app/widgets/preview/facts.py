"""Everything worth knowing about a job, for people."""

from collections.abc import Mapping
from dataclasses import dataclass

from tui.app.looks import Tone, full_name, is_running, look_of, time_of
from tui.core.asked import differences
from tui.core.home import DEFAULT_PROFILE
from tui.core.job import ErrorKind, Job, JobError, Saved
from tui.core.language import _, marked
from tui.core.on_worker import worker_of
from tui.core.price import Price
from tui.core.retelling import retold
from tui.core.size import Size
from tui.core.state_words import VOTES
from tui.core.text import one_line
from tui.core.units import amount, lasted
from tui.models import UnknownModelError, find_model

_SHORT_HASH = 16
_C2PA = {True: marked("manifest present, not verified"), False: marked("no manifest")}

_NEXT: Mapping[ErrorKind, str] = {
    ErrorKind.INVALID: marked("Correct the field and submit again."),
    ErrorKind.REFUSED: marked(
        "Change the prompt or the fields and submit again; nothing was billed."
    ),
    ErrorKind.AUTH: marked(
        "Give a valid key (f4): unsent jobs go on. This one can be retried (R)."
    ),
    ErrorKind.QUOTA: marked("Top up the account, then go on (f4). This job can be retried (R)."),
    ErrorKind.LIMITED: marked("Nothing to do: it is tried again by itself."),
    ErrorKind.UNREACHABLE: marked("Nothing to do once the network is back: it goes on by itself."),
    ErrorKind.UNKNOWN: (
        marked(
            "It may have been accepted, and billed. Resolve it: resubmit, attach a task_id, "
            "or abandon."
        )
    ),
    ErrorKind.FAILED: marked("Change the prompt or the fields, or retry it as a new job."),
    ErrorKind.EMPTY: marked("The task ended without an image. Retry it as a new job."),
    ErrorKind.PARTIAL: marked("`imagedeck resume` looks once more for what is missing."),
    ErrorKind.EXPIRED: marked("The gateway no longer has the images. Retry it as a new job."),
    ErrorKind.LOST: marked(
        "The gateway no longer knows the task. `imagedeck resume` asks once more."
    ),
    ErrorKind.QUARANTINED: marked(
        "What was delivered is kept. `imagedeck resume` fetches it once more."
    ),
    ErrorKind.DISK: marked("Free some space or choose another folder; it goes on by itself."),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A label with a text, uncleaned, and what the text is about."""

    label: str
    text: str
    tone: Tone = Tone.PLAIN


def facts_of(
    job: Job,
    file: Saved | None,
    *,
    now: float,
    typical: float | None,
    price: Price | None = None,
    whole_hash: bool = False,
    problem: str | None = None,
) -> list[Fact]:
    """Return what is known about a job and, if there is one, the image of it that is shown.

    `price` is an estimate, `problem` says why that image is not drawn.
    """
    facts = [
        Fact(marked("state"), f"{look_of(job)}{_place(job, file)}", look_of(job).tone),
        Fact(marked("model"), full_name(job.request.model)),
        *_trouble(job, problem),
        *(
            Fact(marked("note"), retold(note), Tone.WARNING)
            for note in (file.notes if file else ())
        ),
        _pixels(job, file),
    ]
    if file:
        facts.append(_format(job, file))
    if time := _time(job, now, typical):
        facts.append(Fact(marked("time"), time))
    if price and price.amount is not None:
        facts.append(Fact(marked("price"), _("{price}, estimated", price=price)))
    if file:
        facts.append(Fact(marked("path"), file.path))
    if job.task_id:
        facts.append(Fact(marked("task_id"), job.task_id))
    if file:
        facts += _proof(file, whole_hash=whole_hash)
    # The prompt comes last, as it is the one that may be long.
    return [*facts, *_written(job), *_origin(job), Fact(marked("prompt"), job.prompt)]


def _place(job: Job, file: Saved | None) -> str:
    if file is None or len(job.files) < 2:
        return ""
    return _(" · image {index} of {count}", index=file.index, count=len(job.files))


def _proof(file: Saved, *, whole_hash: bool) -> list[Fact]:
    shown = file.sha256 if whole_hash else f"{file.sha256[:_SHORT_HASH]}…"
    facts = [Fact("sha256", shown, Tone.MUTED)]
    if file.has_c2pa is not None:
        facts.append(Fact("C2PA", _(_C2PA[file.has_c2pa]), Tone.MUTED))
    return facts


def _origin(job: Job) -> list[Fact]:
    """Say which job it is, and what it comes from."""
    facts = [Fact(marked("job"), job.short_id, Tone.MUTED)]
    if job.submitter:
        facts.append(Fact(marked("owner"), job.submitter, Tone.MUTED))
    if job.profile != DEFAULT_PROFILE:
        facts.append(Fact(marked("profile"), _at_gateway(job), Tone.MUTED))
    if job.follows:
        facts.append(
            Fact(
                marked("follows"), _("{follows}, made anew", follows=job.follows[-10:]), Tone.MUTED
            )
        )
    return facts + [Fact(marked("image"), one.name) for one in job.request.references]


def _at_gateway(job: Job) -> str:
    gateway = job.gateway or job.origin
    return _("{profile} at {gateway}", profile=job.profile, gateway=gateway)


def _written(job: Job) -> list[Fact]:
    facts = [Fact(marked("rating"), _("{rating} of 5", rating=job.rating))] if job.rating else []
    facts += [Fact(marked("vote"), VOTES.get(job.vote, job.vote))] if job.vote else []
    facts += [Fact(marked("tags"), " ".join(job.tags))] if job.tags else []
    facts += [Fact(marked("note"), job.note)] if job.note else []
    return facts


def _trouble(job: Job, problem: str | None) -> list[Fact]:
    facts = []
    if job.error:
        tone = Tone.FAULT if job.state.is_end and not job.files else Tone.WARNING
        facts.append(Fact(marked("error"), retold(job.error.message), tone))
        if not job.resolution:
            facts.append(Fact(marked("next"), _next(job, job.error), tone))
    facts += [Fact(marked("warning"), retold(warning), Tone.WARNING) for warning in job.warnings]
    if problem:
        facts.append(
            Fact(
                marked("preview"), _("not drawn: {problem}", problem=retold(problem)), Tone.WARNING
            )
        )
    return facts


def _next(job: Job, error: JobError) -> str:
    if worker_of(error):
        if job.is_live:
            return _("Put it right on that host; a worker goes on with it by itself.")
        return _("Put it right on that host, then retry it here (R).")
    if job.is_live and error.kind is ErrorKind.AUTH:
        return _("With its profile (f12 goes over) and key it goes on by itself.")
    return _(_NEXT[error.kind])


def _pixels(job: Job, file: Saved | None) -> Fact:
    """Return the pixels asked for, then those that came."""
    try:
        size = find_model(job.request.model).pixels(job.request.values)
    except UnknownModelError:
        size = None
    asked = str(size) if size else _("left to the model")
    if file is None:
        return Fact(marked("pixels"), _("{asked}, asked for", asked=asked))
    differs = size is not None and size != Size(file.width, file.height)
    tone = Tone.WARNING if differs else Tone.PLAIN
    return Fact(marked("pixels"), f"{asked} → {file.width}x{file.height}", tone)


def _format(job: Job, file: Saved) -> Fact:
    """Return the format asked for, if one was, then the one that came."""
    asked = job.request.values.get("output_format")
    before = f"{one_line(str(asked), 20)} → " if asked else ""
    differs = any(differences({"output_format": asked or ""}, file.format, is_opaque=False))
    tone = Tone.WARNING if differs else Tone.PLAIN
    return Fact(marked("format"), f"{before}{file.format} · {amount(file.bytes)}", tone)


def _time(job: Job, now: float, typical: float | None) -> str:
    seconds = time_of(job, now)
    usual = "" if typical is None else f"≈{lasted(typical)}"
    if seconds is None:
        was_sent = job.state.is_end or job.submitted is not None
        return "" if was_sent or not usual else _("{usual}, typically, once sent", usual=usual)
    if is_running(job):
        return (
            _("{seconds} of {usual}", seconds=lasted(seconds), usual=usual)
            if usual
            else _("{seconds} so far", seconds=lasted(seconds))
        )
    return (
        _("{seconds}, typically {usual}", seconds=lasted(seconds), usual=usual)
        if usual
        else lasted(seconds)
    )
