"""Snippets named on the command line."""

from collections.abc import Iterable
from difflib import get_close_matches

import click

from tui.cli.context import Cli
from tui.cli.output import note
from tui.core.fault import Fault
from tui.core.language import _
from tui.core.text import clean, one_line


def snippet_flag() -> click.Option:
    """Return the flag that names them."""
    return click.Option(
        ["--snippet", "snippets"],
        metavar="NAME",
        multiple=True,
        help=_("Add a snippet of the settings to the prompt; repeat it for more."),
    )


def take_snippets(cli: Cli, names: Iterable[str], faults: list[Fault]) -> list[str]:
    """Return the snippets of these names and tell them; what is wrong goes to `faults`."""
    known = cli.settings.snippets
    texts = []
    for name in names:
        if name in known:
            source = cli.settings.source(f"snippets.{name}")
            told = one_line(known[name], 500)
            note(
                _(
                    "snippet {name} ({source}): {told}",
                    name=one_line(name, 64),
                    source=clean(source),
                    told=told,
                )
            )
            texts.append(known[name])
            continue
        near = get_close_matches(name, known, n=1)
        rule = _("there are {listed}", listed=clean(", ".join(known)))
        rule = rule if known else _("there are none; `imagedeck config edit` makes one")
        faults.append(Fault("snippet", clean(name, 64), rule, near[0] if near else None))
    return texts
