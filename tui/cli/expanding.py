"""Flags that turn one prompt with choices into many."""

from typing import Any

import click

from tui.core.fault import Fault
from tui.core.fields import RefusedError, Whole
from tui.core.language import _
from tui.core.text import clean
from tui.services.matrix import SAMPLE, SEED, Wanted
from tui.services.variables import values_of

_FLAGS = ("expand", "sample", "seed", "sets")


def expand_flags() -> list[click.Option]:
    """Return the flags; each but `--seed` asks for an expansion."""
    return [
        click.Option(
            ["--expand"],
            is_flag=True,
            help=_(
                "Take {red|blue}, __list__ and {{name}} in the prompt as choices; make all "
                "combinations. Without it braces stay as they are."
            ),
        ),
        click.Option(["--sample"], metavar="N", help=_("Draw N of the combinations (--expand).")),
        click.Option(["--seed"], metavar="N", help=_("Draw the same sample again.")),
        click.Option(
            ["--set", "sets"],
            metavar="NAME=VALUE",
            multiple=True,
            help=_(
                "What {{NAME}} stands for (--expand); repeat it for several values; @FILE reads "
                "them from a file, one a line."
            ),
        ),
    ]


def take_wanted(flags: dict[str, Any]) -> tuple[Wanted | None, list[Fault]]:
    """Take the flags out of all others; None when no expansion is asked for."""
    given = {name: flags.pop(name) for name in _FLAGS}
    faults: list[Fault] = []
    sample, seed = (_number(field, given[field.name], faults) for field in (SAMPLE, SEED))
    values: dict[str, list[str]] = {}
    for text in given["sets"]:
        name, equals, value = str(text).partition("=")
        if not equals or not name.strip():
            faults.append(Fault("set", clean(str(text), 60), _("must be NAME=VALUE or NAME=@FILE")))
            continue
        known = values.setdefault(name.strip(), [])
        try:
            known += values_of(value, "set")
        except RefusedError as error:
            faults.append(error.fault)
            known.append("")  # one text, so that all else can be checked as well
    if given["seed"] is not None and sample is None and not faults:
        faults.append(Fault("seed", clean(str(given["seed"]), 60), _("goes with --sample N only")))
    if not (given["expand"] or given["sets"] or given["sample"] is not None):
        return None, faults
    return Wanted(sample, seed, values), faults


def _number(field: Whole, raw: object, faults: list[Fault]) -> int | None:
    try:
        return None if raw is None else field.read(raw)
    except RefusedError as error:
        faults.append(error.fault)
        return None
