"""The line mode's verbs on what waits to be sent."""

from tui.cli.errors import RefusedError
from tui.cli.plain.desk import Desk
from tui.cli.plain.verb import Verb
from tui.core.job import Job, State


def _queued(desk: Desk, rest: str) -> Job:
    job = desk.job(rest)
    if job.state is not State.QUEUED:
        raise RefusedError(f"Job {job.short_id} is {job.state}: it does not wait to be sent.")
    return job


def _pause(desk: Desk, _rest: str) -> None:
    desk.deck.engine.pause().result()
    desk.voice.say("Submissions pause, in every imagedeck; what was sent goes on. `go` ends it.")


def _go(desk: Desk, _rest: str) -> None:
    desk.deck.engine.go_on().result()
    desk.voice.say("Submissions go on.")


def _next(desk: Desk, rest: str) -> None:
    job = _queued(desk, rest)
    if not desk.deck.engine.first(job.id).result():
        raise RefusedError("Only what waits here to be sent can be moved up.")
    desk.voice.say(f"Job {job.short_id} is sent next.")


def _edit(desk: Desk, rest: str) -> None:
    job = _queued(desk, rest)
    desk.remix(job)
    if desk.deck.engine.drop(job.id).result() is None:
        desk.voice.say("It is being sent right now; its request is the one being written.")
        return
    desk.edited = job.id
    desk.voice.say("Taken out of the queue, for free. `generate` sends it as it is written then.")


VERBS = (
    Verb("pause", "", "hold submissions back; what was sent goes on", _pause),
    Verb("go", "", "end a pause: submit again at once", _go),
    Verb("next", "JOB", "send a waiting job before all others", _next),
    Verb("edit", "JOB", "take a waiting job out of the queue, as the one being written", _edit),
)
