"""What the endpoints of the embedded gateway share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from tui.core.model import Model
from tui.demo.answer import RefusedError
from tui.demo.faults import FaultPlan
from tui.demo.ledger import Entry, Kind, fingerprint
from tui.demo.store import Store
from tui.services.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Store, fault plan, models, clock; `pace` scales every duration.

    `key` None takes any key, `needs_key` False asks for none; `random` gives so many bytes.
    """

    store: Store
    plan: FaultPlan
    models: Sequence[Model]
    clock: Clock
    pace: float
    key: str | None
    needs_key: bool
    random: Callable[[int], bytes]

    def model(self, model_id: str) -> Model | None:
        """Find a model by its id."""
        return next((model for model in self.models if model.id == model_id), None)

    def authorize(self, headers: Mapping[str, str]) -> None:
        """Refuse a request without the key."""
        given = headers.get("x-api-key", "")
        if not given and self.needs_key:
            raise RefusedError(401, "The header X-API-Key is missing.", "missing_api_key")
        if self.needs_key and self.key not in {None, given}:
            raise RefusedError(401, "This API key is not valid.", "invalid_api_key")

    def entry(self, kind: Kind, request: Request, **facts: Any) -> Entry:
        """Make an entry for the ledger: names of headers, never what they hold."""
        key = request.headers.get("x-api-key")
        return Entry(
            kind=kind,
            at=self.clock.now(),
            path=request.url.path,
            headers=tuple(sorted({name.lower() for name in request.headers})),
            key=fingerprint(key) if key else None,
            **facts,
        )


def upstream(model: Model) -> str:
    """Return the model's name as an upstream would give it: `novita_seedream/seedream-5.0-lite`."""
    return f"novita_{model.id.split('-')[0]}/{model.id}"
