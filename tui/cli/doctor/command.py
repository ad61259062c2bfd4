"""`imagedeck doctor`."""

import asyncio
import os
from collections.abc import Iterator

import click

from tui.cli import exits
from tui.cli.common import cli_of
from tui.cli.context import Cli
from tui.cli.doctor.check import Check
from tui.cli.output import say, say_json
from tui.core.text import clean

_WIDTH = 15


@click.command()
@click.pass_context
def doctor(ctx: click.Context) -> int:
    """Find out what is wrong: terminal, colours, pictures, key, gateway, disk.

    Says what to do about each finding; exit code 1 where there is one. Nothing is sent that costs
    anything.
    """
    cli = cli_of(ctx)
    checks = list(_checks(cli))
    findings = sum(not one.is_fine for one in checks)
    for one in checks:
        if cli.json:
            say_json(one.record)
            continue
        say(clean(f"{'ok ' if one.is_fine else 'FIX'}  {one.name:<{_WIDTH}} {one.says}"))
        if one.do:
            say(clean(f"     {'':<{_WIDTH}} {one.do}"))
    if not cli.json:
        say(f"{findings} finding{'' if findings == 1 else 's'}." if findings else "All is well.")
    return exits.FAILED if findings else exits.OK


def _checks(cli: Cli) -> Iterator[Check]:
    from tui.cli.doctor.machine import decoder_check, disk_checks
    from tui.cli.doctor.screen import screen_checks
    from tui.cli.doctor.way import way_checks

    yield from screen_checks(os.environ, cli.settings.preview)
    yield from asyncio.run(way_checks(cli))
    yield from disk_checks(cli.settings, cli.places)
    yield asyncio.run(decoder_check())
