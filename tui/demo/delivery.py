"""The endpoint that delivers the images; whoever knows an address needs no key."""

import asyncio
import io
import struct
import zlib
from functools import cache

from PIL import Image
from starlette.requests import Request as HttpRequest

from tui.demo.answer import Answer, RefusedError
from tui.demo.bend import bend
from tui.demo.faults import FaultSpec
from tui.demo.ledger import Kind
from tui.demo.painting import encode
from tui.demo.picture import Picture, picture_of
from tui.demo.studio import Studio
from tui.demo.task import Task
from tui.demo.workshop import Workshop

_BOMB_SIDE = 30_000
_NO_IMAGES = {
    "html": b"<!doctype html><title>Expired</title><p>This link has expired.</p>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script/></svg>',
    "empty": b"",
}


class Images:
    """Paints an image when somebody asks for it."""

    def __init__(self, workshop: Workshop, studio: Studio) -> None:
        self._workshop = workshop
        self._studio = studio

    async def answer(self, http: HttpRequest) -> Answer:
        """Answer a GET for an image."""
        task, picture, index = self._find(http)
        fault = self._workshop.plan.pick("image", task.prompt, task.id)
        entry = self._workshop.entry(
            Kind.IMAGE,
            http,
            task_id=task.id,
            model=task.model,
            index=index,
            fault=fault.text if fault else None,
        )
        self._workshop.store.note(entry)
        content = await self._studio.paint(picture)
        whole = await asyncio.to_thread(_bent, content, picture, fault)
        if fault and fault.name == "slow":
            await self._workshop.clock.sleep(fault.number)
        return bend(whole, fault, str(http.url))

    def _find(self, http: HttpRequest) -> tuple[Task, Picture, int]:
        task = self._workshop.store.by_token(http.path_params["token"])
        model = self._workshop.model(task.model) if task else None
        number, _, extension = http.path_params["name"].partition(".")
        if task and model and number.isdecimal() and 1 <= int(number) <= task.count:
            done = task.status(self._workshop.clock.now()) == "succeeded"
            picture = picture_of(task, model, int(number))
            if done and picture.extension == extension:
                return task, picture, int(number)
        raise RefusedError(404, "There is no such image.", "image_not_found")


def _bent(content: bytes, picture: Picture, fault: FaultSpec | None) -> Answer:
    kind = picture.media_type
    match fault.name if fault else "":
        case "wrong-type":
            return Answer(content, media_type="text/html")
        case "other-format":
            other = "PNG" if picture.format == "JPEG" else "JPEG"
            return Answer(_again(content, other), media_type=kind)
        case "not-an-image":
            return Answer(_no_image(content, fault.value if fault else ""), media_type=kind)
        case "trailing":
            return Answer(content + b"\0trailing bytes\n" * 4, media_type=kind)
        case "bomb":
            return Answer(_bomb(), media_type="image/png")
        case _:
            return Answer(content, media_type=kind)


def _again(content: bytes, kind: str) -> bytes:
    with Image.open(io.BytesIO(content)) as image:
        return encode(image, kind)


def _no_image(content: bytes, kind: str) -> bytes:
    return _again(content, "GIF") if kind == "gif" else _NO_IMAGES[kind or "html"]


@cache
def _bomb() -> bytes:
    """Make a PNG of 30,000 × 30,000 pixels in a few hundred kilobytes."""
    row = bytes(1 + (_BOMB_SIDE + 7) // 8)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(row) for _ in range(_BOMB_SIDE)) + packer.flush()
    header = struct.pack(">IIBBBBB", _BOMB_SIDE, _BOMB_SIDE, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + check
