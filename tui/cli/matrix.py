"""`imagedeck generate` with a prompt that stands for many."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from tui.cli import exits
from tui.cli.asking import read_prompt, read_request
from tui.cli.context import Cli
from tui.cli.errors import RefusedError
from tui.cli.following import Wish
from tui.cli.output import note
from tui.cli.plan import confirm
from tui.cli.presets import with_preset
from tui.cli.session import run_new
from tui.cli.snippets import take_snippets
from tui.core.fault import Fault
from tui.core.fields import RefusedError as RefusedValueError
from tui.core.job import Job
from tui.core.language import _
from tui.core.model import Model
from tui.core.naming import group_name
from tui.core.snippets import with_snippets
from tui.core.text import clean
from tui.models import find_model
from tui.services.many import ManyRequests, plan_many
from tui.services.matrix import Matrix, Wanted, expansion_of
from tui.services.plan import Plan, typical_seconds
from tui.services.word_lists import WordLists

if TYPE_CHECKING:
    from tui.deck import Deck

_MOST = 100_000


def read_many(
    cli: Cli, model: Model, flags: Mapping[str, Any], wanted: Wanted | None, faults: Sequence[Fault]
) -> ManyRequests:
    """Check everything at once; raises RefusedError with every fault, `faults` among them."""
    faults = list(faults)
    flags = with_preset(cli, model, flags, faults)
    text, more = read_prompt(flags["prompt"])
    faults += more
    text = with_snippets(text, take_snippets(cli, flags["snippets"], faults))
    matrix, field = None, model.field("prompt")
    try:
        matrix = expansion_of(text, wanted, WordLists(cli.places.lists)) if wanted else None
        faults += _unused(matrix, wanted)
        if matrix and field:
            field.read(matrix.expansion.at(0))
    except RefusedValueError as error:
        faults.append(error.fault)
    reasons = [clean(str(fault)) for fault in faults]
    try:
        # Any prompt: one that can't be read must not hide what is wrong with the other fields.
        request, count = read_request(cli, model, flags, "any")
    except RefusedError as error:
        reasons += str(error).splitlines()
    if reasons or matrix is None:
        raise RefusedError(*reasons, model=model.id, prompt=text)
    first = replace(request, values={**request.values, "prompt": matrix.expansion.at(0)})
    many = ManyRequests(first, matrix, count)
    _check(many, text)
    return many


def send_many(cli: Cli, many: ManyRequests, wish: Wish, *, yes: bool) -> int:
    """Tell what it comes to, ask where it is much, send it; return the exit code.

    Raises RefusedError.
    """
    confirm(cli, _plan(cli, many), yes=yes)
    return run_new(cli, lambda deck: new_group(deck, many), wish)


def show_requests(cli: Cli, many: ManyRequests) -> int:
    """Print all requests and what they come to; send nothing."""
    from tui.cli.dry_run import show_many

    requests = (("", one) for one in many for _copy in range(many.count))
    show_many(cli, requests, lambda: _plan(cli, many))
    return exits.OK


def new_group(deck: "Deck", many: ManyRequests) -> list[Job]:
    """Make the jobs, as one group."""
    group = group_name(many.first.prompt, secrets.token_bytes(4))
    return [job for one in many for job in deck.new_jobs(one, many.count, group=group)]


def _unused(matrix: Matrix | None, wanted: Wanted | None) -> Iterator[Fault]:
    if matrix and wanted:
        known = ", ".join(f"{{{{{name}}}}}" for name in matrix.variables)
        rule = _("the prompt has no such variable, only {known}", known=known)
        rule = rule if known else _("the prompt has no variables, such as {{place}}")
        for name in wanted.values.keys() - set(matrix.variables):
            yield Fault("set", clean(name, 60), rule)


def _check(many: ManyRequests, text: str) -> None:
    model = find_model(many.first.model)
    try:
        for warning in many.check(model):
            note(_("warning: {warning}", warning=warning))
    except RefusedValueError as error:
        raise RefusedError(clean(str(error.fault)), model=model.id, prompt=text) from error


def _plan(cli: Cli, many: ManyRequests) -> Plan:
    return plan_many(
        [many],
        price=cli.settings.price,
        seconds=partial(typical_seconds, cli.history),
        submissions=cli.settings.submissions,
        hint=_(" (--seed {seed} draws them again)", seed=many.matrix.seed),
    )
