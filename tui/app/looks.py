"""How a job looks: a shape, a word, a tone, the time it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from tui.core.job import Job, State
from tui.core.language import _
from tui.core.schedule import is_stalled
from tui.core.state_words import STATES, resolution_word
from tui.models import UnknownModelError, find_model


class Tone(StrEnum):
    """What a text is about; styles/ gives each its colour."""

    PLAIN = "plain"
    MUTED = "muted"
    LIVE = "live"
    GOOD = "good"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Look:
    """A state told apart by shape, by word, and by colour last."""

    glyph: str
    word: str
    tone: Tone

    def __str__(self) -> str:
        return f"{self.glyph} {self.word}"


_LOOKS: Mapping[State, Look] = {
    State.QUEUED: Look("○", STATES[State.QUEUED], Tone.MUTED),
    State.SUBMITTING: Look("↑", STATES[State.SUBMITTING], Tone.LIVE),
    State.PENDING: Look("◌", STATES[State.PENDING], Tone.LIVE),
    State.PROCESSING: Look("●", STATES[State.PROCESSING], Tone.LIVE),
    State.DOWNLOADING: Look("↓", STATES[State.DOWNLOADING], Tone.LIVE),
    State.SAVED: Look("✓", STATES[State.SAVED], Tone.GOOD),
    State.FAILED: Look("✗", STATES[State.FAILED], Tone.FAULT),
    State.DROPPED: Look("-", STATES[State.DROPPED], Tone.MUTED),
    State.UNKNOWN: Look("?", _("unknown ⏎"), Tone.FAULT),  # enter leads out of it
    State.LOST: Look("!", STATES[State.LOST], Tone.FAULT),
    State.EXPIRED: Look("⊘", STATES[State.EXPIRED], Tone.FAULT),
}
_FRESH = 600.0  # seconds; nobody says how long result URLs live, so early enough to act
_RUNNING = frozenset({State.SUBMITTING, State.PENDING, State.PROCESSING, State.DOWNLOADING})


def look_of(job: Job, now: float | None = None) -> Look:
    """Return how a job's state looks; at a moment also whether it is stalled, or may expire."""
    look = _LOOKS[job.state]
    if job.state is State.UNKNOWN and job.resolution:
        return Look(look.glyph, resolution_word(job), Tone.MUTED)
    if job.state is State.SAVED and job.error:
        return Look("◐", _("saved {images}", images=images_of(job)), Tone.WARNING)
    if now is not None and is_stalled(job, now):
        return Look("~", _("stalled"), Tone.WARNING)
    if now is not None and is_expiring(job, now):
        return Look("◷", _("expiring"), Tone.FAULT)
    if job.is_resting:
        return Look("‖", look.word, Tone.WARNING)
    if not job.state.is_end and not job.watched:
        return Look("◦", _("not watched"), Tone.MUTED)
    return look


def is_expiring(job: Job, now: float) -> bool:
    """Whether images have waited so long to be fetched that the gateway may let them go."""
    return job.is_resting and job.state is State.DOWNLOADING and now - job.updated > _FRESH


def is_running(job: Job) -> bool:
    """Whether its time goes by as one looks at it."""
    return job.state in _RUNNING and job.is_live and not job.is_resting


def time_of(job: Job, now: float) -> float | None:
    """Return the seconds a job has run so far, or took; None when it was never sent."""
    if is_running(job):
        return now - (job.updated if job.submitted is None else job.submitted)
    if job.submitted is None or job.finished is None:
        return None
    return job.finished - job.submitted


def typical_of(job: Job) -> float | None:
    """Return the seconds that a job's model declares for such a request; None if it is unknown."""
    try:
        return find_model(job.request.model).typical(job.request.values)
    except LookupError:  # a job of an older or a newer version
        return None


def images_of(job: Job) -> str:
    """Return how many of the images asked for are here: `2/4`."""
    return f"{len(job.files)}/{job.request.count}"


@lru_cache(64)
def short_name(model: str) -> str:
    """Return a model's most telling alias, or the id of one that is not known."""
    try:
        return find_model(model).aliases[-1]
    except UnknownModelError:
        return model


@lru_cache(64)
def full_name(model: str) -> str:
    """Return a model's title, or the id of one that is not known."""
    try:
        return find_model(model).title
    except UnknownModelError:
        return model
