"""The body of a submission, read as strictly as a gateway would."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from starlette.requests import Request as HttpRequest

from tui.core.fault import Fault
from tui.core.fields import RefusedError as FieldError
from tui.core.fields import shown
from tui.core.model import Model
from tui.core.request import Reference, Request
from tui.demo.answer import RefusedError
from tui.demo.faults import UnknownFaultError, planted
from tui.demo.picture import too_much
from tui.demo.reference import read_references

_MOST_BYTES = 200 * 1024**2  # 14 references of 10 MB, grown by a third in base64


async def read_body(request: HttpRequest) -> bytes:
    """Return the body. Raises RefusedError when it is too long."""
    pieces: list[bytes] = []
    length = 0
    async for piece in request.stream():
        length += len(piece)
        if length > _MOST_BYTES:
            raise RefusedError(413, "The request is longer than 200 MiB.", "too_large")
        pieces.append(piece)
    return b"".join(pieces)


def read_json(body: bytes) -> dict[str, Any]:
    """Read a JSON object. Raises RefusedError."""
    try:
        content = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        message = f"The body is not valid JSON: {error}."
        raise RefusedError(400, message, "invalid_json") from error
    if not isinstance(content, dict):
        raise RefusedError(400, "The body must be a JSON object.", "invalid_json")
    return content


def choose_model(models: Sequence[Model], path: str, content: Mapping[str, Any]) -> Model:
    """Find the model meant by a path and a body: by its `fixed` values, else the path's first.

    Raises RefusedError.
    """
    family = [model for model in models if model.submit_path == path]
    fits = [
        model
        for model in family
        if all(content.get(name, value) == value for name, value in model.fixed.items())
    ]
    if fits:
        # Who has more of its values in the body is meant; of equals the first is the default.
        return max(fits, key=lambda model: sum(name in content for name in model.fixed))
    name = next(name for name in family[0].fixed if name in content)
    known = ", ".join(model.fixed[name] for model in family if name in model.fixed)
    raise RefusedError.of([Fault(name, shown(content[name]), f"must be one of {known}")])


def read_request(model: Model, content: Mapping[str, Any]) -> Request:
    """Validate a body by the model's declaration. Raises RefusedError with every fault.

    Slow with references: they are decoded.
    """
    given = {name: value for name, value in content.items() if name not in model.fixed}
    references, faults = _references(model, given)
    checked = model.validate(given, references)
    faults += [*checked.errors, *_inexact(model, given), *_planted(given)]
    if checked.request:
        faults += too_much(model, checked.request.values)
    if faults or checked.request is None:
        raise RefusedError.of(faults)
    return checked.request


def _references(model: Model, given: dict[str, Any]) -> tuple[list[Reference], list[Fault]]:
    if model.references is None:
        return [], []
    return read_references(model.references, given.pop(model.references.name, None))


def _inexact(model: Model, given: Mapping[str, Any]) -> Iterable[Fault]:
    """Find values that a person may write so, but that are not the wire's."""
    for field in model.fields:
        raw = given.get(field.name)
        if raw is None or field is model.references:
            continue
        with suppress(FieldError):
            value = field.read(raw)
            if value != raw:
                rule = "is not exactly a value of this field"
                yield Fault(field.name, shown(raw), rule, str(value))


def _planted(given: Mapping[str, Any]) -> list[Fault]:
    try:
        list(planted(str(given.get("prompt", ""))))
    except UnknownFaultError as error:
        return [Fault("prompt", "", str(error))]
    return []


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is no JSON")
