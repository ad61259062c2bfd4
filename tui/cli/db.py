"""The commands that care for a database which several hosts share."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from tui.cli.output import note, say, say_json
from tui.cli.shared_database import need_database
from tui.cli.table import table
from tui.core.job import State
from tui.core.language import _, plural
from tui.core.state_words import STATES
from tui.core.text import one_line
from tui.core.units import amount, lasted

if TYPE_CHECKING:
    from tui.cli.context import Cli


@click.group()
def db() -> None:
    """Make, migrate or look over a shared database.

    It is the PostgreSQL database that IMAGEDECK_DATABASE_URL, or the setting database_url, names.
    """


@db.command()
@click.pass_obj
def init(cli: "Cli") -> None:
    """Make the tables in an empty database.

    Where they are there already nothing is changed.
    """
    url = _url(cli)
    from tui.services.journal.postgres import care

    where, is_new = care.init(url)
    if cli.json:
        say_json({"database": where, "made": is_new})
    elif is_new:
        say(_("{where} is ready.", where=where))
    else:
        say(_("{where} was ready already.", where=where))


@db.command()
@click.pass_obj
def migrate(cli: "Cli") -> None:
    """Bring the tables of an older imagedeck to this one's.

    Back them up before (pg_dump).
    """
    url = _url(cli)
    from tui.services.journal.postgres import care

    where, found, version = care.migrate(url)
    if cli.json:
        say_json({"database": where, "from": found, "to": version})
    elif found == version:
        say(_("{where} is of this version already: {version}.", where=where, version=version))
    else:
        said = _(
            "{where} is now of format {version}, it was {found}.",
            where=where,
            version=version,
            found=found,
        )
        say(said)


@db.command()
@click.pass_obj
def status(cli: "Cli") -> None:
    """Say what the database holds, and who works with it."""
    url = _url(cli)
    from tui.services.journal.postgres import care

    found = care.status(url)
    if cli.json:
        owners = [one._asdict() for one in found.owners]
        say_json({**asdict(found), "owners": owners})
        return
    say(
        _(
            "{where}: PostgreSQL {server}, format {version}, {amount}",
            where=found.where,
            server=found.server,
            version=found.version,
            amount=amount(found.bytes),
        )
    )
    for state, number in found.states.items():
        say(f"{number:>9,}  {STATES[State(state)]}")
    if not found.states:
        say(_("There are no jobs yet."))
    _say_waiting(found.waiting, found.workers)
    if not found.owners:
        note(_("Nobody works with it now."))
        return
    say("")
    rows = [
        (one_line(one.name), str(one.pid), f"{one.jobs:,}", lasted(one.started))
        for one in found.owners
    ]
    for line in table([_("WHO"), _("PROCESS"), _("JOBS"), _("SINCE")], rows):
        say(line)


def _say_waiting(waiting: int, workers: int) -> None:
    if waiting or workers:
        say(
            plural(
                "{waiting:,} waiting for workers; {number} worker is alive.",
                "{waiting:,} waiting for workers; {number} workers are alive.",
                workers,
                waiting=waiting,
            )
        )


def _url(cli: "Cli") -> str:
    lacking = _(
        "No shared database is named; the jobs are in {database}. Put an address such as "
        "postgresql://USER@HOST/DATABASE into IMAGEDECK_DATABASE_URL.",
        database=cli.places.database,
    )
    return need_database(cli, lacking)
