"""The shared database that some commands can't do without."""

from typing import TYPE_CHECKING

from tui.cli.errors import RefusedError
from tui.core.language import _

if TYPE_CHECKING:
    from tui.cli.context import Cli


def refuse_demo(cli: "Cli") -> None:
    """Raise RefusedError in the demo."""
    if cli.demo:
        raise RefusedError(_("The demo has a database of its own; leave --demo out."))


def need_database(cli: "Cli", lacking: str) -> str:
    """Return the address, with what speaks to it being installed.

    Raises RefusedError in the demo and, in the words of `lacking`, where none is named.
    """
    from tui.services.journal.opening import need_driver

    refuse_demo(cli)
    if not cli.settings.database_url:
        raise RefusedError(lacking)
    need_driver()
    return cli.settings.database_url
