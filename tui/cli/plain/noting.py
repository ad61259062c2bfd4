"""The line mode's verbs that change what is kept of a job: tags, rating, note, deletion."""

import time
from collections.abc import Sequence
from typing import Any

from tui.cli.delete import undeletable
from tui.cli.errors import RefusedError
from tui.cli.mark import words
from tui.cli.plain.desk import Desk
from tui.cli.plain.verb import Verb
from tui.cli.vote import WAYS, said_of
from tui.core.bucket import remote_of
from tui.core.job import Job
from tui.core.language import _, plural
from tui.core.state_words import VOTES
from tui.core.tags import edited, tags_of
from tui.services.trash import trash_images


def _named(desk: Desk, rest: str, what: str) -> tuple[Job, str]:
    """Return the job that a line begins with, and the rest, which has to be there."""
    name, _blank, text = rest.partition(" ")
    if not name:
        raise RefusedError(_("Say a job and {what}.", what=what))
    return desk.job(name), text.strip()


def _write(desk: Desk, jobs: Sequence[Job], **facts: Any) -> list[Job]:
    return desk.deck.annotate([job.id for job in jobs], others=True, **facts).result()


def _annotate(desk: Desk, job: Job, **facts: Any) -> None:
    for one in _write(desk, [job], **facts):
        desk.voice.say(_("Job {short_id}: {words}.", short_id=one.short_id, words=words(one)))


def _tag(desk: Desk, rest: str) -> None:
    job, text = _named(desk, rest, _("tags; a minus before one takes it away"))
    parts = text.split()
    taken = tags_of(" ".join(one[1:] for one in parts if one.startswith("-")))
    added = tags_of(" ".join(one for one in parts if not one.startswith("-")))
    if not taken and not added:
        raise RefusedError(_("Say a job and tags; a minus before one takes it away."))
    _annotate(desk, job, tags=edited(job.tags, taken, added))


def _rate(desk: Desk, rest: str) -> None:
    job, text = _named(desk, rest, _("1 to 5; 0 takes the rating away"))
    if text not in {"0", "1", "2", "3", "4", "5"}:
        raise RefusedError(_("A rating is 1 to 5; 0 takes it away."))
    _annotate(desk, job, rating=int(text) or None)


def _note(desk: Desk, rest: str) -> None:
    job, text = _named(desk, rest, _("what is to be remembered"))
    _annotate(desk, job, note=text or None)


def _delete(desk: Desk, rest: str) -> None:
    names = rest.split()
    if not names:
        raise RefusedError(_("Say which jobs: the newest is not deleted by a slip."))
    jobs = [desk.job(name) for name in names]
    if faults := [fault for job in jobs for fault in undeletable(job)]:
        raise RefusedError(*faults)
    jobs = [job for job in jobs if desk.may(job)]
    if not jobs:
        return
    every = [one.path for job in jobs for one in job.files]
    away = remote_of(every)
    images = [path for path in every if path not in away]
    where = (
        _(
            ", {counted} into the system's trash",
            counted=plural("1 image", "{number:,} images", len(images)),
        )
        if images
        else ""
    )
    if not desk.ask(
        _(
            "Take {counted} off the lists{where}?",
            counted=plural("1 job", "{number:,} jobs", len(jobs)),
            where=where,
        )
    ):
        return
    desk.deleted = _write(desk, jobs, deleted=time.time())
    if away:
        desk.voice.say(
            _("Images in S3 are never deleted from here, and stay: {path}", path=away[0])
        )
    for problem in trash_images(one.path for job in desk.deleted for one in job.files):
        desk.voice.say(_("Not in the trash, and where it was: {problem}", problem=problem))
    desk.voice.say(_("Deleted: {count}. `undo` lists them again.", count=len(desk.deleted)))


def _undo(desk: Desk, _rest: str) -> None:
    if not desk.deleted:
        raise RefusedError(_("There is nothing to take back."))
    back = _write(desk, desk.deleted, deleted=None)
    desk.deleted = []
    desk.voice.say(
        _("Back again: {count}. Their images are in the system's trash.", count=len(back))
    )


def _vote(desk: Desk, rest: str) -> None:
    name, _blank, way = rest.partition(" ")
    way = way.strip() or "best"
    if not name or way not in WAYS:
        raise RefusedError(
            _("Say a job, and {ways} where it is not the best.", ways=", ".join(WAYS))
        )
    among, said = said_of(desk.cli, desk.job(name), way)
    for one in desk.deck.vote(said).result():
        if one.id in among:
            desk.voice.say(
                _(
                    "Job {short_id}, {model}: {vote}.",
                    short_id=one.short_id,
                    model=one.request.model,
                    vote=VOTES.get(one.vote or "", _("no vote")),
                )
            )


VERBS = (
    Verb("vote", "JOB WAY", _("it is the best of its group; or tie, none, undo"), _vote),
    Verb("tag", "JOB TAGS", _("add tags; a minus before one takes it away"), _tag),
    Verb("rate", "JOB NUMBER", _("rate it, 1 to 5; 0 takes the rating away"), _rate),
    Verb("note", "JOB TEXT", _("write a note on it; without one, take it away"), _note),
    Verb("delete", "JOBS", _("take jobs off the lists, their images into the trash"), _delete),
    Verb("undo", "", _("list again what was deleted last"), _undo),
)
