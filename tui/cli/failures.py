"""What each known error means for the person at the command line."""

from collections.abc import Iterator

import click

from tui.cli import exits
from tui.cli.context import NoKeyError
from tui.core.job import ErrorKind
from tui.models import UnknownModelError
from tui.services.files import StorageError
from tui.services.journal.protocol import JournalError
from tui.services.keys import ApiKeyError
from tui.services.places import PlaceError
from tui.services.settings import SettingsError


class RefusedError(Exception):
    """A command that can't be carried out as asked: a line for each reason. Nothing was sent.

    `model` and `prompt` are what was asked for, as far as it is known.
    """

    def __init__(self, *reasons: str, model: str | None = None, prompt: str | None = None) -> None:
        super().__init__("\n".join(reasons))
        self.model = model
        self.prompt = prompt


Failure = tuple[int, ErrorKind]

_FAILURES: dict[type[Exception], Failure] = {
    RefusedError: (exits.USAGE, ErrorKind.INVALID),
    UnknownModelError: (exits.USAGE, ErrorKind.INVALID),
    SettingsError: (exits.USAGE, ErrorKind.INVALID),
    click.ClickException: (exits.USAGE, ErrorKind.INVALID),
    NoKeyError: (exits.KEY, ErrorKind.AUTH),
    ApiKeyError: (exits.KEY, ErrorKind.AUTH),
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
        yield from str(error).splitlines()
        return
    yield error.format_message()
    if isinstance(error, click.UsageError) and error.ctx:
        yield f"`{error.ctx.command_path} --help` says what there is."
