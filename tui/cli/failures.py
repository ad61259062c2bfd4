"""What each known error means for the person at the command line."""

from collections.abc import Iterator

import click

from tui.cli import exits
from tui.cli.errors import NoKeyError, RefusedError
from tui.cli.output import OutputError
from tui.core.job import ErrorKind
from tui.core.language import _
from tui.core.retelling import retold
from tui.models import UnknownModelError
from tui.services.egress import EgressError
from tui.services.files import StorageError
from tui.services.journal.protocol import JournalError
from tui.services.keys import ApiKeyError
from tui.services.places import PlaceError
from tui.services.settings import SettingsError

Failure = tuple[int, ErrorKind]

_FAILURES: dict[type[Exception], Failure] = {
    RefusedError: (exits.USAGE, ErrorKind.INVALID),
    UnknownModelError: (exits.USAGE, ErrorKind.INVALID),
    EgressError: (exits.USAGE, ErrorKind.INVALID),
    SettingsError: (exits.USAGE, ErrorKind.INVALID),
    click.ClickException: (exits.USAGE, ErrorKind.INVALID),
    NoKeyError: (exits.KEY, ErrorKind.AUTH),
    ApiKeyError: (exits.KEY, ErrorKind.AUTH),
    OutputError: (exits.FAILED, ErrorKind.DISK),
    PlaceError: (exits.STORAGE, ErrorKind.DISK),
    StorageError: (exits.STORAGE, ErrorKind.DISK),
    JournalError: (exits.STORAGE, ErrorKind.DISK),
}


def known_failures() -> tuple[type[Exception], ...]:
    """Return the errors that have a sentence for people."""
    return tuple(_FAILURES)


def meaning(error: Exception) -> Failure:
    """Return the exit code of a known error and its kind for `--json`."""
    return next(what for kind, what in _FAILURES.items() if isinstance(error, kind))


def sentences(error: Exception) -> Iterator[str]:
    """Yield what to tell a person, line by line."""
    if not isinstance(error, click.ClickException):
        yield from retold(str(error)).splitlines()
        return
    yield error.format_message()
    if isinstance(error, click.NoSuchOption) and _may_be_prompt(error):
        yield _(
            "A prompt that begins with a hyphen goes last, behind --: -- '{option_name}…'",
            option_name=error.option_name,
        )
    is_help = isinstance(error, click.exceptions.NoArgsIsHelpError)
    if isinstance(error, click.UsageError) and error.ctx and not is_help:
        yield _("`{command_path} --help` says what there is.", command_path=error.ctx.command_path)


def _may_be_prompt(error: click.NoSuchOption) -> bool:
    params = error.ctx.command.params if error.ctx else []
    is_word = error.option_name[2:3].isalnum()  # such as --sise
    return not is_word and any(one.name == "prompt" for one in params)
