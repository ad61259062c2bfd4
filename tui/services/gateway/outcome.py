"""What became of a request to the gateway."""

from dataclasses import dataclass, field

from tui.core.job import ErrorKind, Result


@dataclass(frozen=True, slots=True)
class Accepted:
    """The task exists, and is billed."""

    task_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A definite no; nothing is billed. `pauses`: the next submission would fare no better."""

    kind: ErrorKind
    message: str
    pauses: bool = False


@dataclass(frozen=True, slots=True)
class Limited:
    """Not accepted for now; `wait` is what the gateway asks for, in seconds."""

    message: str
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class NotSent:
    """Nothing has left this machine."""

    message: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """It may have been accepted, and billed. `answer` holds the first bytes that came back."""

    message: str
    answer: bytes = b""


Submission = Accepted | Refused | Limited | NotSent | Ambiguous


@dataclass(frozen=True, slots=True)
class Progress:
    """A well-formed answer about a task; `word` is the gateway's status word, lower case.

    `answer` holds the first bytes of a success without an image.
    """

    word: str
    results: tuple[Result, ...] = ()
    message: str = ""
    answer: bytes = field(default=b"", compare=False)


@dataclass(frozen=True, slots=True)
class Missing:
    """The gateway says that it knows no such task (404 or 410)."""

    message: str


@dataclass(frozen=True, slots=True)
class Denied:
    """The key may not ask (401, 402, 403)."""

    kind: ErrorKind
    message: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """No answer, or none that can be read: it says nothing about the task."""

    message: str
    wait: float | None = None


Look = Progress | Missing | Denied | Trouble
