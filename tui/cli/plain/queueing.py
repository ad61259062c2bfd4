"""The line mode's verbs on what waits to be sent."""

from tui.cli.errors import RefusedError
from tui.cli.plain.desk import Desk
from tui.cli.plain.verb import Verb
from tui.core.job import Job, State
from tui.core.language import _
from tui.core.state_words import STATES


def _queued(desk: Desk, rest: str) -> Job:
    job = desk.job(rest)
    if job.state is not State.QUEUED:
        raise RefusedError(
            _(
                "Job {short_id} is {state}: it does not wait to be sent.",
                short_id=job.short_id,
                state=STATES[job.state],
            )
        )
    return job


def _pause(desk: Desk, _rest: str) -> None:
    desk.deck.engine.pause().result()
    desk.voice.say(_("Submissions pause, in every imagedeck; what was sent goes on. `go` ends it."))


def _go(desk: Desk, _rest: str) -> None:
    desk.deck.engine.go_on().result()
    desk.voice.say(_("Submissions go on."))


def _next(desk: Desk, rest: str) -> None:
    job = _queued(desk, rest)
    if not desk.deck.engine.first(job.id).result():
        raise RefusedError(_("Only what waits here to be sent can be moved up."))
    desk.voice.say(_("Job {short_id} is sent next.", short_id=job.short_id))


def _edit(desk: Desk, rest: str) -> None:
    job = _queued(desk, rest)
    if not desk.may(job):
        return
    desk.remix(job)
    if desk.deck.engine.drop(job.id, others=True).result() is None:
        desk.voice.say(_("It is being sent right now; its request is the one being written."))
        return
    desk.edited = job.id
    desk.voice.say(
        _("Taken out of the queue, for free. `generate` sends it as it is written then.")
    )


VERBS = (
    Verb("pause", "", _("hold submissions back; what was sent goes on"), _pause),
    Verb("go", "", _("end a pause: submit again at once"), _go),
    Verb("next", "JOB", _("send a waiting job before all others"), _next),
    Verb("edit", "JOB", _("take a waiting job out of the queue, as the one being written"), _edit),
)
