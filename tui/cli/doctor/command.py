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
from tui.core.language import _, plural
from tui.core.text import clean
from tui.core.widths import cells, pad

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
    head = {True: _("ok"), False: _("FIX")}
    width = max(map(cells, head.values()))
    for one in checks:
        if cli.json:
            say_json(one.record)
            continue
        say(clean(f"{pad(head[one.is_fine], width)}  {pad(_(one.name), _WIDTH)} {one.says}"))
        if one.do:
            say(clean(f"{'':<{width + 2 + _WIDTH}} {one.do}"))
    if not cli.json:
        say(
            plural("{number} finding.", "{number} findings.", findings)
            if findings
            else _("All is well.")
        )
    return exits.FAILED if findings else exits.OK


def _checks(cli: Cli) -> Iterator[Check]:
    from tui.cli.doctor.machine import decoder_check, disk_checks
    from tui.cli.doctor.screen import screen_checks
    from tui.cli.doctor.way import way_checks

    yield from screen_checks(os.environ, cli.settings.preview)
    yield from asyncio.run(way_checks(cli))
    yield from disk_checks(cli.settings, cli.places)
    yield asyncio.run(decoder_check())
