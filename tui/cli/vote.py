"""`imagedeck vote`."""

import asyncio
from typing import TYPE_CHECKING

import click

from tui.cli.common import cli_of
from tui.cli.job_names import JobName, find_jobs
from tui.cli.output import say, say_json
from tui.cli.table import table
from tui.cli.times import rfc3339
from tui.core.language import _
from tui.core.state_words import VOTES
from tui.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.cli.context import Cli
    from tui.core.job import Job

WAYS = ("best", "tie", "none", "undo")


@click.command()
@click.argument("name", metavar="JOB", type=JobName())
@click.option("--best", is_flag=True, help=_("JOB is the best (usual)."))
@click.option("--tie", is_flag=True, help=_("They are equally good."))
@click.option("--none", is_flag=True, help=_("None of them is any good."))
@click.option("--undo", is_flag=True, help=_("Take the vote back."))
@click.pass_context
def vote(ctx: click.Context, /, *, name: str, **ways: bool) -> int:
    """Say which image of a comparison is the best: that of JOB.

    All jobs of its group that have images are voted on; voting again changes it. `stats` adds up
    what the models have won. In the app the vote is blind (V).
    """
    asked = [way for way in WAYS if ways[way]]
    if len(asked) > 1:
        raise click.UsageError(_("Give only one of --best, --tie, --none and --undo."))
    cli = cli_of(ctx)
    (job,) = find_jobs(cli, [name])
    among, said = said_of(cli, job, asked[0] if asked else "best")
    done = asyncio.run(_vote(cli, said))
    _tell(cli, [one for one in done if one.id in among])
    return 0


def said_of(cli: "Cli", job: "Job", way: str) -> "tuple[list[str], Mapping[str, str | None]]":
    """Return what is voted on, and what a vote says of each job of the group; all by ids."""
    from tui.cli.errors import RefusedError
    from tui.core.voting import Outcome, votes
    from tui.services.journal.protocol import Query

    jobs = [job]
    if job.group is not None:
        jobs = cli.history.list(Query(group=job.group, limit=None))
    among = [one.id for one in jobs if one.files]
    if len(among) < 2:
        raise RefusedError(
            _("{short_id} has no group with images to compare it with.", short_id=job.short_id)
        )
    if way == "best" and job.id not in among:
        raise RefusedError(_("{short_id} has no image.", short_id=job.short_id))
    best = {"best": job.id, "tie": Outcome.TIE, "none": Outcome.NONE, "undo": None}[way]
    return among, votes([one.id for one in jobs], among, best)


async def _vote(cli: "Cli", said: "Mapping[str, str | None]") -> "list[Job]":
    async with cli.open_journal() as journal:
        return await journal.vote(said)


def _tell(cli: "Cli", jobs: "list[Job]") -> None:
    if cli.json:
        for job in jobs:
            more = {"group": job.group, "vote": job.vote}
            say_json({**job.as_event(), "time": rfc3339(job.updated), **more})
        return
    rows = [
        (job.short_id, job.request.model, VOTES.get(job.vote or "", "–"), one_line(job.prompt))
        for job in jobs
    ]
    for line in table((_("JOB"), _("MODEL"), _("VOTE"), _("PROMPT")), rows):
        say(line)
