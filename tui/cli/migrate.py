"""`imagedeck migrate`."""

import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from tui.cli import exits
from tui.cli.common import cli_of
from tui.cli.errors import RefusedError
from tui.cli.live import Screen
from tui.cli.output import is_terminal, note, say, say_json
from tui.cli.shared_database import refuse_demo
from tui.core.language import _, plural
from tui.core.text import one_line
from tui.core.units import amount

if TYPE_CHECKING:
    from tui.cli.context import Cli
    from tui.services.journal.moving import Moving, Progress

_EVERY = 0.25  # seconds between two words on how far it is


@click.command()
@click.option(
    "--to",
    "url",
    metavar="URL",
    help=_("postgresql://USER@HOST/NAME; else the setting database_url."),
)
@click.option("--dry-run", is_flag=True, help=_("Only count; change nothing."))
@click.option(
    "--again", is_flag=True, help=_("Once more, where the database they went to is gone.")
)
@click.option(
    "--undo", is_flag=True, help=_("Use the file again, nothing unfinished having been moved.")
)
@click.pass_context
def migrate(ctx: click.Context, *, url: str | None, dry_run: bool, again: bool, undo: bool) -> int:
    """Move all jobs into a shared database that `imagedeck db init` has prepared.

    They keep their ids. What is unfinished goes on there, and what waits to be sent is sent from
    there: the file here is used no more, and says where its jobs are. Images stay where they are.
    Cut short, it goes on when it is run again.
    """
    cli = cli_of(ctx)
    refuse_demo(cli)
    if undo:
        return _undo(cli, url, is_gone=again)
    address = _address(cli, url)
    from tui.cli.migrating import Changes, check_payers, keys_of
    from tui.services.journal.moving import Moving

    with Moving(cli.places.database, address, note) as moving:
        keys = dict(keys_of(cli, moving.profiles))
        check_payers(cli, moving.unpaid(again=again), keys)
        change = Changes(cli.settings, keys, *moving.salts)
        steps = moving.run(change, again=again, dry_run=dry_run)
        done = _followed(cli, moving, steps)
        _tell(cli, moving, done, dry_run=dry_run)
    return exits.FAILED if done.held else exits.OK


def _undo(cli: "Cli", url: str | None, *, is_gone: bool) -> int:
    """Let the file be used again; `is_gone`: the database can't be asked any more."""
    path = cli.places.database
    if is_gone:
        from tui.services.journal.leaving import Leaving

        with Leaving(path, note) as source:
            source.undo()
    else:
        from tui.services.journal.moved import place_noted

        address = _address(cli, url, there=place_noted(path))
        from tui.services.journal.moving import Moving

        with Moving(path, address, note) as moving:
            moving.undo()
    if cli.json:
        say_json({"database": str(path), "undone": True})
    else:
        say(_("{path} is used again where no shared database is named.", path=path))
    return exits.OK


def _address(cli: "Cli", url: str | None, there: str | None = None) -> str:
    """Return where the jobs are to go, or are (`there`, as their file says)."""
    from tui.services.journal.opening import need_driver
    from tui.services.settings.database_url import check_database_url, without_password

    need_driver()
    if url is None:
        if cli.settings.database_url:
            return cli.settings.database_url
        if there:
            from tui.services.journal.postgres.connection import address_of

            return address_of(there)
        raise RefusedError(
            _("Say where to: --to postgresql://USER@HOST/DATABASE, or IMAGEDECK_DATABASE_URL.")
        )
    try:
        address = check_database_url(url)
    except ValueError as error:
        raise RefusedError(_("{name}: {rule}", name="--to", rule=error)) from error
    if without_password(address) != address:
        note(
            _(
                "Other users of this machine can read a password in a command line; "
                "~/.pgpass keeps it from them."
            )
        )
    return address


def _followed(cli: "Cli", moving: "Moving", steps: "Iterable[Progress]") -> "Progress":
    """Say now and then how far it is; return the last word."""
    screen = Screen() if is_terminal(sys.stderr) and not cli.json else None
    done, told = moving.nothing, time.monotonic()
    try:
        for done in steps:
            if time.monotonic() - told < _EVERY:
                continue
            told = time.monotonic()
            if cli.json:
                say_json(_record(moving, done))
            elif screen:
                count = done.moved + done.there + done.held
                screen.paint([f"{count:,}/{done.counts.jobs:,}"])
    finally:
        if screen:
            screen.clear()
    return done


def _record(moving: "Moving", done: "Progress", **more: object) -> Mapping[str, object]:
    """Return how far it is for a program."""
    facts = asdict(done)
    counts = facts.pop("counts")
    return {"database": moving.place, **counts, **facts, **more}


def _tell(cli: "Cli", moving: "Moving", done: "Progress", *, dry_run: bool) -> None:
    if cli.json:
        say_json(_record(moving, done, dry_run=dry_run))
        return
    for line in _lines(moving, done, dry_run=dry_run):
        say(line)
    if not dry_run:
        note(
            _(
                "{path} is used no more: put the address into IMAGEDECK_DATABASE_URL, or into "
                "the settings as database_url. The images stay where they are.",
                path=cli.places.database,
            )
        )


def _lines(moving: "Moving", done: "Progress", *, dry_run: bool) -> Iterator[str]:
    yield _said(moving.place, done, dry_run=dry_run)
    counts = done.counts
    if counts.unfinished or counts.unresolved:
        yield _(
            "Unfinished: {unfinished:,}, of them not yet sent: {unsent:,}. Unknown, to be "
            "resolved: {unresolved:,}.",
            unfinished=counts.unfinished,
            unsent=counts.unsent,
            unresolved=counts.unresolved,
        )
    if done.references:
        yield _(
            "Reference images with them: {number:,}, {amount}.",
            number=done.references,
            amount=amount(done.reference_bytes),
        )
    if done.pauses:
        names = ", ".join(one_line(name) or _("everything") for name in done.pauses)
        yield _("What is paused here is paused there, too, for all: {names}.", names=names)
    if done.held:
        yield _(
            "{held:,} unfinished jobs were moved before and are not there any more, so that "
            "database is older than the move. They stay here: what was sent since then would be "
            "paid twice. --again moves them all the same.",
            held=done.held,
        )


def _said(place: str, done: "Progress", *, dry_run: bool) -> str:
    if dry_run:
        return plural(
            "1 job would be moved to {place}, {there:,} are there already.",
            "{number:,} jobs would be moved to {place}, {there:,} are there already.",
            done.moved,
            place=place,
            there=done.there,
        )
    return plural(
        "1 job has been moved to {place}, {there:,} were there already.",
        "{number:,} jobs have been moved to {place}, {there:,} were there already.",
        done.moved,
        place=place,
        there=done.there,
    )
