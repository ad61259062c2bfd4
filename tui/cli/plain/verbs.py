"""The verbs of the line mode: those of the app, typed."""

import time
from collections.abc import Iterator
from difflib import get_close_matches

from tui.cli.errors import RefusedError
from tui.cli.plain import choosing, exchanging, handing, noting, queueing, wording
from tui.cli.plain.desk import Desk
from tui.cli.plain.verb import Verb
from tui.cli.retry import request_faults
from tui.cli.show import lines_about
from tui.cli.waiting import waits_of
from tui.core.job import Job, State
from tui.core.language import _, marked
from tui.core.references import References
from tui.core.state_words import STATES
from tui.models import MODELS
from tui.services.journal.protocol import Query

_LOOK_AGAIN = 0.2  # seconds


def carry_out(desk: Desk, line: str) -> bool:
    """Do what a line says; False when it says to leave. Raises RefusedError."""
    word, _blank, rest = line.strip().partition(" ")
    if not word:
        return True
    verb = _BY_WORD.get(word.lower())
    if verb is None:
        near = get_close_matches(word.lower(), _BY_WORD, n=1)
        hint = _(" Did you mean {near}?", near=near[0]) if near else ""
        # Never taken for a prompt: a slip would be paid for.
        raise RefusedError(
            _("There is no verb {word!r}.{hint} `help` lists them.", word=word, hint=hint)
        )
    if verb.run is None:
        return False
    verb.run(desk, rest.strip())
    return True


def _help(desk: Desk, _rest: str) -> None:
    for verb in VERBS:
        desk.voice.say(
            _("{usage}: {about}", usage=f"{verb.word} {verb.usage}".strip(), about=_(verb.about))
        )


def _generate(desk: Desk, rest: str) -> None:
    desk.prompt = rest or desk.prompt
    desk.generate()


def _model(desk: Desk, rest: str) -> None:
    if rest:
        desk.choose(rest)
        desk.voice.say(
            _("{title}, best for {best_for}.", title=desk.model.title, best_for=desk.model.best_for)
        )
        return
    for model in MODELS:
        here = _(", chosen") if model is desk.model else ""
        desk.voice.say(
            _(
                "{names}: {title}, {best_for}{here}",
                names=", ".join(model.names),
                title=model.title,
                best_for=model.best_for,
                here=here,
            )
        )


def _set(desk: Desk, rest: str) -> None:
    name, _blank, text = rest.partition(" ")
    if not name:
        _request(desk, "")
        return
    desk.set(name, text.strip())
    desk.voice.say(_("{name}: {value}", name=name, value=text.strip() or _("not set")))


def _request(desk: Desk, _rest: str) -> None:
    desk.voice.say(_("Model: {title}", title=desk.model.title))
    desk.voice.say(_("Prompt: {prompt}", prompt=desk.prompt or _("none yet")))
    for one in desk.model.fields:
        if one.name != "prompt" and not isinstance(one, References):
            value = desk.values.get(one.name, _("not set, {allowed}", allowed=one.allowed))
            desk.voice.say(_("{name}: {value}", name=one.name, value=value))
    for at, reference in enumerate(desk.references, 1):
        desk.voice.say(_("Reference {at}: {name}", at=at, name=reference.name))


def _prompt(desk: Desk, rest: str) -> None:
    desk.prompt = rest
    desk.voice.say(_("Prompt: {prompt}", prompt=rest or _("none")))


def _image(desk: Desk, rest: str) -> None:
    if rest:
        desk.voice.say(_("Reference: {add_reference}", add_reference=desk.add_reference(rest)))
    else:
        desk.references = []
        desk.voice.say(_("No references."))


def _use(desk: Desk, rest: str) -> None:
    job = desk.job(rest)
    if not job.files:
        raise RefusedError(_("It has no image yet."))
    desk.voice.say(
        _(
            "Reference: {add_reference}",
            add_reference=desk.add_reference(handing.path_here(desk, job.files[0])),
        )
    )


def _jobs(desk: Desk, rest: str) -> None:
    lines = list(desk.listed(rest))
    for line in lines or [_("There are no such jobs.") if rest else _("There are no jobs yet.")]:
        desk.voice.say(line)


def _show(desk: Desk, rest: str) -> None:
    job, cli = desk.job(rest), desk.cli
    waits = waits_of([job], cli.settings, cli.history)
    for label, text in lines_about(job, cli.settings, cli.suffix, waits):
        desk.voice.say(_("{name}: {value}", name=_(label), value=text) if label else text)


def _wait(desk: Desk, rest: str) -> None:
    wanted = desk.job(rest).id if rest else None
    waited = False
    while [job for job in _under_way(desk) if wanted in {None, job.id}]:
        waited = True
        time.sleep(_LOOK_AGAIN)
    desk.voice.finish()
    desk.voice.say(_("Done.") if waited else _("Nothing is under way."))


def _under_way(desk: Desk) -> list[Job]:
    """Return the jobs that go on by themselves now."""
    if desk.deck.engine.hold or not desk.deck.engine.is_running:
        return []
    live = tuple(state for state in State if not state.is_end)
    jobs = desk.cli.history.list(Query(states=live, limit=None))
    return [job for job in jobs if job.is_live and not job.is_resting]


def _retry(desk: Desk, rest: str) -> None:
    desk.retry(desk.job(rest))


def _remix(desk: Desk, rest: str) -> None:
    desk.remix(desk.job(rest))
    _request(desk, "")


def _stop(desk: Desk, rest: str) -> None:
    desk.voice.say(desk.stop(desk.job(rest)))


def _resolve(desk: Desk, rest: str) -> None:
    from tui.services.engine.resolving import Abandon, Attach, ResolveError, Resubmit, Way

    name, _blank, way_text = rest.partition(" ")
    word, _blank, task_id = way_text.strip().partition(" ")
    job = desk.job(name)
    if job.state is not State.UNKNOWN:
        raise RefusedError(
            _(
                "Job {short_id} is {state}: nothing is to be resolved.",
                short_id=job.short_id,
                state=STATES[job.state],
            )
        )
    if not desk.may(job):
        return
    way: Way
    match word:
        case "attach" if task_id:
            way = Attach(task_id.strip())
        case "abandon":
            way = Abandon()
        case "resubmit":
            if faults := request_faults(desk.cli, job):
                raise RefusedError(*faults)
            if not desk.ask(_("If the first was accepted after all, both are paid. Send again?")):
                return
            desk.deck.check_output()
            (new,) = desk.deck.new_jobs(job.request, follows=job.id)
            way = Resubmit(new)
        case _:
            raise RefusedError(_("Say `resolve JOB attach TASK_ID`, `… resubmit` or `… abandon`."))
    try:
        desk.deck.engine.resolve(job.id, way, others=True).result()
    except ResolveError as error:
        raise RefusedError(str(error)) from error
    desk.voice.say(_("Resolved."))


def _by_word() -> Iterator[tuple[str, Verb]]:
    for verb in VERBS:
        yield verb.word, verb
    yield from (("exit", VERBS[-1]), ("drop", _STOP), ("?", VERBS[0]))


_STOP = Verb("stop", "JOB", marked("drop it unsent, for free, or stop watching it"), _stop)
VERBS = (
    Verb("help", "", _("list the verbs"), _help),
    Verb("generate", "PROMPT", _("send the request; without a prompt, the one before"), _generate),
    Verb("prompt", "TEXT", _("write the prompt without sending it"), _prompt),
    Verb("model", "NAME", _("choose a model; without a name, list them"), _model),
    Verb("set", "FIELD VALUE", _("set a field; without a value, take it back"), _set),
    Verb("image", "FILE or URL", _("add a reference; without one, remove all"), _image),
    Verb("request", "", _("say what would be sent"), _request),
    *wording.VERBS,
    *choosing.VERBS,
    Verb(
        "jobs",
        "WORDS",
        _("list the newest 20 jobs, or those that a query finds: cat, is:fault"),
        _jobs,
    ),
    Verb("show", "JOB", _("say everything about a job; without one, the newest"), _show),
    Verb("wait", "JOB", _("wait for a job, or for all that are under way"), _wait),
    Verb("remix", "JOB", _("take a job's request as the one being written"), _remix),
    Verb("retry", "JOB", _("make it again as a new job, which is billed anew"), _retry),
    Verb("use", "JOB", _("use its first image as a reference"), _use),
    _STOP,
    Verb("resolve", "JOB WAY", _("an unknown job: attach TASK_ID, resubmit, or abandon"), _resolve),
    *queueing.VERBS,
    *handing.VERBS,
    *noting.VERBS,
    *exchanging.VERBS,
    Verb("quit", "", _("leave; jobs go on at the next start"), None),
)
_BY_WORD = dict(_by_word())
