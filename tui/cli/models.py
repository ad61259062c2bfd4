"""`imagedeck models`."""

from collections.abc import Iterator

import click

from tui.cli.common import cli_of
from tui.cli.flags import prices_in_short
from tui.cli.output import say, say_json
from tui.core.fields import Prompt
from tui.core.language import _, marked
from tui.core.model import Model
from tui.core.text import clean
from tui.core.widths import cells, pad
from tui.models import MODELS, PRICES_AS_OF


@click.command()
@click.option("--markdown", is_flag=True, hidden=True)
@click.pass_context
def models(ctx: click.Context, *, markdown: bool) -> None:
    """List the models, what they take, and what they are estimated to cost."""
    if markdown:
        say(models_markdown())
    elif cli_of(ctx).json:
        for model in MODELS:
            say_json(_record(model))
    else:
        for model in MODELS:
            for line in _lines(model):
                say(line)
        say(
            _(
                "Prices are US dollars an image, an estimate as of {prices_as_of}.",
                prices_as_of=PRICES_AS_OF,
            )
        )


def models_markdown() -> str:
    """Return the README's table of the models."""
    rows = [
        "| model | also | best for | flags | $ an image | typical |",
        "|---|---|---|---|---|---|",
    ]
    for model in MODELS:
        flags = ", ".join(f"`{one.flag}`" for one in model.fields if not isinstance(one, Prompt))
        aliases = ", ".join(f"`{alias}`" for alias in model.aliases)
        price = prices_in_short(model).replace("$", "")
        rows.append(
            f"| `{model.id}` | {aliases} | {model.best_for} | {flags} | {price} "
            f"| {model.typical({}):.0f} s |"
        )
    return "\n".join(rows)


def _lines(model: Model) -> Iterator[str]:
    yield f"{model.id}  ({', '.join(model.aliases)})  {model.title}"
    facts = {
        marked("best for"): model.best_for,
        marked("references"): model.references.allowed if model.references else _("none"),
    }
    for field in model.fields:
        if not isinstance(field, Prompt) and field is not model.references:
            facts[field.flag] = clean(field.allowed)
    facts[marked("price")] = prices_in_short(model)
    facts[marked("time")] = _("typically {typical:.0f} s", typical=model.typical({}))
    width = max(cells(_(name)) for name in facts)
    for name, fact in facts.items():
        yield f"  {pad(_(name), width)}  {fact}"
    yield ""


def _record(model: Model) -> dict[str, object]:
    return {
        "id": model.id,
        "aliases": list(model.aliases),
        "title": model.title,
        "best_for": model.best_for,
        "references": model.references.allowed if model.references else None,
        "fields": [
            {
                "name": field.name,
                "flag": None if isinstance(field, Prompt) else field.flag,
                "help": field.help,
                "allowed": field.allowed,
            }
            for field in model.fields
        ],
        "prices": {name: str(price) for name, price in model.prices.items()},
        "prices_as_of": PRICES_AS_OF,
        "typical_seconds": model.typical({}),
    }
