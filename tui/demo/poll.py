"""The endpoint that tells how a task stands."""

import base64
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request as HttpRequest

from tui.core.language import english
from tui.core.model import Model
from tui.demo.answer import Answer, RefusedError, json_answer
from tui.demo.bend import bend
from tui.demo.chance import fraction
from tui.demo.faults import WHEN_DONE, FaultSpec
from tui.demo.picture import Picture, picture_of
from tui.demo.studio import Studio
from tui.demo.task import Task
from tui.demo.workshop import Workshop, upstream

Images = list[dict[str, str]]


class Polls:
    """Tells the status of a task, at the path of the model that made it."""

    def __init__(self, workshop: Workshop, studio: Studio) -> None:
        self._workshop = workshop
        self._studio = studio

    async def answer(self, http: HttpRequest) -> Answer:
        """Answer a GET for a task."""
        self._workshop.authorize(http.headers)
        found = self._workshop.store.polled(http.path_params["task_id"])
        model = self._workshop.model(found[0].model) if found else None
        if found is None or model is None or not _is_path_of(model, http):
            raise RefusedError(404, "There is no such task here.", "task_not_found")
        task, polls = found
        status = task.status(self._workshop.clock.now())
        skip = () if status == "succeeded" else WHEN_DONE
        fault = self._workshop.plan.pick("poll", task.prompt, task.id, skip)
        whole: dict[str, Any] = {"task_id": task.id, "status": status, "model": upstream(model)}
        if status == "failed":
            whole |= _failure(english("the prompt says [fail], so this simulated task failed"))
        if status == "succeeded":
            images = [_link(task, model, index, polls, http) for index in _indices(task)]
            whole["result"] = {"images": await self._bent_images(images, task, model, fault)}
        if fault and fault.name == "slow":
            await self._workshop.clock.sleep(fault.number)
        return bend(json_answer(_bent(whole, fault)), fault, str(http.url))

    async def _bent_images(
        self, images: Images, task: Task, model: Model, fault: FaultSpec | None
    ) -> Images:
        match fault.name if fault else "":
            case "empty":
                return []
            case "fewer":
                return images[:-1]
            case "more":
                return [*images, images[-1]]
            case "b64" | "data" as name:
                return [
                    await self._inline(picture_of(task, model, index), name)
                    for index in _indices(task)
                ]
            case _:
                return images

    async def _inline(self, picture: Picture, name: str) -> dict[str, str]:
        text = base64.b64encode(await self._studio.paint(picture)).decode()
        if name == "b64":
            return {"b64_json": text}
        return {"url": f"data:{picture.media_type};base64,{text}"}


def _bent(whole: Mapping[str, Any], fault: FaultSpec | None) -> Mapping[str, Any]:
    without = {name: part for name, part in whole.items() if name != "result"}
    match fault.name if fault else "":
        case "status":
            return {**without, "status": fault.value if fault else ""}
        case "failed":
            return {**without, "status": "failed", **_failure("a planted fault: poll:failed")}
        case "other-task":
            return {**whole, "task_id": "img_gen_000000000000000000000000"}
        case _:
            return whole


def _failure(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "code": "generation_failed"}}


def _link(task: Task, model: Model, index: int, polls: int, http: HttpRequest) -> dict[str, str]:
    extension = picture_of(task, model, index).extension
    # Another one at every look, as signed addresses are.
    signature = f"{int(fraction(task.token, index, polls) * 2**48):012x}"
    path = f"/demo/images/{task.token}/{index}.{extension}"
    return {"url": f"{http.url.scheme}://{http.url.netloc}{path}?signature={signature}"}


def _indices(task: Task) -> range:
    return range(1, task.count + 1)


def _is_path_of(model: Model, http: HttpRequest) -> bool:
    return http.url.path == model.poll_path.format(task_id=http.path_params["task_id"])
