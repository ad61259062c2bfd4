"""`imagedeck mark`."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from tui.cli.common import cli_of
from tui.cli.flags import Between
from tui.cli.job_names import JobName, find_jobs
from tui.cli.output import say, say_json
from tui.cli.times import rfc3339
from tui.core.language import _
from tui.core.tags import edited, tags_of
from tui.core.text import one_line

if TYPE_CHECKING:
    from tui.cli.context import Cli
    from tui.core.job import Job


@click.command()
@click.argument("names", metavar="JOB...", nargs=-1, required=True, type=JobName())
@click.option(
    "--tag", "tags", multiple=True, metavar="TAG", help=_("Add a tag; repeat it for more.")
)
@click.option("--untag", "untags", multiple=True, metavar="TAG", help=_("Take a tag away."))
@click.option("--rate", type=Between(0, 5), help=_("Rate it, 1 to 5; 0 takes the rating away."))
@click.option("--note", metavar="TEXT", help=_('Write a note on it; "" takes it away.'))
@click.pass_context
def mark(
    ctx: click.Context,
    *,
    names: tuple[str, ...],
    tags: tuple[str, ...],
    untags: tuple[str, ...],
    rate: int | None,
    note: str | None,
) -> int:
    """Tag, rate or note jobs; `imagedeck jobs --search 'tag:cover rating>3'` finds them."""
    cli = cli_of(ctx)
    if not tags and not untags and rate is None and note is None:
        raise click.UsageError(_("Give --tag, --untag, --rate or --note."))
    facts: dict[str, Any] = {}
    if rate is not None:
        facts["rating"] = rate or None
    if note is not None:
        facts["note"] = note.strip() or None
    taken, added = tags_of(" ".join(untags)), tags_of(" ".join(tags))

    def wanted(job: "Job") -> dict[str, Any]:
        return {**facts, "tags": edited(job.tags, taken, added)}

    jobs = find_jobs(cli, names)
    for job in asyncio.run(annotated(cli, [(job.id, wanted(job)) for job in jobs])):
        if cli.json:
            say_json({**job.as_event(), "time": rfc3339(job.updated), **annotations(job)})
        else:
            say(f"{job.short_id}  {words(job)}")
    return 0


async def annotated(
    cli: "Cli", wanted: Sequence[tuple[str, dict[str, Any]]], *, others: bool = False
) -> "list[Job]":
    """Write facts on jobs; return those that took them."""
    me = None if others else cli.settings.submitter
    async with cli.open_journal() as journal:
        done = await asyncio.gather(
            *(journal.annotate([job_id], me=me, **facts) for job_id, facts in wanted)
        )
    return [job for jobs in done for job in jobs]


def annotations(job: "Job") -> dict[str, Any]:
    """Return what a person wrote on a job, for JSON."""
    return {"tags": list(job.tags), "rating": job.rating, "note": job.note}


def words(job: "Job") -> str:
    """Return what a person wrote on a job, on one line."""
    parts = [_("rated {rating}", rating=job.rating)] if job.rating else []
    parts += [f"#{one_line(tag)}" for tag in job.tags]
    parts += [one_line(job.note, 80)] if job.note else []
    return ", ".join(parts) or _("nothing is noted on it")
