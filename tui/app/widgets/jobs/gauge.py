"""The time of a running job against the typical one, as a small bar."""

from tui.app.looks import is_running, time_of
from tui.app.widgets.jobs.expects import Expects
from tui.core.job import Job
from tui.core.units import lasted

_LEAST = 3  # cells; a shorter bar says nothing


def time_text(job: Job, now: float, expects: Expects, width: int) -> str:
    """Return how long a job took, or has run, with a bar where there is room for one."""
    seconds = time_of(job, now)
    if seconds is None:
        return ""
    text = lasted(seconds)
    typical = expects.typical(job) if is_running(job) else None
    room = width - len(text) - 1
    if not typical or room < _LEAST:
        return text
    return f"{text} {bar(seconds / typical, room, is_learned=expects.is_learned(job))}"


def bar(share: float, cells: int, *, is_learned: bool) -> str:
    """Draw a share of the typical time; a `+` at the end means that it is over.

    A line is learned from jobs alike; dashes after a `≈` are only what the model declares.
    """
    full, empty = ("━", "─") if is_learned else ("╍", "┄")
    head = "" if is_learned else "≈"
    cells -= len(head)
    if share > 1:
        return f"{head}{full * (cells - 1)}+"
    done = int(share * cells)
    return f"{head}{full * done}{empty * (cells - done)}"
