"""The endpoint that takes submissions."""

import asyncio
import hashlib

from starlette.requests import Request as HttpRequest

from tui.core.model import Model
from tui.core.request import Request
from tui.demo.answer import Answer, RefusedError, json_answer
from tui.demo.bend import bend
from tui.demo.faults import FaultSpec
from tui.demo.intake import choose_model, read_body, read_json, read_request
from tui.demo.ledger import Kind
from tui.demo.task import Task
from tui.demo.workshop import Workshop, upstream


class Submissions:
    """Reads, judges, accepts; every outcome goes into the ledger before it is answered."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop

    async def answer(self, http: HttpRequest) -> Answer:
        """Answer a POST."""
        body = b""
        try:
            self._workshop.authorize(http.headers)
            body = await read_body(http)
            content = read_json(body)
            model = choose_model(self._workshop.models, http.url.path, content)
            request = await asyncio.to_thread(read_request, model, content)
        except RefusedError as error:
            self._refuse(http, body, status=error.status, reason=str(error))
            raise
        fault = self._workshop.plan.pick("submit", request.prompt, request.prompt)
        if fault and fault.refuses:
            facts = {"prompt": request.prompt, "fault": fault.text, "model": model.id}
            self._refuse(http, body, status=fault.status, reason="planted", **facts)
            return bend(Answer(), fault, str(http.url))
        task = self._accept(http, body, model, request, fault)
        whole = {"task_id": task.id, "model": upstream(model)}
        if fault and fault.name == "noid":
            del whole["task_id"]
        if fault and fault.name == "slow":
            await self._workshop.clock.sleep(fault.number)
        return bend(json_answer(whole), fault, str(http.url))

    def _accept(
        self,
        http: HttpRequest,
        body: bytes,
        model: Model,
        request: Request,
        fault: FaultSpec | None,
    ) -> Task:
        workshop = self._workshop
        now = workshop.clock.now()
        task = Task.start(model, request, now, workshop.pace, workshop.random)
        entry = workshop.entry(
            Kind.ACCEPTED,
            http,
            task_id=task.id,
            model=model.id,
            digest=_digest(body),
            prompt=task.prompt,
            n=task.count,
            fault=fault.text if fault else None,
        )
        workshop.store.add(task, entry)
        return task

    def _refuse(self, http: HttpRequest, body: bytes, **facts: str | int | None) -> None:
        entry = self._workshop.entry(Kind.REFUSED, http, digest=_digest(body), **facts)
        self._workshop.store.note(entry)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
