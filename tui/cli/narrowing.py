"""The flags that say which jobs are meant by what they are."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tui.cli.job_names import find_jobs
from tui.cli.times import Since
from tui.core.language import _

if TYPE_CHECKING:
    from tui.cli.context import Cli
    from tui.core.job import Job

_Command = TypeVar("_Command", bound=Callable[..., Any])


def since_flag(command: _Command) -> _Command:
    """Add the flag that leaves out what is older."""
    return click.option(
        "--since",
        type=Since(),
        metavar="WHEN",
        help=_("Only newer ones: 90s, 15m, 2h, 7d, 2w or a date."),
    )(command)


def narrowing_flags(command: _Command) -> _Command:
    """Add the flags that `with_images` takes."""
    search = click.option(
        "--search", metavar="WORDS", default="", help=_("Only prompts with these words.")
    )
    group = click.option(
        "--group", metavar="NAME", help=_("Only the jobs of a batch or comparison.")
    )
    return search(since_flag(group(command)))


def with_images(
    cli: "Cli", names: "Sequence[str]", search: str, since: float | None, group: str | None
) -> "Sequence[Job]":
    """Return the jobs that are named, else those with images that the flags let through."""
    from tui.services.journal.protocol import Query

    if names:
        return find_jobs(cli, names)
    query = Query(text=search, since=since, group=group, limit=None)
    return [job for job in cli.history.list(query) if job.files]
