"""The line mode's verbs that hand jobs on: as text, to a viewer, held against each other."""

import os
from collections.abc import Iterator, Sequence

from tui.cli.errors import RefusedError
from tui.cli.plain.desk import Desk
from tui.cli.plain.verb import Verb
from tui.core.job import Job, Saved
from tui.core.language import _, marked, sense
from tui.core.retelling import retold
from tui.core.stats import HEADERS, figures, total
from tui.core.text import one_line
from tui.services.files import StorageError
from tui.services.shell_lines import Form, given_as, scp_line
from tui.services.viewer import MOST_AT_ONCE, ViewerError, show_files, viewer

_FEWEST = 2
_NONE = "–"  # of the figures


def path_here(desk: Desk, file: Saved) -> str:
    """Return an image's path on this machine; raises RefusedError where it can't be had."""
    try:
        return str(desk.deck.on_hand.local(file).result())
    except StorageError as error:
        raise RefusedError(retold(str(error))) from error


def _copy(desk: Desk, rest: str) -> None:
    name, _blank, word = rest.partition(" ")
    job, word = desk.job(name), word.strip() or Form.FILE
    if word not in set(Form):
        raise RefusedError(
            _("There is no {word!r} of a job. There are {form}.", word=word, form=", ".join(Form))
        )
    form = Form(word)
    if form is Form.SCP:  # it names copies, which have to be there
        for one in job.files:
            path_here(desk, one)
    base_url = desk.cli.settings.base_url if form is Form.CURL else ""
    text = given_as(form, [job], base_url=base_url, places=desk.cli.places, environ=os.environ)
    if not text:
        raise RefusedError(
            _(
                "Job {short_id} can't be given as {word}: it has none.",
                short_id=job.short_id,
                word=word,
            )
        )
    desk.voice.say(text)


def _open(desk: Desk, rest: str) -> None:
    files = desk.job(rest).files
    if not files:
        raise RefusedError(_("There is no image yet."))
    paths = [path_here(desk, one) for one in files]
    command = viewer(desk.cli.settings.viewer, os.environ)
    if not command:
        fetch = scp_line(paths[:MOST_AT_ONCE], os.environ)
        raise RefusedError(_("There is no display here. Fetch it:"), fetch)
    try:
        show_files(command, paths, os.environ)
    except ViewerError as error:
        raise RefusedError(str(error)) from error
    desk.voice.say(_("Given to {command}.", command=command[0]))


def _compare(desk: Desk, rest: str) -> None:
    jobs = [desk.job(name) for name in rest.split()]
    if len(jobs) < _FEWEST:
        raise RefusedError(_("Say two or more jobs."))
    lines = list(_differing(jobs))
    for line in lines or [_("They do not differ in what was asked for, nor in size and format.")]:
        desk.voice.say(line)


def _differing(jobs: Sequence[Job]) -> Iterator[str]:
    sheets = [dict(_sheet(job)) for job in jobs]
    for label in dict.fromkeys(label for sheet in sheets for label in sheet):
        found = [sheet.get(label, _("none")) for sheet in sheets]
        if len(set(found)) > 1:
            each = (f"{job.short_id} {one}" for job, one in zip(jobs, found, strict=True))
            yield _("{name}: {value}", name=_(label), value=_("; ").join(each))


def _sheet(job: Job) -> Iterator[tuple[str, str]]:
    yield marked("model"), job.request.model
    for name, value in job.request.values.items():
        yield name, one_line(str(value))
    for at, reference in enumerate(job.request.references, 1):
        yield _("reference {at}", at=at), one_line(reference.name)
    for one in job.files[:1]:
        yield marked("pixels"), f"{one.width}x{one.height}"
        yield marked("format"), one.format


def _stats(desk: Desk, _rest: str) -> None:
    entries = list(desk.cli.history.ledger(0.0, ("model",)))
    found = {key[0]: one for key, one in figures(entries).items()}
    for name, one in {**found, sense("sum", "all"): total(entries)}.items():
        cells = zip(HEADERS, one.cells, strict=True)
        said = (f"{_(head)} {cell}" for head, cell in cells if cell != _NONE)
        desk.voice.say(_("{name}: {value}", name=name, value=_(", ").join(said)))


VERBS = (
    Verb("copy", "JOB WHAT", _("say a thing of it alone: {form}", form=", ".join(Form)), _copy),
    Verb("open", "JOB", _("open its images in the system's viewer"), _open),
    Verb("compare", "JOBS", _("say in what they differ"), _compare),
    Verb("stats", "", _("say jobs, times and money by model"), _stats),
)
