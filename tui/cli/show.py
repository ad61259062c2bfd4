"""`imagedeck show`."""

import os
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import click

from tui.cli.common import cli_of
from tui.cli.context import Cli
from tui.cli.errors import RefusedError
from tui.cli.job_names import JobName, find_jobs
from tui.cli.output import is_terminal, say, say_json
from tui.cli.times import local, rfc3339
from tui.cli.waiting import waits_of
from tui.cli.words import advice, described, reason, status
from tui.core.bucket import remote_of
from tui.core.job import Job, Result
from tui.core.language import _, marked
from tui.core.retelling import retold
from tui.core.state_words import VOTES, resolution_word
from tui.core.text import clean, one_line
from tui.core.units import lasted
from tui.core.widths import labelled
from tui.models import PRICES_AS_OF, UnknownModelError, find_model
from tui.services.settings import Settings

FORMS = ("file", "prompt", "task", "curl", "command", "scp")


@click.command()
@click.argument("job", type=JobName())
@click.option(
    "--as",
    "form",
    type=click.Choice(FORMS),
    help=_("Print only this: its files, its prompt, its task id, or a line for a shell."),
)
@click.pass_context
def show(ctx: click.Context, *, job: str, form: str | None) -> None:
    """Show everything that is known about a job."""
    cli = cli_of(ctx)
    (found,) = find_jobs(cli, [job])
    if form:
        _say_as(cli, found, form)
        return
    if cli.json:
        say_json(_record(found))
        return
    waits = waits_of([found], cli.settings, cli.history)
    for label, text in lines_about(found, cli.settings, cli.suffix, waits):
        say(labelled(_(label), text, 11))


def _say_as(cli: Cli, job: Job, name: str) -> None:
    from tui.services.shell_lines import Form, given_as

    form = Form(name)
    if form is Form.SCP and remote_of(one.path for one in job.files):
        from tui.cli.originals import on_hand

        with on_hand(cli) as here:  # it names copies, which have to be there
            for one in job.files:
                here.local(one).result()
    base_url = cli.settings.base_url if form is Form.CURL else ""
    text = given_as(form, [job], base_url=base_url, places=cli.places, environ=os.environ)
    if not text:
        raise RefusedError(
            _(
                "Job {short_id} can't be given as {name}: it has none.",
                short_id=job.short_id,
                name=name,
            )
        )
    if cli.json:
        say_json({**_record(job), form.value: text})
    else:
        say(clean(text, lines=True) if is_terminal(sys.stdout) else text)


def _record(job: Job) -> dict[str, Any]:
    moments = {
        name: rfc3339(moment) if moment is not None else None
        for name in ("created", "submitted", "started", "finished")
        for moment in [getattr(job, name)]
    }
    return {
        **job.as_event(),
        "time": rfc3339(job.updated),
        **moments,
        "request": job.request.as_json(),
        "profile": job.profile,
        "submitter": job.submitter,
        "gateway": job.gateway or job.origin,
        "watched": job.watched,
        "resolution": job.resolution,
        "follows": job.follows,
        "warnings": list(job.warnings),
        "tags": list(job.tags),
        "rating": job.rating,
        "note": job.note,
        "vote": job.vote,
        "deleted": rfc3339(job.deleted) if job.deleted is not None else None,
    }


def lines_about(
    job: Job, settings: Settings, suffix: str, waits: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield labels, empty ones for more of the same, and texts."""
    yield marked("job"), f"{job.short_id}  ({job.id})"
    yield marked("state"), status(job) + ("" if job.watched else _(", not watched any more"))
    if job.error:
        yield marked("error"), reason(job)
    if waits:
        yield marked("waits"), waits
    if then := advice(job, settings.home, suffix, settings.submitter):
        yield marked("next"), clean(then)
    yield marked("model"), one_line(job.request.model)
    yield from _continued(marked("prompt"), clean(job.prompt, lines=True).splitlines())
    for name, value in job.request.values.items():
        if name != "prompt":
            yield one_line(name), one_line(str(value))
    for reference in job.request.references:
        size = f"  {reference.width}x{reference.height}" if reference.width else ""
        yield marked("reference"), f"{one_line(reference.name)}{size}"
    yield from _declared(job, settings)
    yield from _times(job)
    yield from _gateway(job)
    for one in job.files:
        yield _("image {index}", index=one.index), f"{clean(one.path)}"
        yield "", described(one)
    if job.group:
        yield "group", one_line(job.group)
    yield from _annotations(job)
    yield from _continued(
        marked("warning"), [one_line(retold(warning)) for warning in job.warnings]
    )


def _declared(job: Job, settings: Settings) -> Iterator[tuple[str, str]]:
    try:
        model = find_model(job.request.model)
    except UnknownModelError:
        return
    yield (
        marked("asked for"),
        str(model.pixels(job.request.values) or _("a size left to the model")),
    )
    price = settings.price_of(job)
    if job.price is None:
        said = _("{price} (an estimate as of {date})", price=price, date=PRICES_AS_OF)
    else:
        said = _("{price} (an estimate of the time it was made)", price=price)
    yield marked("price"), said


def _times(job: Job) -> Iterator[tuple[str, str]]:
    yield marked("created"), local(job.created)
    if job.submitted is not None:
        yield marked("submitted"), local(job.submitted)
    if job.finished is not None:
        yield (
            marked("finished"),
            _(
                "{finished}, after {finished2}",
                finished=local(job.finished),
                finished2=lasted(job.finished - job.created),
            ),
        )


def _gateway(job: Job) -> Iterator[tuple[str, str]]:
    gateway = job.gateway or job.origin
    yield (
        "profile",
        one_line(job.profile) + (_(" at {gateway}", gateway=one_line(gateway)) if gateway else ""),
    )
    if job.submitter:
        yield marked("owner"), one_line(job.submitter)
    if job.task_id:
        yield (
            marked("task"),
            _(
                "{task_id} at {origin}",
                task_id=one_line(job.task_id),
                origin=one_line(job.origin or "?"),
            ),
        )
    if job.word:
        yield marked("says"), one_line(job.word)
    yield from _continued(marked("result"), [_place(one) for one in job.results])
    yield marked("folder"), clean(job.folder)
    if job.follows:
        yield marked("follows"), job.follows[-10:]
    if job.resolution:
        yield marked("resolution"), resolution_word(job)


def _annotations(job: Job) -> Iterator[tuple[str, str]]:
    if job.tags:
        yield marked("tags"), one_line(" ".join(job.tags))
    if job.rating:
        yield marked("rating"), _("{rating} of 5", rating=job.rating)
    if job.vote:
        yield marked("vote"), VOTES.get(job.vote, one_line(job.vote))
    yield from _continued(marked("note"), clean(job.note or "", lines=True).splitlines())
    if job.deleted is not None:
        yield marked("deleted"), local(job.deleted)


def _continued(label: str, lines: list[str]) -> Iterator[tuple[str, str]]:
    for at, line in enumerate(lines):
        yield (label if at == 0 else ""), line


def _place(result: Result) -> str:
    """Name a result by host and last part: the whole URL is a secret."""
    if result.url is None:
        return _("delivered with the answer")
    try:
        parts = urlsplit(result.url)
    except ValueError:
        return _("an address that can't be read")
    if parts.scheme == "data":
        return _("delivered with the answer")
    return one_line(f"{parts.hostname or ''} …/{parts.path.rpartition('/')[2]}", 120)
