"""What a person asked for, checked as a whole before anything is sent."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from tui.cli.context import Cli
from tui.cli.errors import RefusedError
from tui.cli.flags import given_fields
from tui.cli.output import is_terminal, note
from tui.cli.presets import with_preset
from tui.cli.snippets import take_snippets
from tui.core.fault import Fault
from tui.core.fields import RefusedError as RefusedValueError
from tui.core.fields import Whole
from tui.core.language import _
from tui.core.model import Model
from tui.core.snippets import with_snippets
from tui.core.text import clean
from tui.services.places import current_folder

if TYPE_CHECKING:
    from tui.core.references import References
    from tui.core.request import Reference, Request

_NO_FIELDS = {"prompt", "count", "snippets"}
_COUNT = Whole(name="count", help=_("Jobs to make."), minimum=1, maximum=100_000)


def read_request(
    cli: Cli, model: Model, flags: Mapping[str, Any], prompt: str | None = None
) -> "tuple[Request, int]":
    """Return the request and how many jobs to make of it; `prompt` is given when known already.

    Tells the warnings. Raises RefusedError with every fault there is: fields, references, count.
    """
    faults: list[Fault] = []
    flags = with_preset(cli, model, flags, faults)
    if prompt is None:
        prompt, more = read_prompt(flags["prompt"])
        faults += more
        prompt = with_snippets(prompt, take_snippets(cli, flags.get("snippets", ()), faults))
    count = read_count(flags["count"], faults)
    references: Sequence[Reference] = ()
    if model.references and flags[model.references.name]:
        sources = flags[model.references.name]
        references, more = take_references(cli, sources, model.references)
        faults += more
    fields = {name: raw for name, raw in flags.items() if name not in _NO_FIELDS}
    own, default = given_fields(model, fields), cli.settings.fields.get(model.id, {})
    _tell_project(cli, model, {name: raw for name, raw in default.items() if name not in own})
    given = {**default, **own}
    checked = model.validate({**given, "prompt": prompt}, references)
    said = {fault.field for fault in faults} & {"prompt"}  # more of it would be an echo
    told = [fault for fault in checked.faults if fault.field not in said]
    _warn([fault for fault in told if not fault.is_error])
    errors = [*(fault for fault in told if fault.is_error), *faults]
    if errors or checked.request is None:
        raise RefusedError(*(clean(str(one)) for one in errors), model=model.id, prompt=prompt)
    return checked.request, count


def read_count(text: str, faults: list[Fault]) -> int:
    """Return how many jobs to make of a request; what is wrong with it goes to `faults`."""
    try:
        return int(_COUNT.read(text))
    except RefusedValueError as error:
        faults.append(error.fault)
        return 1


def read_prompt(words: Sequence[str]) -> tuple[str, list[Fault]]:
    """Return the prompt, from standard input where it is `-`, and what is wrong with it."""
    if len(words) > 1:
        rule = _("put the whole prompt in quotes: {count} words were given", count=len(words))
        return " ".join(words), [Fault("prompt", "", rule)]
    if list(words) != ["-"]:
        return "".join(words), []
    if sys.stdin is None or sys.stdin.closed:
        return "", [Fault("prompt", "-", _("there is no standard input to read it from"))]
    if is_terminal(sys.stdin):
        note(_("Type the prompt, then ctrl+d on a line of its own."))
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig").removesuffix("\n"), []
    except UnicodeDecodeError as error:
        rule = _("standard input is not UTF-8 text (byte {start})", start=error.start + 1)
        return "", [Fault("prompt", "-", rule)]


def ask_above(cli: Cli, count: int, *, yes: bool) -> None:
    """Let a person confirm a large number of requests; raises RefusedError unless they do."""
    most = cli.settings.ask_above
    if yes or count <= most:
        return
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise RefusedError(
            _(
                "{count} requests are more than {most}; nothing was sent. Add --yes to send them.",
                count=count,
                most=most,
            )
        )
    if not click.confirm(_("Send {count} requests?", count=count), default=False, err=True):
        raise RefusedError(_("Nothing was sent."))


def take_references(
    cli: Cli, sources: Sequence[str], field: "References"
) -> "tuple[list[Reference], list[Fault]]":
    """Copy reference images aside; return them with everything that is wrong with them."""
    return asyncio.run(_take(cli, sources, field))


async def _take(
    cli: Cli, sources: Sequence[str], field: "References"
) -> "tuple[list[Reference], list[Fault]]":
    from tui.services.decode import Decoder
    from tui.services.references import ReferenceStore

    decoder = Decoder()
    try:
        return await ReferenceStore(cli.places.references, decoder).take(sources, field)
    finally:
        await decoder.close()


def _tell_project(cli: Cli, model: Model, taken: Mapping[str, object]) -> None:
    """Name the fields that come from the current folder's file: a stranger may have set them."""
    from tui.services.settings import PROJECT_FILE

    file = current_folder() / PROJECT_FILE
    theirs = [
        f"{name}={raw}"
        for name, raw in taken.items()
        if cli.settings.source(f"fields.{model.id}.{name}").startswith(f"{file}:")
    ]
    if theirs:
        note(_("{file} sets {theirs}", file=file, theirs=", ".join(theirs)))


def _warn(warnings: Sequence[Fault]) -> None:
    for one in warnings:
        note(_("warning: {one}", one=one))
