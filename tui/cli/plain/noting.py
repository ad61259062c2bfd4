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
from tui.core.job import Job
from tui.core.tags import edited, tags_of
from tui.services.trash import trash_images


def _named(desk: Desk, rest: str, what: str) -> tuple[Job, str]:
    """Return the job that a line begins with, and the rest, which has to be there."""
    name, _, text = rest.partition(" ")
    if not name:
        raise RefusedError(f"Say a job and {what}.")
    return desk.job(name), text.strip()


def _write(desk: Desk, jobs: Sequence[Job], **facts: Any) -> list[Job]:
    return desk.deck.annotate([job.id for job in jobs], **facts).result()


def _annotate(desk: Desk, job: Job, **facts: Any) -> None:
    for one in _write(desk, [job], **facts):
        desk.voice.say(f"Job {one.short_id}: {words(one)}.")


def _tag(desk: Desk, rest: str) -> None:
    job, text = _named(desk, rest, "tags; a minus before one takes it away")
    parts = text.split()
    taken = tags_of(" ".join(one[1:] for one in parts if one.startswith("-")))
    added = tags_of(" ".join(one for one in parts if not one.startswith("-")))
    if not taken and not added:
        raise RefusedError("Say a job and tags; a minus before one takes it away.")
    _annotate(desk, job, tags=edited(job.tags, taken, added))


def _rate(desk: Desk, rest: str) -> None:
    job, text = _named(desk, rest, "1 to 5; 0 takes the rating away")
    if text not in {"0", "1", "2", "3", "4", "5"}:
        raise RefusedError("A rating is 1 to 5; 0 takes it away.")
    _annotate(desk, job, rating=int(text) or None)


def _note(desk: Desk, rest: str) -> None:
    job, text = _named(desk, rest, "what is to be remembered")
    _annotate(desk, job, note=text or None)


def _delete(desk: Desk, rest: str) -> None:
    names = rest.split()
    if not names:
        raise RefusedError("Say which jobs: the newest is not deleted by a slip.")
    jobs = [desk.job(name) for name in names]
    if faults := [fault for job in jobs for fault in undeletable(job)]:
        raise RefusedError(*faults)
    images = [one.path for job in jobs for one in job.files]
    where = f", {_counted(len(images), 'image')} into the system's trash" if images else ""
    if not desk.ask(f"Take {_counted(len(jobs), 'job')} off the lists{where}?"):
        return
    desk.deleted = _write(desk, jobs, deleted=time.time())
    for problem in trash_images(one.path for job in desk.deleted for one in job.files):
        desk.voice.say(f"Not in the trash, and where it was: {problem}")
    desk.voice.say(f"Deleted: {len(desk.deleted)}. `undo` lists them again.")


def _undo(desk: Desk, _rest: str) -> None:
    if not desk.deleted:
        raise RefusedError("There is nothing to take back.")
    back = _write(desk, desk.deleted, deleted=None)
    desk.deleted = []
    desk.voice.say(f"Back again: {len(back)}. Their images are in the system's trash.")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _vote(desk: Desk, rest: str) -> None:
    name, _, way = rest.partition(" ")
    way = way.strip() or "best"
    if not name or way not in WAYS:
        raise RefusedError(f"Say a job, and {', '.join(WAYS)} where it is not the best.")
    among, said = said_of(desk.cli, desk.job(name), way)
    for one in desk.deck.vote(said).result():
        if one.id in among:
            desk.voice.say(f"Job {one.short_id}, {one.request.model}: {one.vote or 'no vote'}.")


VERBS = (
    Verb("vote", "JOB WAY", "it is the best of its group; or tie, none, undo", _vote),
    Verb("tag", "JOB TAGS", "add tags; a minus before one takes it away", _tag),
    Verb("rate", "JOB NUMBER", "rate it, 1 to 5; 0 takes the rating away", _rate),
    Verb("note", "JOB TEXT", "write a note on it; without one, take it away", _note),
    Verb("delete", "JOBS", "take jobs off the lists, their images into the trash", _delete),
    Verb("undo", "", "list again what was deleted last", _undo),
)
