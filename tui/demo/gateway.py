"""The embedded gateway as an ASGI app."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Self

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from tui import models as declared
from tui.core.model import Model
from tui.demo.answer import Answer, Ending, RefusedError
from tui.demo.controls import Controls
from tui.demo.delivery import Images
from tui.demo.faults import FaultPlan
from tui.demo.ledger import Ledger, read_ledger
from tui.demo.poll import Polls
from tui.demo.store import Store
from tui.demo.studio import Studio
from tui.demo.submission import Submissions
from tui.demo.workshop import Workshop
from tui.services.clock import Clock, SystemClock


class DemoGateway:
    """Answers the whole reference for every declared model; `app` is what a server runs.

    Tasks live in `folder`, so that they survive a restart. `pace` scales how long they take,
    `key` is the only key taken (None: any), `needs_key` False asks for none at all, `faults`
    are lines as tui.demo.faults reads them. `random` gives so many bytes, by which a task is named
    and takes its time. Raises UnknownFaultError.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock | None = None,
        pace: float = 1.0,
        key: str | None = None,
        needs_key: bool = True,
        faults: Iterable[str] = (),
        models: Sequence[Model] | None = None,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self.folder = folder
        self.plan = FaultPlan(faults)
        self._store = Store(folder)
        self._workshop = Workshop(
            store=self._store,
            plan=self.plan,
            models=declared.MODELS if models is None else models,
            clock=clock or SystemClock(),
            pace=pace,
            key=key,
            needs_key=needs_key,
            random=random,
        )
        self.app = self._build()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the store."""
        self.close()

    def close(self) -> None:
        """Close the store; tasks stay."""
        self._store.close()

    def ledger(self) -> Ledger:
        """Return what was asked of it so far."""
        return read_ledger(self.folder)

    def _build(self) -> Starlette:
        studio = Studio()
        submit = Submissions(self._workshop).answer
        poll = Polls(self._workshop, studio).answer
        image = Images(self._workshop, studio).answer
        controls = Controls(self.folder, self.plan)
        models = self._workshop.models
        app = Starlette(
            routes=[
                *(Route(path, submit, methods=["POST"]) for path in _once(models, "submit_path")),
                *(Route(path, poll, methods=["GET"]) for path in _once(models, "poll_path")),
                Route("/demo/images/{token}/{name}", image, methods=["GET"]),
                Route("/demo/ledger", controls.ledger, methods=["GET"]),
                Route("/demo/faults", controls.faults, methods=["GET", "PUT"]),
            ],
            exception_handlers={
                RefusedError: _refused,
                HTTPException: _no_route,
                ClientDisconnect: _gone,
            },
        )
        app.router.redirect_slashes = False
        return app


def _once(models: Sequence[Model], path: str) -> list[str]:
    return list(dict.fromkeys(getattr(model, path) for model in models))


async def _refused(_request: Request, error: Exception) -> Response:
    return error.answer if isinstance(error, RefusedError) else Answer()


async def _no_route(request: Request, error: Exception) -> Response:
    status = HTTPStatus(error.status_code if isinstance(error, HTTPException) else 500)
    message = f"{request.method} {request.url.path}: {status.phrase}"
    answer = RefusedError(status, message, status.phrase.lower().replace(" ", "_")).answer
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    return answer


async def _gone(_request: Request, _error: Exception) -> Response:
    return Answer(ending=Ending.NONE)
