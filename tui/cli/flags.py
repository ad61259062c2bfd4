"""The flags of a model, derived from its declaration."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from tui.core.fields import Choice, Field, Prompt
from tui.core.language import _
from tui.core.model import Model
from tui.core.references import References
from tui.models import MODELS, PRICES_AS_OF

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class Between(click.IntRange):
    """A whole number from `min` to `max`; the help page shows both."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it; what is wrong is said in one way."""
        try:
            return int(super().convert(value, param, ctx))
        except click.BadParameter:
            self.fail(
                _(
                    "{value!r} must be a whole number from {low} to {high}.",
                    value=str(value),
                    low=self.min,
                    high=self.max,
                ),
                param,
                ctx,
            )

    def _describe_range(self) -> str:
        return f"{self.min}–{self.max}"


def field_flags(model: Model) -> Iterator[click.Parameter]:
    """Yield the prompt's argument, a flag for each field, hidden ones for other models' fields.

    None of them checks anything: the declaration does, so that all faults come at once.
    """
    yield click.Argument(["prompt"], nargs=-1, required=False, metavar="PROMPT")
    for field in _flagged(model):
        yield _flag(field)
    own = {field.name for field in model.fields}
    foreign = {field.name: field for other in MODELS for field in _flagged(other)}
    for name, field in foreign.items():
        if name not in own:
            yield _flag(field, hidden=True)


def given_fields(model: Model, flags: Mapping[str, Any]) -> dict[str, object]:
    """Return what the flags set, by the fields' names; a foreign field is among them.

    References are left out where the model takes some.
    """
    references = model.references.name if model.references else None
    return {
        name: ", ".join(raw) if isinstance(raw, tuple) else raw
        for name, raw in flags.items()
        if raw and name != references
    }


def epilog(model: Model) -> str:
    """Say what the model costs and how long it takes."""
    dear = prices_in_short(model)
    return _(
        "Best for {best_for}. Typically {typical:.0f} s. "
        "Estimated price an image ({prices_as_of}, not the gateway's word): {dear}.",
        best_for=model.best_for,
        typical=model.typical({}),
        prices_as_of=PRICES_AS_OF,
        dear=dear,
    )


def prices_in_short(model: Model) -> str:
    """Return the span of a model's shipped prices."""
    amounts = sorted(set(model.prices.values()))
    if not amounts:
        return "unknown"
    span = dict.fromkeys([amounts[0], amounts[-1]])
    return "$" + "–".join(f"{amount.normalize():f}" for amount in span)


def _flagged(model: Model) -> Iterator[Field]:
    return (field for field in model.fields if not isinstance(field, Prompt))


def _flag(field: Field, *, hidden: bool = False) -> click.Option:
    is_list = isinstance(field, References)
    more = _(" Repeat it for more.") if is_list else ""
    return click.Option(
        [field.flag, field.name],
        multiple=is_list,
        metavar=_metavar(field),
        help=field.help if isinstance(field, Choice) else f"{field.help}{more} [{field.allowed}]",
        hidden=hidden,
        type=click.Path() if is_list else Suggested(field.suggestions),
    )


def _metavar(field: Field) -> str:
    match field:
        case Choice():
            return f"[{'|'.join(field.choices)}]"
        case References():
            return "FILE|URL"
        case _:
            return field.name.rpartition("_")[2].upper()


class Suggested(click.ParamType[str]):
    """Any text, completed from a few suggestions."""

    name = "text"

    def __init__(self, suggestions: tuple[str, ...]) -> None:
        self._suggestions = suggestions

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        param: click.Parameter,  # noqa: ARG002 - click's signature
        incomplete: str,
    ) -> "list[CompletionItem]":
        """Offer the suggestions that begin so."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(one) for one in self._suggestions if one.startswith(incomplete)]
