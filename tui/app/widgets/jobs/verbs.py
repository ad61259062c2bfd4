"""What can be done with jobs, by key."""

from enum import StrEnum

from textual.binding import Binding, BindingType

from tui.core.language import _


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
    FETCH = "fetch"
    IMPORT = "import"
    VOTE = "vote"
    GRID = "grid"


OF_NO_JOB = frozenset({Verb.UNDO, Verb.PAUSE, Verb.IMPORT})


_RATE = _("Rate it, 1 to 5; 0 takes the rating away")


def _key(verb: Verb, key: str, name: str, about: str, *, show: bool = False) -> Binding:
    return Binding(key, f"ask('{verb}')", name, show=show, id=f"jobs.{verb}", tooltip=about)


VERBS: list[BindingType] = [
    _key(Verb.REMIX, "r", _("Remix"), _("Take its request into the form"), show=True),
    _key(
        Verb.RETRY,
        "R",
        _("Retry"),
        _("Make it again as a new job, which is billed anew"),
        show=True,
    ),
    _key(Verb.USE, "u", _("Use"), _("Use its first image as a reference in the form")),
    _key(
        Verb.STOP,
        "x",
        _("Drop/stop"),
        _("Unsent: drop it, for free; later: stop watching it, billed all the same"),
        show=True,
    ),
    _key(Verb.COPY, "y", _("Copy"), _("Copy its path, prompt, task id, curl or imagedeck command")),
    _key(Verb.OPEN, "o", _("Open"), _("Open its images in the system's viewer")),
    _key(
        Verb.RESOLVE,
        "a",
        _("Resolve"),
        _("Outcome unknown: attach its task, send it again, or abandon it"),
    ),
    _key(Verb.EDIT, "E", _("Edit"), _("Queued: take it out of the queue, into the form")),
    _key(Verb.FIRST, "K", _("Move up"), _("Queued: send it before all others")),
    _key(
        Verb.PAUSE,
        "p",
        _("Pause"),
        _("Hold submissions back, or let them go; what was sent goes on"),
    ),
    _key(Verb.UNDO, "U,ctrl+z", _("Undo"), _("Take back the last deletion, or change of the form")),
    _key(Verb.TAG, "t", _("Tag"), _("Change its tags; tag:cover finds them")),
    _key(Verb.NOTE, "n", _("Note"), _("Write a note on it")),
    *(
        Binding(
            str(stars),
            f"ask('{Verb.RATE}', '{stars}')",
            _("Rate {stars}", stars=stars) if stars else _("Not rated"),
            show=False,
            id=f"jobs.rate-{stars}",
            tooltip=_RATE,
        )
        for stars in range(6)
    ),
    _key(Verb.VOTE, "V", _("Vote"), _("See its group's images without names, and choose the best")),
    _key(
        Verb.GRID, "number_sign", _("Grid"), _("See its comparison as a grid, retry single cells")
    ),
    _key(
        Verb.EXPORT, "e", _("Export"), _("Copy the marked ones, or all that was found, with a page")
    ),
    _key(Verb.FETCH, "F", _("Fetch"), _("Copy its original images into a folder here")),
    _key(Verb.IMPORT, "I", _("Import"), _("Take the images of a folder into the history")),
    _key(
        Verb.DELETE, "delete,D", _("Delete"), _("Take it off the list, its images into the trash")
    ),
]
