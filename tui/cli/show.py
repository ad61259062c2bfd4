"""`imagedeck show`."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import click

from tui.cli.common import cli_of
from tui.cli.job_names import JobName, find_jobs
from tui.cli.output import say, say_json
from tui.cli.times import local, rfc3339
from tui.cli.words import advice, described, reason, status
from tui.core.job import Job, Result
from tui.core.text import clean, one_line
from tui.core.units import lasted
from tui.models import PRICES_AS_OF, UnknownModelError, find_model
from tui.services.settings import Settings


@click.command()
@click.argument("job", type=JobName())
@click.pass_context
def show(ctx: click.Context, *, job: str) -> None:
    """Show everything that is known about a job."""
    cli = cli_of(ctx)
    (found,) = find_jobs(cli, [job])
    if cli.json:
        say_json(_record(found))
        return
    for label, text in _lines(found, cli.settings, cli.suffix):
        say(f"{label:<11}{text}".rstrip())


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
        "watched": job.watched,
        "resolution": job.resolution,
        "follows": job.follows,
        "warnings": list(job.warnings),
    }


def _lines(job: Job, settings: Settings, suffix: str) -> Iterator[tuple[str, str]]:
    yield "job", f"{job.short_id}  ({job.id})"
    yield "state", status(job) + ("" if job.watched else ", not watched any more")
    if job.error:
        yield "error", reason(job)
    if then := advice(job, suffix):
        yield "next", then
    yield "model", one_line(job.request.model)
    yield from _continued("prompt", clean(job.prompt, lines=True).splitlines())
    for name, value in job.request.values.items():
        if name != "prompt":
            yield one_line(name), one_line(str(value))
    for reference in job.request.references:
        size = f"  {reference.width}x{reference.height}" if reference.width else ""
        yield "reference", f"{one_line(reference.name)}{size}"
    yield from _declared(job, settings)
    yield from _times(job)
    yield from _gateway(job)
    for one in job.files:
        yield f"image {one.index}", f"{clean(one.path)}"
        yield "", described(one)
    yield from _continued("warning", [one_line(warning) for warning in job.warnings])


def _declared(job: Job, settings: Settings) -> Iterator[tuple[str, str]]:
    try:
        model = find_model(job.request.model)
    except UnknownModelError:
        return
    yield "asked for", f"{model.pixels(job.request.values) or 'a size left to the model'}"
    price = model.price(job.request, settings.prices_of(model))
    yield "price", f"{price} (an estimate as of {PRICES_AS_OF})"


def _times(job: Job) -> Iterator[tuple[str, str]]:
    yield "created", local(job.created)
    if job.submitted is not None:
        yield "submitted", local(job.submitted)
    if job.finished is not None:
        yield "finished", f"{local(job.finished)}, after {lasted(job.finished - job.created)}"


def _gateway(job: Job) -> Iterator[tuple[str, str]]:
    if job.task_id:
        yield "task", f"{one_line(job.task_id)} at {one_line(job.origin or '?')}"
    if job.word:
        yield "says", one_line(job.word)
    yield from _continued("result", [_place(one) for one in job.results])
    yield "folder", clean(job.folder)
    if job.follows:
        yield "follows", job.follows[-10:]
    if job.resolution:
        yield "resolution", one_line(job.resolution)


def _continued(label: str, lines: list[str]) -> Iterator[tuple[str, str]]:
    for at, line in enumerate(lines):
        yield (label if at == 0 else ""), line


def _place(result: Result) -> str:
    """Name a result by host and last part: the whole URL is a secret."""
    if result.url is None:
        return "delivered with the answer"
    try:
        parts = urlsplit(result.url)
    except ValueError:
        return "an address that can't be read"
    if parts.scheme == "data":
        return "delivered with the answer"
    return one_line(f"{parts.hostname or ''} …/{parts.path.rpartition('/')[2]}", 120)
