"""One intent put to several models, from the flags to the jobs."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tui.cli.asking import read_count, read_prompt, take_references
from tui.cli.errors import RefusedError
from tui.cli.output import note
from tui.cli.plan import expected_seconds
from tui.cli.snippets import take_snippets
from tui.core.fault import Fault
from tui.core.intended import intended
from tui.core.intent import Intent, word
from tui.core.model import Model
from tui.core.naming import group_name
from tui.core.price import total
from tui.core.request import Reference, Request
from tui.core.snippets import with_snippets
from tui.core.text import clean
from tui.models import MODELS, UnknownModelError, find_model
from tui.services.plan import Plan

if TYPE_CHECKING:
    from tui.cli.context import Cli
    from tui.core.job import Job
    from tui.deck import Deck


@dataclass(frozen=True, slots=True)
class Comparison:
    """A request for each model, `count` jobs of each."""

    requests: Sequence[Request]
    count: int

    def __iter__(self) -> Iterator[Request]:
        for request in self.requests:
            for _ in range(self.count):
                yield request


def read(cli: "Cli", wish: Mapping[str, Any]) -> Comparison:
    """Say the wish (the command's flags) in each model's words; tell what is lost.

    Raises RefusedError with everything that is wrong.
    """
    text, faults = read_prompt(wish["prompt"])
    text = with_snippets(text, take_snippets(cli, wish["snippets"], faults))
    models = _models(wish["models"], faults)
    count = read_count(wish["count"], faults)
    intent, more = intended(wish["ratio"], wish["resolution"], wish["format_"], wish["quality"])
    faults += more
    references, more = _references(cli, models, wish["images"])
    faults += more
    requests = [_request(cli, one, text, intent, references, faults) for one in models]
    if faults:
        raise RefusedError(*dict.fromkeys(clean(str(one)) for one in faults), prompt=text)
    return Comparison([one for one in requests if one], count)


def new_jobs(deck: "Deck", comparison: Comparison) -> list["Job"]:
    """Make the jobs, as one group."""
    group = group_name(comparison.requests[0].prompt, secrets.token_bytes(4))
    return [
        job
        for request in comparison.requests
        for job in deck.new_jobs(request, comparison.count, group=group)
    ]


def plan_of(cli: "Cli", comparison: Comparison) -> Plan:
    """Say what it comes to."""
    requests, count = comparison.requests, comparison.count
    return Plan(
        requests=len(requests) * count,
        images=sum(one.count for one in requests) * count,
        price=total(cli.settings.price(one).times(count) for one in requests),
        seconds=expected_seconds(cli, requests, len(requests) * count),
        more=[("models", ", ".join(one.model for one in requests))],
    )


def show_requests(cli: "Cli", comparison: Comparison) -> None:
    """Print all requests and what they come to; send nothing."""
    from tui.cli.dry_run import show_many

    show_many(cli, (("", one) for one in comparison), lambda: plan_of(cli, comparison))


def _models(names: Sequence[str], faults: list[Fault]) -> list[Model]:
    found: dict[str, Model] = {}
    for name in names:
        try:
            model = find_model(name)
            found[model.id] = model
        except UnknownModelError as error:
            faults.append(Fault("model", name, str(error)))
    return list(found.values()) or list(MODELS)


def _references(
    cli: "Cli", models: Sequence[Model], images: Sequence[str]
) -> tuple[Sequence[Reference], list[Fault]]:
    takers = [one.references for one in models if one.references]
    if images and not takers:
        return (), [Fault("image", images[0], "none of these models takes reference images")]
    return take_references(cli, images, takers[0]) if images else ((), [])


def _request(
    cli: "Cli",
    model: Model,
    prompt: str,
    intent: Intent,
    references: Sequence[Reference],
    faults: list[Fault],
) -> Request | None:
    wording = word(model, intent)
    lost = [wording.lost] if wording.lost else []
    if references and not model.references:
        lost.append("no reference images")
    if lost:
        note(f"{model.id}: {', '.join(lost)}")
    given = {**cli.settings.fields.get(model.id, {}), **wording.values, "prompt": prompt}
    checked = model.validate(given, references if model.references else ())
    said = {fault.field for fault in faults}
    faults += [fault for fault in checked.errors if fault.field not in said]
    for warning in checked.warnings:
        note(f"warning: {model.id}: {warning}")
    return checked.request
