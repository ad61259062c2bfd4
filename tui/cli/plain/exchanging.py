"""The line mode's verbs that take jobs out into files, and images of a folder in."""

from pathlib import Path

from tui.cli.errors import RefusedError
from tui.cli.plain.desk import Desk
from tui.cli.plain.verb import Verb
from tui.core.job import Job
from tui.core.language import _
from tui.core.retelling import retold
from tui.services.export.items import Item, items_of
from tui.services.export.writing import ExportError, form_of, write
from tui.services.files import StorageError
from tui.services.journal.protocol import Query


def _export(desk: Desk, rest: str) -> None:
    names, _to, target = rest.rpartition(" to ")
    if not target.strip():
        raise RefusedError(_("Say which jobs, or all, and where: `export all to ~/page`."))
    items, missing = list(items_of(_meant(desk, names.strip()))), list[Item]()
    if not items:
        raise RefusedError(_("There are no images to export."))
    path = _place(target)
    try:
        number = write(items, path, form_of(path), missing.append, desk.deck.on_hand.original)
    except (ExportError, StorageError) as error:
        raise RefusedError(str(error)) from error
    for one in missing:
        desk.voice.say(
            _(
                "{short_id}: {path} is not there any more.",
                short_id=one.job.short_id,
                path=one.saved.path,
            )
        )
    desk.voice.say(_("Exported to {path}. Images: {number}.", path=path, number=number))


def _meant(desk: Desk, names: str) -> list[Job]:
    if names == "all":
        return [job for job in desk.cli.history.list(Query(limit=None)) if job.files]
    return [desk.job(name) for name in names.split() or [""]]


def _import(desk: Desk, rest: str) -> None:
    if not rest:
        raise RefusedError(_("Say a folder."))
    try:
        new, known, left = desk.deck.import_folder(_place(rest)).result()
    except OSError as error:
        raise RefusedError(
            _("{rest} can't be read: {strerror}.", rest=rest, strerror=error.strerror or error)
        ) from error
    for one in left:
        desk.voice.say(_("Left out: {path}: {reason}", path=one.path, reason=one.reason))
    images = sum(len(job.files) for job in new)
    desk.voice.say(
        _(
            "Images that came in: {images}. Jobs that were there already: {count}.",
            images=images,
            count=len(known),
        )
    )


def _fetch(desk: Desk, rest: str) -> None:
    names, _to, target = rest.rpartition(" to ")
    if not target.strip():
        raise RefusedError(_("Say which jobs, and where: `fetch 7a893eb39c to ~/images`."))
    folder = _place(target)
    for job in [desk.job(name) for name in names.split() or [""]]:
        for copy in desk.deck.on_hand.fetch(job.files, folder).result():
            if isinstance(copy, StorageError):
                problem = retold(str(copy))
                desk.voice.say(_("Not copied: {problem}{more}", problem=problem, more=""))
            else:
                desk.voice.say(str(copy))


def _place(text: str) -> Path:
    try:
        return Path(text.strip()).expanduser().absolute()
    except RuntimeError:  # nobody of that name has a home
        return Path(text.strip()).absolute()


VERBS = (
    Verb(
        "export", "JOBS to PATH", _("copy images with a page, or to a zip, csv or jsonl"), _export
    ),
    Verb("fetch", "JOBS to FOLDER", _("copy images as they were made into a folder"), _fetch),
    Verb("import", "FOLDER", _("take the images of a folder into the history"), _import),
)
