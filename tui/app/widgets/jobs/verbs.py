"""What can be done with jobs, by key."""

from enum import StrEnum

from textual.binding import Binding, BindingType


class Verb(StrEnum):
    """What can be done with a job."""

    REMIX = "remix"
    RETRY = "retry"
    EDIT = "edit"
    FIRST = "first"
    USE = "use"
    STOP = "stop"
    TAG = "tag"
    NOTE = "note"
    RATE = "rate"
    DELETE = "delete"
    COPY = "copy"
    OPEN = "viewer"
    UNDO = "undo"
    PAUSE = "pause"
    RESOLVE = "resolve"
    EXPORT = "export"
    IMPORT = "import"
    VOTE = "vote"
    GRID = "grid"


OF_NO_JOB = frozenset({Verb.UNDO, Verb.PAUSE, Verb.IMPORT})


_RATE = "Rate it, 1 to 5; 0 takes the rating away"


def _key(verb: Verb, key: str, name: str, about: str, *, show: bool = False) -> Binding:
    return Binding(key, f"ask('{verb}')", name, show=show, id=f"jobs.{verb}", tooltip=about)


VERBS: list[BindingType] = [
    _key(Verb.REMIX, "r", "Remix", "Take its request into the form", show=True),
    _key(Verb.RETRY, "R", "Retry", "Make it again as a new job, which is billed anew", show=True),
    _key(Verb.USE, "u", "Use", "Use its first image as a reference in the form"),
    _key(
        Verb.STOP,
        "x",
        "Drop/stop",
        "Unsent: drop it, for free; later: stop watching it, billed all the same",
        show=True,
    ),
    _key(Verb.COPY, "y", "Copy", "Copy its path, prompt, task id, curl or imagedeck command"),
    _key(Verb.OPEN, "o", "Open", "Open its images in the system's viewer"),
    _key(
        Verb.RESOLVE,
        "a",
        "Resolve",
        "Outcome unknown: attach its task, send it again, or abandon it",
    ),
    _key(Verb.EDIT, "E", "Edit", "Queued: take it out of the queue, into the form"),
    _key(Verb.FIRST, "K", "Move up", "Queued: send it before all others"),
    _key(Verb.PAUSE, "p", "Pause", "Hold submissions back, or let them go; what was sent goes on"),
    _key(Verb.UNDO, "U,ctrl+z", "Undo", "Take back the last deletion, or change of the form"),
    _key(Verb.TAG, "t", "Tag", "Change its tags; tag:cover finds them"),
    _key(Verb.NOTE, "n", "Note", "Write a note on it"),
    *(
        Binding(
            str(stars),
            f"ask('{Verb.RATE}', '{stars}')",
            f"Rate {stars}" if stars else "Not rated",
            show=False,
            id=f"jobs.rate-{stars}",
            tooltip=_RATE,
        )
        for stars in range(6)
    ),
    _key(Verb.VOTE, "V", "Vote", "See its group's images without names, and choose the best"),
    _key(Verb.GRID, "number_sign", "Grid", "See its comparison as a grid, retry single cells"),
    _key(Verb.EXPORT, "e", "Export", "Copy the marked ones, or all that was found, with a page"),
    _key(Verb.IMPORT, "I", "Import", "Take the images of a folder into the history"),
    _key(Verb.DELETE, "delete,D", "Delete", "Take it off the list, its images into the trash"),
]
