"""Everything worth knowing about a job, for people."""

from collections.abc import Mapping
from dataclasses import dataclass

from tui.app.looks import Tone, full_name, is_running, look_of, time_of
from tui.core.job import ErrorKind, Job, Saved
from tui.core.units import amount, lasted
from tui.models import UnknownModelError, find_model

_SHORT_HASH = 16

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
    whole_hash: bool = False,
    problem: str | None = None,
) -> list[Fact]:
    """Return what is known about a job and, if there is one, the image of it that is shown.

    `problem` says why that image is not drawn.
    """
    place = f" · image {file.index} of {len(job.files)}" if file and len(job.files) > 1 else ""
    facts = [
        Fact("state", f"{look_of(job)}{place}", look_of(job).tone),
        Fact("model", full_name(job.request.model)),
        *_trouble(job, problem),
        Fact("pixels", _pixels(job, file)),
    ]
    if file:
        facts.append(Fact("format", f"{file.format} · {amount(file.bytes)}"))
    if time := _time(job, now, typical):
        facts.append(Fact("time", time))
    if file:
        facts.append(Fact("path", file.path))
    if job.task_id:
        facts.append(Fact("task_id", job.task_id))
    if file:
        shown = file.sha256 if whole_hash else f"{file.sha256[:_SHORT_HASH]}…"
        facts.append(Fact("sha256", shown, Tone.MUTED))
        facts += [Fact("note", note, Tone.WARNING) for note in file.notes]
    # Last, as it is the one that may be long.
    return [*facts, Fact("job", job.short_id, Tone.MUTED), Fact("prompt", job.prompt)]


def _trouble(job: Job, problem: str | None) -> list[Fact]:
    facts = []
    if job.error:
        tone = Tone.FAULT if job.state.is_end and not job.files else Tone.WARNING
        facts.append(Fact("error", job.error.message, tone))
        if not job.resolution:
            facts.append(Fact("next", _NEXT[job.error.kind], tone))
    facts += [Fact("warning", warning, Tone.WARNING) for warning in job.warnings]
    if problem:
        facts.append(Fact("preview", f"not drawn: {problem}", Tone.WARNING))
    return facts


def _pixels(job: Job, file: Saved | None) -> str:
    """Return the pixels asked for, then those that came."""
    try:
        size = find_model(job.request.model).pixels(job.request.values)
    except UnknownModelError:
        size = None
    asked = str(size) if size else "left to the model"
    return f"{asked} → {file.width}x{file.height}" if file else f"{asked}, asked for"


def _time(job: Job, now: float, typical: float | None) -> str:
    seconds = time_of(job, now)
    usual = "" if typical is None else f"≈{lasted(typical)}"
    if seconds is None:
        was_sent = job.state.is_end or job.submitted is not None
        return "" if was_sent or not usual else f"{usual}, typically, once sent"
    if is_running(job):
        return f"{lasted(seconds)} of {usual}" if usual else f"{lasted(seconds)} so far"
    return f"{lasted(seconds)}, typically {usual}" if usual else lasted(seconds)
