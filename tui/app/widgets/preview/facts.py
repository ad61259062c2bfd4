"""Everything worth knowing about a job, for people."""

from collections.abc import Mapping
from dataclasses import dataclass

from tui.app.looks import Tone, full_name, is_running, look_of, time_of
from tui.core.asked import differences
from tui.core.home import DEFAULT_PROFILE
from tui.core.job import ErrorKind, Job, Saved
from tui.core.price import Price
from tui.core.size import Size
from tui.core.text import one_line
from tui.core.units import amount, lasted
from tui.models import UnknownModelError, find_model

_SHORT_HASH = 16
_C2PA = {True: "manifest present, not verified", False: "no manifest"}

_NEXT: Mapping[ErrorKind, str] = {
    ErrorKind.INVALID: "Correct the field and submit again.",
    ErrorKind.REFUSED: "Change the prompt or the fields and submit again; nothing was billed.",
    ErrorKind.AUTH: "Give a valid key (f4): unsent jobs go on. This one can be retried (R).",
    ErrorKind.QUOTA: "Top up the account, then go on (f4). This job can be retried (R).",
    ErrorKind.LIMITED: "Nothing to do: it is tried again by itself.",
    ErrorKind.UNREACHABLE: "Nothing to do once the network is back: it goes on by itself.",
    ErrorKind.UNKNOWN: (
        "It may have been accepted, and billed. Resolve it: resubmit, attach a task_id, or abandon."
    ),
    ErrorKind.FAILED: "Change the prompt or the fields, or retry it as a new job.",
    ErrorKind.EMPTY: "The task ended without an image. Retry it as a new job.",
    ErrorKind.PARTIAL: "`imagedeck resume` looks once more for what is missing.",
    ErrorKind.EXPIRED: "The gateway no longer has the images. Retry it as a new job.",
    ErrorKind.LOST: "The gateway no longer knows the task. `imagedeck resume` asks once more.",
    ErrorKind.QUARANTINED: "What was delivered is kept. `imagedeck resume` fetches it once more.",
    ErrorKind.DISK: "Free some space or choose another folder; it goes on by itself.",
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
    place = f" · image {file.index} of {len(job.files)}" if file and len(job.files) > 1 else ""
    facts = [
        Fact("state", f"{look_of(job)}{place}", look_of(job).tone),
        Fact("model", full_name(job.request.model)),
        *_trouble(job, problem),
        *(Fact("note", note, Tone.WARNING) for note in (file.notes if file else ())),
        _pixels(job, file),
    ]
    if file:
        facts.append(_format(job, file))
    if time := _time(job, now, typical):
        facts.append(Fact("time", time))
    if price and price.amount is not None:
        facts.append(Fact("price", f"{price}, estimated"))
    if file:
        facts.append(Fact("path", file.path))
    if job.task_id:
        facts.append(Fact("task_id", job.task_id))
    if file:
        facts += _proof(file, whole_hash=whole_hash)
    # The prompt comes last, as it is the one that may be long.
    return [*facts, *_written(job), *_origin(job), Fact("prompt", job.prompt)]


def _proof(file: Saved, *, whole_hash: bool) -> list[Fact]:
    shown = file.sha256 if whole_hash else f"{file.sha256[:_SHORT_HASH]}…"
    facts = [Fact("sha256", shown, Tone.MUTED)]
    if file.has_c2pa is not None:
        facts.append(Fact("C2PA", _C2PA[file.has_c2pa], Tone.MUTED))
    return facts


def _origin(job: Job) -> list[Fact]:
    """Say which job it is, and what it comes from."""
    facts = [Fact("job", job.short_id, Tone.MUTED)]
    if job.profile != DEFAULT_PROFILE:
        facts.append(Fact("profile", f"{job.profile} at {job.gateway or job.origin}", Tone.MUTED))
    if job.follows:
        facts.append(Fact("follows", f"{job.follows[-10:]}, made anew", Tone.MUTED))
    return facts + [Fact("image", one.name) for one in job.request.references]


def _written(job: Job) -> list[Fact]:
    facts = [Fact("rating", f"{job.rating} of 5")] if job.rating else []
    facts += [Fact("vote", job.vote)] if job.vote else []
    facts += [Fact("tags", " ".join(job.tags))] if job.tags else []
    facts += [Fact("note", job.note)] if job.note else []
    return facts


def _trouble(job: Job, problem: str | None) -> list[Fact]:
    facts = []
    if job.error:
        tone = Tone.FAULT if job.state.is_end and not job.files else Tone.WARNING
        facts.append(Fact("error", job.error.message, tone))
        if not job.resolution:
            facts.append(Fact("next", _next(job, job.error.kind), tone))
    facts += [Fact("warning", warning, Tone.WARNING) for warning in job.warnings]
    if problem:
        facts.append(Fact("preview", f"not drawn: {problem}", Tone.WARNING))
    return facts


def _next(job: Job, kind: ErrorKind) -> str:
    if job.is_live and kind is ErrorKind.AUTH:
        return "With its profile (f12 goes over) and key it goes on by itself."
    return _NEXT[kind]


def _pixels(job: Job, file: Saved | None) -> Fact:
    """Return the pixels asked for, then those that came."""
    try:
        size = find_model(job.request.model).pixels(job.request.values)
    except UnknownModelError:
        size = None
    asked = str(size) if size else "left to the model"
    if file is None:
        return Fact("pixels", f"{asked}, asked for")
    differs = size is not None and size != Size(file.width, file.height)
    tone = Tone.WARNING if differs else Tone.PLAIN
    return Fact("pixels", f"{asked} → {file.width}x{file.height}", tone)


def _format(job: Job, file: Saved) -> Fact:
    """Return the format asked for, if one was, then the one that came."""
    asked = job.request.values.get("output_format")
    before = f"{one_line(str(asked), 20)} → " if asked else ""
    differs = any(differences({"output_format": asked or ""}, file.format, is_opaque=False))
    tone = Tone.WARNING if differs else Tone.PLAIN
    return Fact("format", f"{before}{file.format} · {amount(file.bytes)}", tone)


def _time(job: Job, now: float, typical: float | None) -> str:
    seconds = time_of(job, now)
    usual = "" if typical is None else f"≈{lasted(typical)}"
    if seconds is None:
        was_sent = job.state.is_end or job.submitted is not None
        return "" if was_sent or not usual else f"{usual}, typically, once sent"
    if is_running(job):
        return f"{lasted(seconds)} of {usual}" if usual else f"{lasted(seconds)} so far"
    return f"{lasted(seconds)}, typically {usual}" if usual else lasted(seconds)
