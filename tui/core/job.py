"""A job: one request on its way from the prompt to the images on disk."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tui.core.request import Request


class State(StrEnum):
    """Where a job stands; what each word promises stands in the README."""

    QUEUED = "queued"
    SUBMITTING = "submitting"
    PENDING = "pending"
    PROCESSING = "processing"
    DOWNLOADING = "downloading"
    SAVED = "saved"
    FAILED = "failed"
    DROPPED = "dropped"
    UNKNOWN = "unknown"
    LOST = "lost"
    EXPIRED = "expired"

    @property
    def is_end(self) -> bool:
        """Whether nothing more happens by itself."""
        return self in _ENDS


_ENDS = frozenset(
    {State.SAVED, State.FAILED, State.DROPPED, State.UNKNOWN, State.LOST, State.EXPIRED}
)

_FAULTS = frozenset({State.FAILED, State.LOST, State.EXPIRED})
_TOLD = ("path", "width", "height", "format", "bytes", "sha256")
ANY_KEY = "any"

# What may follow what. An end is left only where a person asks (attach, resume, look again) or
# a late answer to a submission arrives after all.
TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.SUBMITTING, State.DROPPED}),
    State.SUBMITTING: frozenset({State.QUEUED, State.PENDING, State.FAILED, State.UNKNOWN}),
    State.PENDING: frozenset(
        {State.PROCESSING, State.DOWNLOADING, State.FAILED, State.LOST, State.PENDING}
    ),
    State.PROCESSING: frozenset(
        {State.PENDING, State.PROCESSING, State.DOWNLOADING, State.FAILED, State.LOST}
    ),
    State.DOWNLOADING: frozenset(
        {State.DOWNLOADING, State.SAVED, State.EXPIRED, State.FAILED, State.PENDING}
    ),
    State.SAVED: frozenset({State.DOWNLOADING}),
    State.FAILED: frozenset({State.DOWNLOADING}),
    State.DROPPED: frozenset(),
    State.UNKNOWN: frozenset({State.PENDING}),
    State.LOST: frozenset({State.PENDING}),
    State.EXPIRED: frozenset({State.DOWNLOADING, State.PENDING}),
}


class ErrorKind(StrEnum):
    """What went wrong, in the words of `--json`."""

    INVALID = "invalid"
    REFUSED = "refused"
    AUTH = "auth"
    QUOTA = "quota"
    LIMITED = "limited"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"
    FAILED = "failed"
    EMPTY = "empty"
    PARTIAL = "partial"
    EXPIRED = "expired"
    LOST = "lost"
    QUARANTINED = "quarantined"
    DISK = "disk"


@dataclass(frozen=True, slots=True)
class JobError:
    """A kind and one sentence for people; the sentence may hold a server's words, uncleaned."""

    kind: ErrorKind
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One image the gateway offers: a URL, or the bytes themselves in base64."""

    url: str | None = None
    base64: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """One image on disk: width × height in pixels, size in bytes, format as Pillow names it.

    `index` is its place among the task's images, from 1. `notes` tells what is odd about it.
    `has_c2pa`: whether a C2PA manifest is in it, unverified; None where nobody looked.
    """

    path: str
    index: int
    width: int
    height: int
    format: str
    bytes: int
    sha256: str
    notes: tuple[str, ...] = ()
    has_c2pa: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A whole, immutable snapshot of one job. Times are Unix seconds.

    id            made here, UUIDv7 (hexadecimal, 32 characters)
    change, fence the journal's running number of this version; its owner's token
    folder, template   where its images go and how they are named
    profile, gateway   whose it is and the origin it was made for; None: by an older version
    origin, poll_path, fingerprint   where it was submitted and with which key; polled only there
    word          the gateway's own status word when it is none of the known four
    tries, not_before  submissions that were not accepted, and when the next may be made
    results       what is left to fetch; dropped once saved (the URLs are bearer secrets)
    started, watched   when it was first seen processing; False: nothing resumes it until asked
    resolution    abandoned | resubmitted | attached: closes an `unknown`
    follows, price   the job this one retries; its estimate when it was made, US dollars
    tags, rating, note, deleted   what a person wrote on it (1 to 5); when it was deleted
    vote          won | lost | tied: what a blind vote said of it in its group
    submitter     who added it to a shared database; None: everybody's
    key           whose key may pay for it: a fingerprint, ANY_KEY, None: any of its home
    group, row    the batch or comparison it belongs to, and which row of it the job is
    """

    id: str
    request: Request
    state: State
    created: float
    updated: float
    folder: str
    template: str
    profile: str = "default"
    group: str | None = None
    change: int = 0
    fence: int = 0
    owner: str | None = None
    task_id: str | None = None
    origin: str | None = None
    poll_path: str | None = None
    fingerprint: str | None = None
    word: str | None = None
    tries: int = 0
    not_before: float | None = None
    submitted: float | None = None
    started: float | None = None
    finished: float | None = None
    results: tuple[Result, ...] = ()
    files: tuple[Saved, ...] = ()
    error: JobError | None = None
    warnings: tuple[str, ...] = ()
    watched: bool = True
    resolution: str | None = None
    follows: str | None = None
    row: str | None = None
    price: Decimal | None = None
    tags: tuple[str, ...] = ()
    rating: int | None = None
    note: str | None = None
    deleted: float | None = None
    gateway: str | None = None
    vote: str | None = None
    submitter: str | None = None
    key: str | None = None

    @property
    def short_id(self) -> str:
        """The last ten characters; the first ones are the same for all jobs of a minute."""
        return self.id[-10:]

    @property
    def prompt(self) -> str:
        """The request's prompt."""
        return self.request.prompt

    @property
    def is_live(self) -> bool:
        """Whether something still happens to it by itself."""
        return self.watched and not self.state.is_end

    @property
    def is_resting(self) -> bool:
        """Whether it waits, unfinished, for a person or for better times; `error` says for what."""
        return self.is_live and self.error is not None

    @property
    def is_fault(self) -> bool:
        """Whether something about it went wrong, and nobody has settled it."""
        if self.state is State.UNKNOWN:
            return not self.resolution
        return self.error is not None or self.state in _FAULTS

    @property
    def is_resumable(self) -> bool:
        """Whether it ended though images that are paid for may still be had."""
        if not self.task_id:
            return False
        match self.state:
            case State.EXPIRED | State.LOST:
                return True
            case State.SAVED | State.FAILED:
                return len(self.results) > len(self.files)
            case _:
                return False

    def as_event(self) -> dict[str, Any]:
        """Return the object that `--json` prints, without its time."""
        return {
            "job": self.id,
            "model": self.request.model,
            "prompt": self.prompt,
            "state": self.state.value,
            "task_id": self.task_id,
            "files": [{name: getattr(one, name) for name in _TOLD} for one in self.files],
            "error": {"kind": self.error.kind.value, "message": self.error.message}
            if self.error
            else None,
        }


def may_follow(before: State, after: State) -> bool:
    """Whether a job may go from one state to the other; staying is always allowed."""
    return before is after or after in TRANSITIONS[before]


def new_job_id(unix_ms: int, random: bytes) -> str:
    """Make a UUIDv7 (RFC 9562), 32 hex digits, of Unix milliseconds and 10 random bytes."""
    head = (unix_ms & (1 << 48) - 1).to_bytes(6, "big")
    body = bytearray(random[:10])
    body[0] = body[0] & 0x0F | 0x70
    body[2] = body[2] & 0x3F | 0x80
    return (head + bytes(body)).hex()
